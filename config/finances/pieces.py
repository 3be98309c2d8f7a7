"""The papers behind transactions: the invoice of a paid order or of garage work, the credit note of what went back."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from accounts.wallet.models import Transaction
from garage.billing.models import Bill, BillCredit
from garage.billing.rules import bill_pk
from shop.invoices.models import Invoice
from shop.orders.models import OrderRefund

Row = tuple[Any, str, datetime]


def describe(rows: Sequence[Transaction]) -> dict[int, tuple[str, date]]:
    """Number and local date of the paper of each transaction that has one: a few queries for all of them. What was
    paid on a bill stands beside its invoice, so that both can be lettered."""
    sold = {row.reference: row.pk for row in rows if row.kind == "order_payment"}
    billed = {row.pk: bill_pk(row.reference) for row in rows if row.kind.startswith("bill")}
    found = {sold[key]: (number, at) for key, number, at in _papers(Invoice.objects.filter(key__in=sold), "key", "")}
    bills = Bill.objects.filter(pk__in={pk for pk in billed.values() if pk})
    numbers = {pk: (number, at) for pk, number, at in _papers(bills, "pk", "invoice__")}
    found |= {pk: numbers[bill] for pk, bill in billed.items() if bill in numbers}
    for model, kind in ((OrderRefund, "order_refund"), (BillCredit, "bill_credit")):
        given = [row.pk for row in rows if row.kind == kind]
        notes = _papers(model._default_manager.filter(transaction__in=given), "transaction", "credit_note__")
        found |= {pk: (number, at) for pk, number, at in notes}
    return {pk: (number, timezone.localtime(at).date()) for pk, (number, at) in found.items()}


def _papers(rows: Any, key: str, paper: str) -> Iterable[Row]:
    return rows.values_list(key, f"{paper}number", f"{paper}issued_at")
