"""Money over the counter: taken, corrected, given back; cash within the law."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from django.utils import timezone

from config.finances import proof
from config.lib.actors import SYSTEM
from config.lib.errors import Forbidden, Invalid, NotFound
from garage.billing import rules, services
from garage.billing.tests.factories import accepted_quote, at_counter, bill_of, deposit_on, fresh
from shop.orders.tests.factories import balance

pytestmark = pytest.mark.django_db
BIG = [{"kind": "MAIN_OEUVRE", "description": "Moteur", "quantity": "20", "unit_price": "100.00"}]  # 2000.00


@pytest.mark.parametrize("means, account", [
    ("ESPECES", "CASH"), ("CHEQUE", "CHEQUES"), ("VIREMENT", "BANK"), ("TERMINAL", "CARD_TERMINAL"),
])
def test_each_means_has_its_place_in_the_books(alice, means, account):
    bill = bill_of(alice)
    at_counter(bill, "81.90", means)
    assert balance(account) == D("-81.90")
    assert balance("RECEIVABLE") == D("-100.00")
    assert (bill.status, bill.due) == ("EMISE", D("100.00"))
    assert list(proof.faults()) == []


def test_more_than_is_due_is_refused_and_says_what_is(alice):
    bill = bill_of(alice)
    at_counter(bill, "100.00")
    with pytest.raises(rules.AboveDue) as refused:
        at_counter(bill, "81.91")
    assert refused.value.data == {"due": "81.90"}
    at_counter(bill, "81.90")
    with pytest.raises(rules.NotDue):
        at_counter(bill, "0.01")


def test_a_second_click_takes_nothing(alice):
    bill = bill_of(alice)
    assert at_counter(bill, "10.00", key="k").pk == at_counter(bill, "10.00", key="k").pk
    assert bill.paid == D("10.00")


def test_cash_stops_at_the_legal_limit_of_the_whole_job(alice):
    quote = accepted_quote(alice, lines=BIG)
    deposit = deposit_on(quote, "40")
    at_counter(deposit, "800.00", "ESPECES")
    bill = services.issue_invoice(actor=SYSTEM, quote_id=quote.pk)
    with pytest.raises(rules.AboveCash) as refused:
        at_counter(bill, "200.01", "ESPECES")
    assert refused.value.data == {"limit": "1000.00", "left": "200.00"}
    at_counter(bill, "200.00", "ESPECES")
    at_counter(bill, "1000.00", "CHEQUE")
    assert bill.status == "PAYEE"


def test_the_limit_is_the_one_of_the_day():
    assert rules.cash_limit(date(2026, 1, 1)) == D("1000.00")


@pytest.mark.parametrize("given, field", [
    ({"means": "CARTE"}, "method"), ({"means": "\x00"}, "method"), ({"amount": D(0)}, "amount"),
    ({"amount": D("1.001")}, "amount"), ({"amount": D("99999999")}, "amount"),
    ({"received_on": date(2099, 1, 1)}, "received_on"),
])
def test_what_cannot_be_taken_is_refused_on_its_field(alice, given, field):
    bill = bill_of(alice)
    with pytest.raises(Invalid) as refused:
        services.take_payment(**{
            "actor": SYSTEM, "bill_id": bill.pk, "means": "ESPECES", "amount": D(1), **given
        })
    assert list(refused.value.errors) == [field]
    assert not fresh(bill).payments.exists()


def test_a_transfer_may_have_come_some_days_ago(alice):
    day = timezone.localdate() - timedelta(days=3)
    assert at_counter(bill_of(alice), "10.00", "VIREMENT", received_on=day).received_on == day


def test_clients_and_strangers_take_nothing(alice, charlie):
    bill = bill_of(alice)
    for person, refusal in ((alice, Forbidden), (charlie, NotFound)):
        for service, more in (
            (services.take_payment, {"means": "ESPECES", "amount": D(1)}),
            (services.reverse_payment, {"row_id": 1, "reason": "x"}),
            (services.give_back, {"means": "ESPECES", "amount": D(1)}),
            (services.credit_bill, {"reason": "x"}),
        ):
            with pytest.raises(refusal):
                service(actor=person, bill_id=bill.pk, **more)


# --- Corrected ------------------------------------------------------------------------------------------------
def test_a_mistyped_payment_is_corrected_by_a_counter_entry(alice):
    bill = bill_of(alice)
    row = at_counter(bill, "181.90", "ESPECES")
    back = services.reverse_payment(actor=SYSTEM, bill_id=bill.pk, row_id=row.pk, reason="chèque, pas espèces")
    bill = fresh(bill)
    assert (back.amount, back.undoes, back.reason) == (D("-181.90"), row, "chèque, pas espèces")
    assert (bill.status, bill.due) == ("EMISE", D("181.90"))
    assert balance("CASH") == D(0)
    at_counter(bill, "181.90", "CHEQUE")
    assert [step.to_status for step in bill.history.all()] == ["EMISE", "PAYEE", "EMISE", "PAYEE"]
    assert list(proof.faults()) == []


def test_a_correction_says_why_and_happens_once(alice, commit):
    bill = bill_of(alice)
    row = at_counter(bill, "10.00")
    with pytest.raises(Invalid):
        services.reverse_payment(actor=SYSTEM, bill_id=bill.pk, row_id=row.pk, reason=" ")
    back = services.reverse_payment(actor=SYSTEM, bill_id=bill.pk, row_id=row.pk, reason="x")
    for pk in (row.pk, back.pk):
        with pytest.raises(rules.CannotUndo):
            services.reverse_payment(actor=SYSTEM, bill_id=bill.pk, row_id=pk, reason="x")
    with pytest.raises(NotFound):
        services.reverse_payment(actor=SYSTEM, bill_id=bill.pk, row_id=10**12, reason="x")


# --- Given back -----------------------------------------------------------------------------------------------
def test_what_a_credit_note_left_too_much_is_given_back(alice):
    bill = bill_of(alice)
    at_counter(bill, "181.90", "CHEQUE")
    with pytest.raises(rules.NothingToReturn):
        services.give_back(actor=SYSTEM, bill_id=bill.pk, amount=D("1.00"), means="ESPECES")
    services.credit_bill(actor=SYSTEM, bill_id=bill.pk, amount=D("30.00"), reason="geste")
    assert fresh(bill).to_return == D("30.00")
    services.give_back(actor=SYSTEM, bill_id=bill.pk, amount=D("30.00"), means="ESPECES", key="k")
    services.give_back(actor=SYSTEM, bill_id=bill.pk, amount=D("30.00"), means="ESPECES", key="k")
    bill = fresh(bill)
    assert (bill.to_return, bill.paid, bill.status) == (D(0), D("151.90"), "PAYEE")
    assert balance("CASH") == D("30.00")
    assert list(proof.faults()) == []


def test_what_was_given_back_is_not_corrected_as_well(alice):
    bill = bill_of(alice)
    row = at_counter(bill, "181.90", "CHEQUE")
    services.credit_bill(actor=SYSTEM, bill_id=bill.pk, reason="x")
    services.give_back(actor=SYSTEM, bill_id=bill.pk, amount=D("181.90"), means="VIREMENT")
    with pytest.raises(rules.NothingToReturn):
        services.reverse_payment(actor=SYSTEM, bill_id=bill.pk, row_id=row.pk, reason="x")
    assert fresh(bill).paid == D(0)
    assert list(proof.faults()) == []
