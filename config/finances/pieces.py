"""The papers behind transactions: the invoice of a paid order, the credit note of a refund."""

from collections.abc import Sequence
from datetime import date

from django.utils import timezone

from accounts.wallet.models import Transaction
from shop.invoices.models import Invoice
from shop.orders.models import OrderRefund


def describe(rows: Sequence[Transaction]) -> dict[int, tuple[str, date]]:
    """Number and local date of the paper of each transaction that has one: two queries for all of them."""
    sold = {row.reference: row.pk for row in rows if row.kind == "order_payment"}
    given = [row.pk for row in rows if row.kind == "order_refund"]
    invoices = Invoice.objects.filter(key__in=sold).values_list("key", "number", "issued_at") if sold else ()
    notes = OrderRefund.objects.filter(transaction__in=given).values_list(
        "transaction", "credit_note__number", "credit_note__issued_at"
    ) if given else ()  # fmt: skip
    return {sold[key]: (number, timezone.localtime(at).date()) for key, number, at in invoices} | {
        pk: (number, timezone.localtime(at).date()) for pk, number, at in notes
    }
