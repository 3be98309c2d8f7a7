"""Reads and locks of invoices."""

from decimal import Decimal

from django.db.models import Sum

from config.lib.money import ZERO, VatLine
from shop.invoices import rules
from shop.invoices.models import Invoice, InvoiceCounter


def locked_counter(*, seller_key: str, kind: str, year: int) -> InvoiceCounter:
    """The counter of a series, locked until the transaction ends. Nothing else may be locked after it."""
    # The first invoice of a series finds no counter; two at once make one.
    InvoiceCounter.objects.get_or_create(  # house: allow writes, an empty counter says nothing
        seller_key=seller_key, kind=kind, year=year
    )
    return InvoiceCounter.objects.select_for_update().get(seller_key=seller_key, kind=kind, year=year)


def credited(invoice: Invoice) -> Decimal:
    """Euros incl. VAT already credited on an invoice."""
    return invoice.credit_notes.aggregate(total=Sum("total"))["total"] or ZERO


def left_to_credit(invoice: Invoice) -> list[VatLine]:
    """What is left of an invoice per VAT rate."""
    lines = [line for note in invoice.credit_notes.all() for line in note.vat_lines]
    return rules.remaining(invoice.vat_lines, lines)
