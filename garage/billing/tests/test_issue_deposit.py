"""Deposits: an invoice of their own for a part of what was accepted."""

from decimal import Decimal as D

import pytest

from config.finances import proof
from config.lib.actors import SYSTEM
from config.lib.errors import Forbidden, Invalid
from garage.billing import rules, services
from garage.billing.tests.factories import accepted_quote, at_counter, deposit_on, fresh, pay
from garage.quotes import opening
from garage.quotes.tests.factories import quote_of
from shop.orders.tests.factories import balance

pytestmark = pytest.mark.django_db


def test_a_percentage_of_the_total_split_over_its_rates(alice):
    deposit = deposit_on(accepted_quote(alice))
    paper = deposit.invoice
    assert (deposit.kind, deposit.amount) == ("ACOMPTE", D("54.57"))
    assert paper.is_deposit
    assert {D(row["rate"]): D(row["gross"]) for row in paper.vat} == {D(20): D("50.94"), D("5.5"): D("3.63")}
    assert paper.lines[0]["description"].startswith("Acompte sur le devis DE-") or "Deposit" in str(paper.lines[0])


def test_it_is_owed_and_no_revenue_yet(alice):
    deposit = deposit_on(accepted_quote(alice))
    assert balance("RECEIVABLE") == -deposit.amount
    assert balance("DEPOSITS") == deposit.invoice.net
    assert balance("VAT") == deposit.invoice.vat_total
    assert balance("SALES") == balance("SERVICE_SALES") == D(0)
    assert list(proof.faults()) == []


def test_an_amount_in_euros(alice):
    assert services.issue_deposit(
        actor=SYSTEM, quote_id=accepted_quote(alice).pk, amount=D("50.00")
    ).amount == D("50.00")


def test_the_same_key_gives_the_first_deposit(alice):
    quote = accepted_quote(alice)
    assert deposit_on(quote, key="k").pk == deposit_on(quote, key="k").pk
    assert deposit_on(quote, "10", key="other").amount == D("18.19")


@pytest.mark.parametrize("given, field", [
    ({"percent": D("100.01")}, "deposit_percent"), ({"percent": D(0)}, "deposit_percent"),
    ({"percent": D(-3)}, "deposit_percent"), ({"amount": D("181.91")}, "deposit_amount"),
    ({"amount": D("-1")}, "deposit_amount"), ({"amount": D("0.001")}, "deposit_amount"), ({}, "deposit_amount"),
    ({"percent": D(3), "amount": D(3)}, "deposit_percent"),
])
def test_what_makes_no_deposit_is_refused_on_its_field(alice, given, field):
    quote = accepted_quote(alice)
    with pytest.raises(Invalid) as refused:
        services.issue_deposit(actor=SYSTEM, quote_id=quote.pk, **given)
    assert list(refused.value.errors) == [field]
    assert not quote.bills.exists()


def test_deposits_together_are_never_more_than_the_total(alice):
    quote = accepted_quote(alice)
    deposit_on(quote, "80")
    with pytest.raises(Invalid):
        deposit_on(quote, "30")
    services.credit_bill(actor=SYSTEM, bill_id=quote.bills.get().pk, reason="erreur")
    deposit_on(quote, "100")


def test_nothing_is_asked_for_what_nobody_accepted(alice):
    with pytest.raises(rules.NothingToBill):
        deposit_on(quote_of(alice, sent=True))


def test_clients_ask_for_none(alice):
    quote = accepted_quote(alice)
    with pytest.raises(Forbidden):
        services.issue_deposit(actor=alice, quote_id=quote.pk, percent=D(30))


def test_withdrawing_from_the_quote_gives_a_deposit_back(alice, commit):
    quote = accepted_quote(alice)
    deposit = deposit_on(quote)
    with commit():
        pay(deposit)
    with commit():
        services.call_off_deposits(quote=quote, actor=SYSTEM)
    deposit = fresh(deposit)
    assert (deposit.status, deposit.paid, deposit.to_return) == ("ANNULEE", D(0), D(0))
    assert deposit.payments.last().payment_refund.state == "FAIT"
    assert balance("DEPOSITS") == balance("VAT") == balance("RECEIVABLE") == D(0)
    assert services.call_off_deposits in opening._undo
    assert list(proof.faults()) == []


def test_what_was_paid_at_the_counter_waits_to_be_given_back(alice):
    quote = accepted_quote(alice)
    deposit = deposit_on(quote)
    at_counter(deposit, "54.57")
    services.call_off_deposits(quote=quote, actor=SYSTEM)
    assert fresh(deposit).to_return == D("54.57")
    assert list(proof.faults()) == []
