"""The file of an invoice: PDF/A-3b with its XML inside (Factur-X), made once, kept with its hash."""

import hashlib
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.numbers import format_currency
from django.conf import settings
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import get_language, gettext_lazy, to_locale
from django.utils.translation import gettext as _

from accounts.users.queries import is_staff_of
from config.lib import heavy, jobs
from config.lib.actors import Actor
from config.lib.errors import Forbidden
from shop.invoices import rules
from shop.invoices.models import FileFormat, Invoice
from shop.invoices.services.checking import owe_check

PRINT_CSS = "static/css/print.css"
TIMEOUT_S = 90
# What was sold, a compulsory mention (décret 2022-1299).
NATURES = {
    "B": gettext_lazy("Goods"), "S": gettext_lazy("Services"), "M": gettext_lazy("Goods and services"),
}


def document(invoice: Invoice) -> dict[str, Any]:
    """All that an invoice says, as plain values: what facturx_xml builds of. In the invoice's own language."""
    corrects = invoice.corrects
    return {
        "number": invoice.number, "issued_on": _day(invoice), "currency": invoice.currency,
        "due_on": invoice.due_on.isoformat() if invoice.due_on else "", "process": invoice.process or "B1",
        "buyer_reference": invoice.buyer_reference, "order": invoice.payment.get("order", ""),
        "quote": invoice.payment.get("quote", ""),
        "terms": _terms(invoice), "legal": invoice.legal, "reason": invoice.reason, "seller": invoice.seller,
        "buyer": invoice.buyer, "delivery": invoice.delivery, "payment": invoice.payment, "paid": invoice.paid,
        "corrects": {"number": corrects.number, "issued_on": _day(corrects)} if corrects else None,
        "deposit": invoice.is_deposit, "deducts": invoice.deducts, "subject": invoice.subject,
        "lines": [_line(line) for line in invoice.lines], "vat": [_vat(row) for row in invoice.vat],
        "net": str(invoice.net), "vat_total": str(invoice.vat_total), "total": str(invoice.total),
    }


def _day(invoice: Invoice) -> str:
    return timezone.localtime(invoice.issued_at).date().isoformat()


def _terms(invoice: Invoice) -> str:
    words = {"method": invoice.payment.get("method", "")}
    if invoice.corrects_id:
        return _("Given back by %(method)s.") % words if invoice.paid else _("To be given back.")
    return _("Paid by %(method)s.") % words if invoice.paid else ""


def _line(line: dict[str, Any]) -> dict[str, Any]:
    return {"discount": "0.00", "unit": "C62", "reference": "", **line, "discount_reason": _("Discount")}


def _vat(row: dict[str, Any]) -> dict[str, Any]:
    category = "S" if Decimal(row["rate"]) else "Z"
    return {"category": category, "allowance": "0.00", **row, "allowance_reason": _("Discount")}


def _context(invoice: Invoice, doc: dict[str, Any]) -> dict[str, Any]:
    """What the PDF template shows."""
    lines = []
    for line in doc["lines"]:
        total, discount = Decimal(line["total"]), Decimal(line["discount"])
        rate, quantity = Decimal(line["vat_rate"]), Decimal(line["quantity"])
        net = Decimal(line.get("net") or total)
        each, pieces = rules.unit_net(net + rules.net_discount(discount, rate), quantity)
        lines.append(
            {
                **line, "unit_text": _unit_price(each / pieces, invoice.currency), "net": net, "total": total,
                "discount": discount, "vat_rate": rate.normalize(), "quantity": quantity.normalize(),
            }
        )
    vat = [{**row, **{key: Decimal(row[key]) for key in ("rate", "net", "vat")}} for row in doc["vat"]]
    return {
        "invoice": invoice, "doc": doc, "lines": lines, "vat": vat, "site_name": settings.SITE_NAME,
        "nature": NATURES[doc["process"][0]], "css": (settings.BASE_DIR / PRINT_CSS).read_text(),
    }


def _unit_price(amount: Decimal, currency: str) -> str:
    """In money, with as many as four decimals where two would not give the total of the line."""
    locale = Locale.parse(to_locale(get_language() or "fr"))
    pattern = locale.currency_formats["standard"].pattern.replace("0.00", "0.00##")
    text = format_currency(amount, currency, pattern, locale=locale, currency_digits=False)
    return text.replace("\u202f", "\u00a0")


def render_invoice(*, invoice_id: int) -> None:
    """Do the job of an invoice: make its file once, keep bytes and hash. Safe to run twice.

    An invoice that may not be Factur-X (rules.refusal) is a plain PDF/A-3b, with the reason kept.
    """
    invoice = jobs.claim(Invoice, invoice_id)
    if invoice is None:
        return
    if invoice.pdf_ready:
        jobs.done(invoice)
        return
    try:
        with translation.override(invoice.language):
            doc = document(invoice)
            html = render_to_string("shop/invoices/pdf.html", _context(invoice, doc))
        refusal = rules.refusal(doc)
        pdf = heavy.run(
            "shop.invoices.pdf.make", html, None if refusal else doc, invoice.language, timeout=TIMEOUT_S
        )
    except Exception as error:
        jobs.failed(invoice, error)
        return
    made = FileFormat.PDFA if refusal else FileFormat.FACTURX
    try:
        with transaction.atomic():
            jobs.done(
                invoice, pdf=pdf, sha256=hashlib.sha256(pdf).hexdigest(), file_format=made, refusal=refusal
            )
            if made == FileFormat.FACTURX:
                owe_check(invoice)
    except IntegrityError:
        # A second worker took the job after this one's lease lapsed, and was faster: its file stays.
        invoice.refresh_from_db()


def retry_pdf(*, actor: Actor, invoice_id: int) -> None:
    """Staff: give a PDF that failed a fresh set of tries."""
    if not is_staff_of(actor, "SHOP"):
        raise Forbidden
    jobs.retry(Invoice.objects.get(pk=invoice_id))
