"""The proof of invoices: green on what services issue, red with the row named once somebody changed it by hand."""

from decimal import Decimal as D

import pytest
from django.db import connection

from config.lib.actors import SYSTEM
from shop.catalogue.tests.factories import make_product
from shop.invoices import audit
from shop.invoices.models import Invoice, InvoiceCounter
from shop.orders import services as orders
from shop.orders.tests.factories import paid_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def unsealed():
    """The triggers taken off, as the owner of the database could."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("DROP TRIGGER shop_invoice_sealed ON shop_invoice")
            return
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'shop_invoice'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')


@pytest.fixture
def issued(unsealed, alice, bob, commit):
    """Two invoices of two rates, the first credited in part."""
    with commit():
        goods = (make_product(price="6.50", vat_rate=D("5.5")), 2), (make_product("Vase", price="39.90"), 1)
        first = paid_order(alice, *goods, method="COURSIER")
        paid_order(bob, *goods)
        orders.refund_order(actor=SYSTEM, order_id=first.pk, amount=D("10.01"), reason="x")
    assert list(audit.faults(files=True)) == []
    return Invoice.objects.order_by("pk")


def change(invoice, **fields):
    """Raw SQL, as somebody at the database's own prompt."""
    with connection.cursor() as cursor:
        for name, value in fields.items():
            cursor.execute(f"UPDATE shop_invoice SET {name} = %s WHERE id = %s", [value, invoice.pk])


def test_a_gap_is_named(issued):
    wrong = issued[1].number.replace("000002", "000003")
    change(issued[1], number=wrong)
    assert next(audit.faults()) == (
        f"invoice {issued[1].pk} has number {wrong} where 2 is due: the series has a gap or a repeat"
    )


def test_a_number_of_another_series_is_named(issued):
    change(issued[1], number="XX-2026-000002")
    assert f"invoice {issued[1].pk} has number XX-2026-000002" in next(audit.faults())


def test_a_counter_that_differs_is_named(issued):
    InvoiceCounter.objects.filter(kind="FACTURE").update(last=5)
    assert next(audit.faults()).endswith("counted 5 invoices, the last one is 2")


def test_a_changed_total_is_named(issued):
    invoice = issued[0]
    change(invoice, total=int(invoice.total * 100) + 1)
    assert next(audit.faults()).startswith(f"invoice {invoice.number}: {invoice.net} and VAT {invoice.vat_total}")


def test_changed_totals_that_fit_each_other_are_named(issued):
    invoice = issued[0]
    change(invoice, total=int(invoice.total * 100) + 1, net=int(invoice.net * 100) + 1)
    assert next(audit.faults()) == f"invoice {invoice.number}: its VAT per rate does not add up to its totals"


def test_a_changed_line_is_named(issued):
    invoice = issued[0]
    text = "lines::text" if connection.vendor == "postgresql" else "lines"
    cast = "::jsonb" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE shop_invoice SET lines = replace({text}, '39.90', '39.91'){cast} WHERE id = %s", [invoice.pk]
        )
    assert next(audit.faults()).startswith(f"invoice {invoice.number}: its lines add up to")


def test_too_much_credit_is_named(issued):
    [note] = issued.filter(kind="AVOIR")
    small = issued[1]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE shop_invoice SET corrects_id = %s WHERE id = %s", [small.pk, note.pk])
        cursor.execute("UPDATE shop_invoice SET total = 100, net = 100, vat_total = 0 WHERE id = %s", [small.pk])
    assert f"invoice {small.number} of 1.00 is credited by 10.01" in list(audit.faults())


def test_a_credit_note_of_nothing_is_named(issued):
    [note] = issued.filter(kind="AVOIR")
    change(note, corrects_id=None)
    assert list(audit.faults()) == [f"credit note {note.number} corrects no invoice"]


def test_a_changed_file_is_named_when_files_are_read(issued):
    invoice = issued[0]
    change(invoice, pdf=b"%PDF-other")
    assert list(audit.faults()) == []
    assert list(audit.faults(files=True)) == [f"invoice {invoice.number}: its file is not the one that was issued"]
