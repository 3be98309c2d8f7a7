"""What is issued stays: the database refuses raw SQL, on both engines."""

import pytest
from django.db import DatabaseError, connection, transaction

from shop.invoices.models import Invoice
from shop.invoices.tests.factories import make_invoice, rendered

pytestmark = pytest.mark.django_db
JSON = "'{}'"
SEALED = {
    "number": "'FA-2026-9'", "key": "'x'", "kind": "'AVOIR'", "issued_at": "'2020-01-01'", "language": "'en'", "seller": JSON,
    "buyer": JSON, "lines": "'[]'", "vat": "'[]'", "net": "1", "vat_total": "1", "total": "1", "currency": "'XOF'",
    "payment": JSON, "reason": "'x'", "buyer_reference": "'x'", "delivery": "'{\"a\": 1}'", "discount": "1",
    "due_on": "'2020-01-01'", "process": "'S1'", "legal": "'[]'", "deducts": "'[1]'", "is_deposit": "TRUE",
    "subject": "'x'",
}
FILE = {"pdf": "'x'", "sha256": "'x'", "file_format": "'PDFA'", "refusal": "'DEVISE'"}


def sql(statement, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize("column, value", SEALED.items())
def test_no_column_of_an_issued_invoice_changes(seller, column, value):
    invoice = make_invoice()
    with pytest.raises(DatabaseError, match="sealed"):
        sql(f"UPDATE shop_invoice SET {column} = {value} WHERE id = %s", invoice.pk)


@pytest.mark.parametrize("column, value", FILE.items())
def test_its_file_is_written_once(seller, column, value):
    invoice = rendered(make_invoice())
    with pytest.raises(DatabaseError, match="sealed"):
        sql(f"UPDATE shop_invoice SET {column} = {value} WHERE id = %s", invoice.pk)
    sql("UPDATE shop_invoice SET tries = 3 WHERE id = %s", invoice.pk)  # the job's own columns may


def test_it_is_never_deleted(seller):
    invoice = make_invoice()
    with pytest.raises(DatabaseError, match="sealed"):
        sql("DELETE FROM shop_invoice WHERE id = %s", invoice.pk)
    assert Invoice.objects.filter(pk=invoice.pk).exists()


def test_every_column_is_sealed_or_said_to_be_free():
    """A column added later must be thought of here, and in the trigger."""
    free = {"id", "state", "next_attempt_at", "claimed_at", "tries", "last_error"}
    untested = {"seller_key", "buyer_user_id", "corrects_id"}  # sealed as well, see migrations 0007 and 0011
    columns = {field.column for field in Invoice._meta.fields}
    assert columns == free | untested | set(SEALED) | set(FILE)
