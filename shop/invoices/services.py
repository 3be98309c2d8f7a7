"""Issuing invoices and credit notes, and making their PDF."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation

from accounts.users.queries import is_staff_of
from config.lib import heavy, jobs
from config.lib.actors import Actor
from config.lib.errors import Forbidden
from config.lib.money import ZERO, VatLine, vat_breakdown
from shop.invoices import queries, rules
from shop.invoices.models import Invoice, InvoiceKind
from shop.invoices.rules import Line

PRINT_CSS = "static/css/print.css"


def house_seller() -> dict[str, Any]:
    """The shop itself, as it is named on an invoice issued now."""
    return {
        "name": settings.SHOP_NAME, "line1": settings.SHOP_LINE1, "postal_code": settings.SHOP_POSTAL_CODE,
        "city": settings.SHOP_CITY, "country": "FR", "siren": settings.SHOP_SIREN,
        "vat_number": settings.SHOP_VAT_NUMBER, "email": settings.SHOP_EMAIL, "phone": settings.SHOP_PHONE,
    }


def _plain(line: Line) -> dict[str, Any]:
    return {name: value if isinstance(value, int) else str(value) for name, value in asdict(line).items()}


@transaction.atomic
def _issue(*, kind: str, key: str, vat: Sequence[VatLine], seller_key: str = "", **fields: Any) -> Invoice:
    """Write the row with the next number of its series. The counter is the last lock of the transaction.

    The same `key` gives the first invoice.
    """
    now = timezone.now()
    year = timezone.localtime(now).year
    counter = queries.locked_counter(seller_key=seller_key, kind=kind, year=year)
    known = Invoice.objects.filter(key=key).first()
    if known is not None:
        return known
    counter.last += 1
    counter.save(update_fields=["last"])
    invoice = Invoice.objects.create(
        kind=kind, key=key, seller_key=seller_key, number=rules.number(kind, year, counter.last), issued_at=now,
        vat=[{name: str(value) for name, value in asdict(line).items()} for line in vat],
        net=sum((line.net for line in vat), ZERO), vat_total=sum((line.vat for line in vat), ZERO),
        total=sum((line.gross for line in vat), ZERO), currency=settings.CURRENCY, **fields,
    )
    jobs.ring(invoice)
    return invoice


def issue_invoice(
    *, key: str, buyer: dict[str, Any], lines: Sequence[Line], payment: dict[str, Any], language: str = "fr",
    buyer_user: Any = None,
) -> Invoice:
    """Number an invoice of the house; inside the caller's transaction, as its last statement but the commit."""
    return _issue(
        kind=InvoiceKind.FACTURE, key=key, vat=vat_breakdown([(line.total, line.vat_rate) for line in lines]),
        seller=house_seller(), buyer=buyer, buyer_user=buyer_user, lines=[_plain(line) for line in lines],
        payment=payment, language=language,
    )


def issue_credit_note(*, key: str, invoice: Invoice, parts: Sequence[VatLine], label: str, reason: str) -> Invoice:
    """Credit `parts` (per VAT rate, see rules.credit) of an invoice; inside the caller's transaction, last."""
    lines = [Line(label, 1, part.gross, part.rate, part.gross) for part in parts]
    return _issue(
        kind=InvoiceKind.AVOIR, key=key, vat=parts, seller_key=invoice.seller_key, seller=invoice.seller,
        buyer=invoice.buyer, buyer_user=invoice.buyer_user, lines=[_plain(line) for line in lines],
        language=invoice.language, corrects=invoice, reason=reason[:300],
    )


def _context(invoice: Invoice) -> dict[str, Any]:
    """What the PDF template shows."""
    lines = [
        {
            **line, "unit_price": Decimal(line["unit_price"]), "total": Decimal(line["total"]),
            "vat_rate": Decimal(line["vat_rate"]).normalize(),
        }
        for line in invoice.lines
    ]
    return {
        "invoice": invoice, "lines": lines, "vat": invoice.vat_lines, "site_name": settings.SITE_NAME,
        "css": (settings.BASE_DIR / PRINT_CSS).read_text(),
    }


def render_invoice(*, invoice_id: int) -> None:
    """Do the job of an invoice: make its PDF once, keep bytes and hash. Safe to run twice."""
    invoice = jobs.claim(Invoice, invoice_id)
    if invoice is None:
        return
    if invoice.pdf_ready:
        jobs.done(invoice)
        return
    try:
        with translation.override(invoice.language):
            html = render_to_string("shop/invoices/pdf.html", _context(invoice))
        pdf = heavy.run("shop.invoices.pdf.render", html, timeout=60)
    except Exception as error:
        jobs.failed(invoice, error)
        return
    try:
        with transaction.atomic():
            jobs.done(invoice, pdf=pdf, sha256=hashlib.sha256(pdf).hexdigest())
    except IntegrityError:
        # A second worker took the job after this one's lease lapsed, and was faster: its file stays.
        invoice.refresh_from_db()


def retry_pdf(*, actor: Actor, invoice_id: int) -> None:
    """Staff: give a PDF that failed a fresh set of tries."""
    if not is_staff_of(actor, "SHOP"):
        raise Forbidden
    jobs.retry(Invoice.objects.get(pk=invoice_id))
