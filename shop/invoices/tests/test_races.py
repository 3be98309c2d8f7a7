"""Numbers without gap or repeat, from many connections. The lock has its canary."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from config.lib.testing import at_once
from shop.invoices import queries
from shop.invoices.models import Invoice, InvoiceCounter
from shop.invoices.tests.factories import make_credit_note, make_invoice

pytestmark = [pytest.mark.postgres_race, pytest.mark.django_db(transaction=True)]


class Undone(Exception):
    """The sale around the invoice failed."""


def issue(number):
    """Every fourth sale rolls back after its invoice took a number."""
    with transaction.atomic():
        invoice = make_invoice(key=f"race:{number}")
        if number % 4 == 3:
            raise Undone
        return invoice.number


def ranks(kind="FACTURE"):
    return sorted(int(number[-6:]) for number in Invoice.objects.filter(kind=kind).values_list("number", flat=True))


def test_twenty_invoices_from_eight_connections_with_rollbacks():
    done = 0
    for wave in range(4):  # 8 at once; 3 of 4 stay
        results = at_once(8, lambda n, wave=wave: issue(8 * wave + n))
        done += len([r for r in results if isinstance(r, str)])
        assert all(isinstance(r, str | Undone) for r in results), results
    assert done == 24
    assert ranks() == list(range(1, 25))
    assert InvoiceCounter.objects.get(kind="FACTURE").last == 24


def test_the_same_sale_at_once_is_invoiced_once():
    results = at_once(8, lambda n: make_invoice(key="same").number)
    assert len(set(results)) == 1
    assert ranks() == [1]


def test_credit_notes_have_a_series_of_their_own():
    invoice = make_invoice()
    at_once(8, lambda n: make_credit_note(invoice, "0.10", key=f"note:{n}").number)
    assert ranks("AVOIR") == list(range(1, 9))
    assert ranks() == [1]


def test_canary_without_the_lock_numbers_collide(monkeypatch):
    """Read the counter without its lock: some of the sales must fail on the unique number."""
    def unlocked(*, seller_key, kind, year):
        InvoiceCounter.objects.get_or_create(seller_key=seller_key, kind=kind, year=year)
        return InvoiceCounter.objects.get(seller_key=seller_key, kind=kind, year=year)

    InvoiceCounter.objects.create(kind="FACTURE", year=timezone.localdate().year)
    monkeypatch.setattr(queries, "locked_counter", unlocked)
    failed = 0
    for wave in range(5):
        results = at_once(8, lambda n, wave=wave: make_invoice(key=f"canary:{wave}:{n}"))
        failed += len([r for r in results if isinstance(r, IntegrityError)])
    assert failed
