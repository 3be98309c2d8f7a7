"""The proof finds one wrong row of each kind, and names it."""

from decimal import Decimal as D

import pytest
from django.db import connection

from accounts.wallet.models import Posting, Transaction
from accounts.wallet.services import post
from config.finances import proof
from config.lib.actors import SYSTEM
from config.lib.testing import assert_max_queries
from garage.billing import audit, books, services
from garage.billing.models import Bill, BillCredit, BillPayment
from garage.billing.tests.factories import LABOUR, accepted_quote, at_counter, bill_of, deposit_on
from garage.quotes.models import Quote
from shop.invoices.tests.factories import make_invoice

pytestmark = pytest.mark.django_db


@pytest.fixture
def bill(alice):
    """A job with a deposit, an invoice, a payment of the counter and a credit note."""
    quote = accepted_quote(alice)
    deposit_on(quote)
    found = services.issue_invoice(actor=SYSTEM, quote_id=quote.pk)
    at_counter(found, "50.00")
    services.credit_bill(actor=SYSTEM, bill_id=found.pk, amount=D("5.00"), reason="geste")
    assert list(proof.faults()) == []
    return Bill.objects.get(pk=found.pk)


def faults():
    return "; ".join(audit.faults())


@pytest.mark.parametrize("wrong, told", [
    ({"paid": D("51.00")}, "counts 51.00 as paid, its payments 50.00"),
    ({"credited": D("6.00")}, "counts 6.00 as credited, its credit notes 5.00"),
    ({"amount": D("200.00")}, "comes to 200.00, its invoice FA-"),
    ({"status": "PAYEE"}, "is PAYEE and owes"),
    ({"kind": "ACOMPTE"}, "its invoice FA-"),
])
def test_a_wrong_bill(bill, wrong, told):
    Bill.objects.filter(pk=bill.pk).update(**wrong)
    assert told in faults()
    assert f"bill {bill.pk}" in faults()


def test_a_wrong_payment_or_credit(bill):
    BillPayment.objects.update(amount=D("49.00"))
    assert "is of 49.00, transaction" in faults()
    BillPayment.objects.update(amount=D("50.00"))
    BillCredit.objects.update(amount=D("4.00"))
    assert "its credit note AV-" in faults()


def test_a_movement_that_belongs_to_nothing(bill):
    for kind, reference, told in (
        ("bill", "bill:99", "belongs to no bill"), ("bill_payment", bill.reference, "belongs to no payment"),
        ("bill_credit", bill.reference, "belongs to no credit note"),
    ):
        post(
            kind=kind, key=f"stray:{kind}", actor=SYSTEM, reference=reference,
            postings=[books.receivable(D("-1.00")), books.place("ESPECES", D("1.00"))],
        )
        assert told in faults()
    assert "the ledger says" in faults()


def test_what_stands_on_deposits_is_explained(bill):
    Bill.objects.filter(kind="ACOMPTE").update(deducted_by=None)
    assert f"quote {bill.quote_id} has 0.00 on DEPOSITS" in faults()


@pytest.mark.skipif(connection.vendor == "postgresql", reason="the triggers of PostgreSQL are not switched off here")
def test_postings_at_another_rate(bill):
    """The seal of the ledger is taken off for a moment, as whoever forges it would."""
    posting = Posting.objects.filter(account__code="VAT", transaction__kind="bill", vat_rate=D("5.5")).last()
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'accounts_posting'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')
        cursor.execute("UPDATE accounts_posting SET vat_rate = 10 WHERE id = %s", [posting.pk])
    assert "booked VAT" in faults()


def test_papers_and_quotes_without_a_bill(bill):
    make_invoice(key="bill:9:work:0")
    assert "belongs to no bill" in faults()
    bill.covers.clear()
    assert f"quote {bill.quote_id} is FACTURE and no bill covers it" in faults()
    assert "its quotes come to 0.00" in faults()


def test_a_quote_of_another_total(bill):
    Quote.objects.filter(pk=bill.quote_id).update(total=D("180.00"))
    assert "its quotes come to 180.00" in faults()


def test_what_it_asks_does_not_grow_with_the_bills(bill, alice):
    with assert_max_queries(26):
        assert list(audit.faults()) == []
    vehicle = bill.quote.vehicle
    for _number in range(4):
        at_counter(bill_of(vehicle=vehicle, lines=[LABOUR]), "10.00")
    with assert_max_queries(26):
        assert list(audit.faults()) == []
    assert audit.counts() == {"bills": 6, "payments of bills": 5}
    assert Transaction.objects.filter(kind="bill").count() == 6
