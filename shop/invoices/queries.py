"""Reads and locks of invoices, and of the law they are made by."""

from datetime import date
from decimal import Decimal
from typing import TypeVar

from django.conf import settings
from django.db.models import Model, Q, QuerySet, Sum
from django.utils import timezone

from config.lib.errors import NotFound
from config.lib.money import ZERO, VatLine
from shop.invoices import rules
from shop.invoices.models import Dated, Invoice, InvoiceCounter, LegalText, VatRate

Law = TypeVar("Law", bound=Dated)


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
    lines = [line for note in credit_notes(invoice) for line in note.vat_lines]
    return rules.remaining(invoice.vat_lines, lines)


def credit_notes(invoice: Invoice) -> QuerySet[Invoice]:
    """The credit notes of an invoice, oldest first, without their files."""
    return invoice.credit_notes.defer("pdf").order_by("pk")


# --- The law in force -----------------------------------------------------------------------------------------
def in_force(rows: QuerySet[Law], day: date | None = None) -> QuerySet[Law]:
    """Those of the dated rows that hold on a day (today)."""
    day = day or timezone.localdate()
    return rows.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day), valid_from__lte=day)


def shop_territory() -> str:
    return rules.territory(settings.SHOP_POSTAL_CODE)


def vat_rates_in_force(day: date | None = None, *, exempt: bool | None = None) -> list[VatRate]:
    """The rates that the shop may charge on a day: those of its territory, or only its own exemption."""
    exempt = settings.SHOP_VAT_EXEMPT if exempt is None else exempt
    rows = in_force(VatRate.objects.filter(territory=shop_territory()), day)
    own = Q(code=VatRate.Code.FRANCHISE)
    return list(rows.filter(own) if exempt else rows.exclude(own))


def legal_texts_in_force(language: str, day: date | None = None) -> list[LegalText]:
    """In the order of their codes; French for a language that we have no texts in."""
    texts = list(in_force(LegalText.objects.filter(language=language), day))
    return texts if texts or language == "fr" else legal_texts_in_force("fr", day)


def locked_law(model: type[Law], pk: int) -> Law:
    """A rate or text, locked until the transaction ends. NotFound."""
    row = model._default_manager.select_for_update().filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row


def overlapping(model: type[Model], row: Dated, **same: object) -> bool:
    """Whether another row about the same thing is in force on a day of `row`."""
    others = model._default_manager.filter(**same).exclude(pk=row.pk)
    if row.valid_until is not None:
        others = others.filter(valid_from__lte=row.valid_until)
    return others.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=row.valid_from)).exists()
