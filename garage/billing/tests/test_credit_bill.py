"""Credit notes of bills: by line, by amount, in full; what goes back, and what may be invoiced again."""

from decimal import Decimal as D

import pytest

from config.finances import proof
from config.lib.actors import SYSTEM
from config.lib.errors import Invalid
from garage.billing import rules, services
from garage.billing.tests.factories import accepted_quote, at_counter, bill_of, deposit_on, fresh, pay
from shop.orders.tests.factories import balance

pytestmark = pytest.mark.django_db
NOUGHTS = ("RECEIVABLE", "SALES", "SERVICE_SALES", "VAT", "DEPOSITS", "UNAPPLIED")


def credit(bill, **given):
    row = services.credit_bill(actor=SYSTEM, bill_id=bill.pk, **{"reason": "colis abîmé", **given})
    bill.refresh_from_db()
    return row


def right():
    assert list(proof.faults()) == []


def test_in_full_an_unpaid_bill_is_cancelled_and_the_books_are_at_zero(alice):
    bill = bill_of(alice, discount_percent=D("7.77"))
    row = credit(bill)
    assert (bill.status, bill.due, bill.to_return) == ("ANNULEE", D(0), D(0))
    assert (row.credit_note.total, row.credit_note.corrects) == (bill.amount, bill.invoice)
    assert {balance(code) for code in NOUGHTS} == {D(0)}
    right()


def test_an_amount_lowers_what_is_due(alice):
    bill = bill_of(alice)
    credit(bill, amount=D("31.90"))
    assert (bill.status, bill.due) == ("EMISE", D("150.00"))
    at_counter(bill, "150.00")
    assert bill.status == "PAYEE"
    right()


def test_a_line_goes_back_at_its_price_and_to_its_own_revenue(alice):
    bill = bill_of(alice)
    labour = balance("SERVICE_SALES")
    row = credit(bill, lines=[{"line": 2, "quantity": D(1)}])
    assert row.amount == D("39.90")
    assert row.credit_note.lines[0]["description"] == "Plaquettes"
    assert balance("SERVICE_SALES") == labour
    credit(bill, lines=[{"line": 2, "quantity": D(1)}, {"line": 1, "quantity": D("0.50")}])
    assert bill.credited == D("39.90") + D("39.90") + D("30.00")
    right()
    credit(bill)
    assert {balance(code) for code in NOUGHTS} == {D(0)}
    right()


@pytest.mark.parametrize("given, where", [
    ({"lines": [{"line": 9, "quantity": D(1)}]}, "lines.0.line"),
    ({"lines": [{"line": 2, "quantity": D(3)}]}, "lines.0.quantity"),
    ({"lines": [{"line": 2, "quantity": D(2)}, {"line": 2, "quantity": D(1)}]}, "lines.1.quantity"),
    ({"lines": [{"line": 2, "quantity": D(-1)}]}, "lines.0.quantity"),
    ({"lines": []}, "lines"), ({"amount": D(0)}, "amount"), ({"amount": D("1.005")}, "amount"),
    ({"amount": D(1), "lines": [{"line": 1, "quantity": D(1)}]}, "amount"), ({"reason": " "}, "reason"),
])
def test_what_cannot_be_credited_is_refused_on_its_field(alice, given, where):
    bill = bill_of(alice)
    with pytest.raises(Invalid) as refused:
        credit(bill, **given)
    assert list(refused.value.errors) == [where]
    assert fresh(bill).credited == D(0)


def test_never_more_than_the_invoice(alice):
    bill = bill_of(alice)
    credit(bill, amount=D("100.00"))
    with pytest.raises(rules.AboveInvoice) as refused:
        credit(bill, amount=D("81.91"))
    assert refused.value.data == {"left": "81.90"}
    credit(bill)
    with pytest.raises(rules.AboveInvoice):
        credit(bill)


def test_a_second_click_is_refused(alice):
    bill = bill_of(alice)
    credit(bill, amount=D("10.00"), before=D(0))
    with pytest.raises(rules.AboveInvoice):
        credit(bill, amount=D("10.00"), before=D(0))


def test_what_was_paid_online_goes_back_the_way_it_came(alice, commit):
    bill = bill_of(alice)
    at_counter(bill, "81.90", "CHEQUE")
    with commit():
        pay(bill, "60.00", actor=alice)
    with commit():
        pay(bill, "40.00", actor=alice)
    with commit():
        credit(bill, amount=D("120.00"))
    back = [(row.means, row.amount) for row in bill.payments.filter(amount__lt=0)]
    assert back == [("CARTE", D("-40.00")), ("CARTE", D("-60.00"))]
    assert (bill.to_return, bill.status) == (D("20.00"), "PAYEE")
    assert balance("UNAPPLIED") == D(0)
    right()


def test_a_cancelled_invoice_is_made_again_with_its_deposits(alice, commit):
    quote = accepted_quote(alice)
    deposit = deposit_on(quote)
    first = services.issue_invoice(actor=SYSTEM, quote_id=quote.pk)
    credit(first)
    assert fresh(deposit).deducted_by is None
    assert balance("DEPOSITS") == deposit.invoice.net
    right()
    second = services.issue_invoice(actor=SYSTEM, quote_id=quote.pk, buyer_reference="BC 12")
    assert second.pk != first.pk
    assert second.amount == first.amount
    assert balance("SALES") + balance("SERVICE_SALES") == fresh(second).quote.total_excl_vat
    right()


def test_a_deposit_that_was_taken_off_is_credited_from_revenue(alice, commit):
    quote = accepted_quote(alice)
    deposit = deposit_on(quote)
    with commit():
        pay(deposit)
    bill = services.issue_invoice(actor=SYSTEM, quote_id=quote.pk)
    with commit():
        credit(deposit, amount=D("10.00"))
    assert balance("DEPOSITS") == D(0)
    assert fresh(deposit).paid == D("44.57")
    right()
    credit(bill)
    right()
    with commit():
        credit(deposit)
    assert {balance(code) for code in NOUGHTS} == {D(0)}
    right()


def test_a_line_that_takes_off_a_deposit_is_no_line_to_credit(alice):
    quote = accepted_quote(alice)
    deposit_on(quote)
    bill = services.issue_invoice(actor=SYSTEM, quote_id=quote.pk)
    with pytest.raises(Invalid):
        credit(bill, lines=[{"line": 4, "quantity": D(1)}])
    with pytest.raises(rules.AboveInvoice):
        credit(bill, lines=[{"line": n, "quantity": D(q)} for n, q in ((1, "1.5"), (2, 2), (3, 1))])
