"""The invoice of accepted work: what the quote said, to the cent, and where it stands in the books."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.companies import services as companies
from config.finances import proof
from config.lib.actors import SYSTEM
from config.lib.errors import Forbidden, Invalid, NotFound
from garage.billing import queries, rules, services
from garage.billing.models import Bill
from garage.billing.tests.factories import LINES, accepted_quote, bill_of, deposit_on, fresh
from garage.clients.tests.factories import client_of
from garage.quotes.tests.factories import LABOUR, accept, quote_of
from garage.vehicles.tests.factories import vehicle_of
from shop.invoices import rules as invoice_rules
from shop.invoices.models import Invoice
from shop.invoices.services.files import document
from shop.orders.tests.factories import balance

pytestmark = pytest.mark.django_db


def test_the_invoice_says_what_the_quote_said(alice):
    quote = accepted_quote(alice, discount_percent=D(10))
    bill = services.issue_invoice(actor=SYSTEM, quote_id=quote.pk)
    quote.refresh_from_db()
    paper = bill.invoice
    assert (paper.total, paper.net, paper.vat_total) == (quote.total, quote.total_excl_vat, quote.vat)
    assert quote.status == "FACTURE"
    assert (bill.status, bill.amount, bill.due) == ("EMISE", D("163.71"), D("163.71"))
    assert paper.subject == "Renault Kangoo AB-123-CD"
    assert paper.buyer_user == alice


def test_the_paper_names_the_quote_and_the_kilometres_and_says_nothing_of_sending_goods_back(alice):
    quote = accepted_quote(alice, odometer_km=68_950)
    paper = services.issue_invoice(actor=SYSTEM, quote_id=quote.pk).invoice
    said = document(paper)
    assert (said["quote"], said["order"]) == (quote.number, "")
    assert said["subject"].replace("\xa0", " ") == "Renault Kangoo AB-123-CD, 68 950 km"
    assert "RETRACTATION" not in [text["code"] for text in paper.legal]


def test_labour_is_a_service_in_hours_and_a_part_is_goods(alice):
    labour, part, _book = bill_of(alice).invoice.lines
    assert (labour["nature"], labour["unit"], labour["quantity"]) == ("SERVICE", "HUR", "1.50")
    assert (part["nature"], part["unit"]) == ("BIEN", "C62")


def test_revenue_is_booked_by_nature_and_the_client_owes_it(alice):
    bill = bill_of(alice)
    assert balance("RECEIVABLE") == D("-181.90")
    assert balance("SERVICE_SALES") == D("75.00")
    assert balance("SALES") == D("66.50") + D("11.47")
    assert balance("VAT") == bill.invoice.vat_total
    assert list(proof.faults()) == []


def test_lines_that_the_client_left_out_are_not_invoiced(alice):
    quote = quote_of(alice, lines=LINES, choice_by_line=True)
    accept(quote, channel="COMPTOIR", lines=[quote.lines.first().pk])
    bill = services.issue_invoice(actor=SYSTEM, quote_id=quote.pk)
    assert bill.amount == D("90.00")
    assert len(bill.invoice.lines) == 1


def supplement(quote, **fields):
    more = quote_of(vehicle=quote.vehicle, lines=[LABOUR], supplements=quote, **fields)
    accept(more, channel="COMPTOIR")
    more.refresh_from_db()
    return more


def test_supplements_are_on_the_same_invoice(alice):
    quote = accepted_quote(alice, discount_percent=D(10))
    more = supplement(quote)
    bill = services.issue_invoice(actor=SYSTEM, quote_id=more.pk)
    assert bill.quote == quote
    assert bill.amount == quote.total + more.total
    assert {row.status for row in bill.covers.all()} == {"FACTURE"}
    assert list(proof.faults()) == []


def test_a_supplement_accepted_after_the_invoice_has_one_of_its_own(alice):
    quote = accepted_quote(alice)
    first = services.issue_invoice(actor=SYSTEM, quote_id=quote.pk)
    more = supplement(quote)
    second = services.issue_invoice(actor=SYSTEM, quote_id=quote.pk)
    assert second.pk != first.pk
    assert (second.quote, second.amount) == (quote, more.total)
    assert services.issue_invoice(actor=SYSTEM, quote_id=more.pk).pk == second.pk


def test_asked_again_it_gives_the_same_invoice(alice):
    quote = accepted_quote(alice)
    first = services.issue_invoice(actor=SYSTEM, quote_id=quote.pk)
    assert services.issue_invoice(actor=SYSTEM, quote_id=quote.pk).pk == first.pk
    assert Invoice.objects.count() == 1


def test_a_quote_that_nobody_accepted_is_not_invoiced(alice):
    with pytest.raises(rules.NothingToBill):
        services.issue_invoice(actor=SYSTEM, quote_id=quote_of(alice, sent=True).pk)
    assert not Bill.objects.exists()


def test_only_staff_invoice(alice, charlie):
    quote = accepted_quote(alice)
    with pytest.raises(Forbidden):
        services.issue_invoice(actor=alice, quote_id=quote.pk)
    with pytest.raises(NotFound):
        services.issue_invoice(actor=charlie, quote_id=quote.pk)


def test_a_person_pays_at_once_and_a_business_in_thirty_days(alice):
    today = timezone.localdate()
    assert bill_of(alice).due_on == today
    company = companies.create_company(actor=alice, name="Chez Alice", siren="732829320")
    client = client_of(kind="SOCIETE", name="Alice SARL", company=company, email="compta@alice.test")
    bill = bill_of(vehicle=vehicle_of(client, plate="FG-456-HJ"))
    assert bill.due_on == today + timedelta(days=30)
    buyer = bill.invoice.buyer
    assert (buyer["name"], buyer["siren"], buyer["company"]) == ("Chez Alice", "732829320", True)


def test_a_business_without_an_account_shows_its_own_siren(db):
    client = client_of(kind="SOCIETE", name="Taxi Bleu", siren="732829320", email="taxi@email.test")
    assert bill_of(vehicle=vehicle_of(client)).invoice.buyer["siren"] == "732829320"


@pytest.mark.parametrize("days", [-1, 61])
def test_a_day_of_payment_that_the_law_forbids_is_refused(alice, days):
    quote = accepted_quote(alice)
    with pytest.raises(Invalid) as refused:
        services.issue_invoice(
            actor=SYSTEM, quote_id=quote.pk, due_on=timezone.localdate() + timedelta(days=days)
        )
    assert list(refused.value.errors) == ["due_on"]


def test_the_deposit_is_taken_off_and_all_invoices_together_are_the_quote(alice):
    quote = accepted_quote(alice, discount_percent=D("7.5"))
    deposit = deposit_on(quote)
    bill = services.issue_invoice(actor=SYSTEM, quote_id=quote.pk)
    quote.refresh_from_db()
    papers = [deposit.invoice, bill.invoice]
    assert sum(p.total for p in papers) == quote.total
    assert sum(p.vat_total for p in papers) == quote.vat
    assert bill.invoice.deducts[0]["number"] == str(deposit)
    assert fresh(deposit).deducted_by == bill
    assert balance("DEPOSITS") == D(0)
    assert balance("SALES") + balance("SERVICE_SALES") == quote.total_excl_vat
    assert balance("RECEIVABLE") == -quote.total
    assert list(proof.faults()) == []


def test_paid_in_full_by_deposits_nothing_is_left_to_pay(alice):
    quote = accepted_quote(alice)
    for percent in ("33.33", "66.67"):
        deposit_on(quote, percent)
    bill = services.issue_invoice(actor=SYSTEM, quote_id=quote.pk)
    assert (bill.amount, bill.status) == (D(0), "PAYEE")
    assert all(D(row["vat"]) == 0 for row in bill.invoice.vat)
    assert list(proof.faults()) == []


def test_deposits_that_are_more_than_the_work_are_refused(alice):
    quote = accepted_quote(alice)
    more = supplement(quote)
    deposit_on(quote, "100")
    more.move("REFUSE", actor=SYSTEM)
    with pytest.raises(rules.DepositsTooHigh):
        services.issue_invoice(actor=SYSTEM, quote_id=quote.pk)


def test_the_balance_of_a_job_counts_what_is_not_invoiced_yet(alice):
    quote = accepted_quote(alice)
    assert queries.balance(quote) == quote.total
    deposit = deposit_on(quote)
    assert queries.balance(quote) == quote.total
    services.take_payment(actor=SYSTEM, bill_id=deposit.pk, means="TERMINAL", amount=deposit.amount)
    assert queries.balance(quote) == quote.total - deposit.amount
    services.issue_invoice(actor=SYSTEM, quote_id=quote.pk)
    assert queries.balance(quote) == quote.total - deposit.amount


# --- Any quote ------------------------------------------------------------------------------------------------
rates = st.sampled_from([D("20.00"), D("10.00"), D("5.50"), D("2.10"), D("0.00")])
cents = st.integers(0, 99_999).map(lambda n: D(n) / 100)
percents = st.integers(0, 10_000).map(lambda n: D(n) / 100)
lines = st.lists(
    st.tuples(st.integers(1, 999).map(lambda n: D(n) / 100), cents, percents, rates, st.booleans()), min_size=1,
    max_size=8,
)


def rows_of(values):
    found = []
    for quantity, price, off, rate, part in values:
        total = rules.quotes.line_total(quantity, price, off)
        full = rules.round_half_up(quantity * price)
        nature = invoice_rules.GOODS if part else invoice_rules.SERVICE
        found.append(invoice_rules.Line("x", quantity, price, rate, total, discount=full - total, nature=nature))
    return found


@settings(max_examples=300, deadline=None)
@given(lines, percents, st.lists(st.integers(1, 100), max_size=4))
def test_deposits_and_the_rest_are_the_whole_at_every_rate(values, off, shares):
    """Arithmetic alone: whatever the lines, discounts, rates and deposits, the papers add up to the quote."""
    rows = rows_of(values)
    work = rules.work_of([(rows, off)])
    whole = rules.quotes.totals(rows, off)
    left, deposits = work.priced.vat, []
    for share in shares:
        amount = min(rules.round_half_up(whole.total * share / 100), sum((p.gross for p in left), D(0)))
        if amount:
            parts = invoice_rules.credit(left, amount)
            left = invoice_rules.remaining(left, parts)
            deposits.append(invoice_rules.Deposit("FA", "2026-01-01", "Acompte", parts))
    rest = invoice_rules.deduct(work.priced, deposits)
    for name in ("net", "vat", "gross"):
        for rate in {line.rate for line in whole.vat_lines}:
            told = sum((getattr(p, name) for d in deposits for p in d.parts if p.rate == rate), D(0))
            told += sum((getattr(p, name) for p in rest.vat if p.rate == rate), D(0))
            assert told == sum((getattr(p, name) for p in whole.vat_lines if p.rate == rate), D(0))
    assert all(min(p.net, p.vat, p.gross) >= 0 for p in rest.vat)
    assert sum((row.line.total for row in rest.lines), D(0)) - work.discount == rest.total


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(lines, percents), min_size=2, max_size=4))
def test_several_quotes_on_one_invoice_keep_their_total_and_rates(values):
    works = [(rows_of(some), off) for some, off in values]
    told, sums = rules.work_of(works).priced, {}
    for rows, off in works:
        for line in rules.quotes.totals(rows, off).vat_lines:
            sums[line.rate] = sums.get(line.rate, D(0)) + line.gross
    assert {line.rate: line.gross for line in told.vat} == sums


