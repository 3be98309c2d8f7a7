"""Many at once on one bill: never more than is due, one invoice, one credit. The guard has its canary."""

from decimal import Decimal as D

import pytest

from config.finances import proof
from config.lib.actors import SYSTEM
from config.lib.testing import at_once
from garage.billing import queries, rules, services
from garage.billing.models import Bill
from garage.billing.services import counter
from garage.billing.tests.factories import accepted_quote, bill_of, fresh
from shop.invoices.models import Invoice

pytestmark = [pytest.mark.postgres_race, pytest.mark.django_db(transaction=True)]


def take(bill, amount="60.00", means="TERMINAL"):
    return services.take_payment(actor=SYSTEM, bill_id=bill.pk, means=means, amount=D(amount))


def right():
    assert list(proof.faults()) == []


def test_eight_payments_at_once_take_no_more_than_is_due():
    bill = bill_of()  # 181.90: three of 60 fit
    results = at_once(8, lambda _number: take(bill))
    assert len([r for r in results if isinstance(r, rules.AboveDue)]) == 5, results
    assert fresh(bill).paid == D("180.00")
    right()


def test_canary_without_lock_and_verdict_too_much_is_taken(monkeypatch):
    """Read the bill without its lock and count without a condition: more is taken than is due, or sums get lost."""
    monkeypatch.setattr(queries, "locked", lambda pk: Bill.objects.get(pk=pk))

    def unguarded(*, bill, amount):
        bill.paid += amount
        Bill.objects.filter(pk=bill.pk).update(paid=bill.paid)

    monkeypatch.setattr(counter, "count", unguarded)
    wrong = 0
    for wave in range(5):
        bill = bill_of(plate=f"AB-{100 + wave}-CD")
        at_once(8, lambda _number, bill=bill: take(bill))
        wrong += len(list(proof.faults()))
    assert wrong


def test_the_condition_alone_holds_the_limit(monkeypatch):
    """Without the lock, the conditional update still refuses what is too much."""
    bill = bill_of()
    monkeypatch.setattr(queries, "locked", lambda pk: Bill.objects.get(pk=pk))
    at_once(8, lambda _number: take(bill))
    assert fresh(bill).paid <= bill.amount


def test_cash_for_one_job_stays_within_the_law():
    bill = bill_of(lines=[{"kind": "MAIN_OEUVRE", "description": "Moteur", "quantity": "20", "unit_price": "100.00"}])
    results = at_once(8, lambda _number: take(bill, "300.00", "ESPECES"))
    assert len([r for r in results if isinstance(r, rules.AboveCash)]) == 5, results
    assert queries.cash_taken(bill.quote_id) == D("900.00")


def test_invoiced_twice_at_once_is_one_invoice():
    quote = accepted_quote()
    results = at_once(6, lambda _number: services.issue_invoice(actor=SYSTEM, quote_id=quote.pk).pk)
    assert len(set(results)) == 1, results
    assert Invoice.objects.count() == 1
    right()


def test_credited_in_full_and_paid_at_once_leaves_the_books_right():
    bill = bill_of()

    def work(number):
        if number % 2:
            return services.credit_bill(actor=SYSTEM, bill_id=bill.pk, reason="x")
        return take(bill)

    at_once(6, work)
    assert fresh(bill).status == "ANNULEE"
    right()


def test_online_and_counter_at_once_never_take_the_same_euro():
    bill = bill_of()

    def work(number):
        if number:
            return take(bill, "181.90")
        return services.pay_bill(actor=SYSTEM, bill_id=bill.pk, method="CARTE", token="tok_ok", key="k")

    at_once(4, work)
    assert fresh(bill).paid == D("181.90")
    right()
