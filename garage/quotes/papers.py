"""What a quote's paper says: a copy of everything in plain values, taken when the paper is owed, and the page that
WeasyPrint prints of it. Changes made afterwards (a client's new address, another hourly rate) do not reach it."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.dateparse import parse_date, parse_datetime

from config.lib.money import ZERO, vat_included
from config.lib.templatetags.ui import money
from garage.clients.models import Client, Kind
from garage.quotes import queries, rules
from garage.quotes.evidence import exact
from garage.quotes.models import Acceptance, LineKind, Quote, QuoteLine, QuotePaper, Skill
from garage.quotes.paper_models import QuoteText
from garage.quotes.strokes import svg_path
from shop.invoices import queries as invoices
from shop.invoices.models import LegalText
from shop.invoices.services import filled_in, house_seller

PRINT_CSS = "static/css/print.css"
TEMPLATES = {
    QuotePaper.Kind.DEVIS: "garage/quotes/pdf/quote.html", QuotePaper.Kind.SIGNE: "garage/quotes/pdf/evidence.html",
    QuotePaper.Kind.RETRACTATION: "garage/quotes/pdf/withdrawal.html",
}
FOR_CONSUMERS = {QuoteText.Code.RETRACTATION, QuoteText.Code.DEMARRER}
HOUR = "HUR"  # UN/ECE Recommendation 20, as on the invoice


# --- The copy -------------------------------------------------------------------------------------------------------
def content_of(quote: Quote, *, version: int) -> dict[str, Any]:
    """Everything that version `version` of a quote says, as plain values. Amounts are strings, in euros."""
    lines = list(quote.lines.select_related("product"))
    sums = rules.totals(lines, quote.discount_percent)
    with translation.override(quote.language):
        return {
            "number": quote.number, "version": version, "language": quote.language, "currency": settings.CURRENCY,
            "issued_on": timezone.localdate().isoformat(), "valid_until": quote.valid_until.isoformat(),
            "seller": house_seller(), "client": _client(quote.client), "vehicle": _vehicle(quote),
            "supplements": quote.supplements.number if quote.supplements else "", "message": quote.message,
            "choice_by_line": quote.choice_by_line, "lines": [_line(line) for line in lines],
            "discount": str(sums.discount), "net": str(sums.net), "vat_total": str(sums.vat), "total": str(sums.total),
            "vat": [
                {"rate": str(row.rate), "net": str(row.net), "vat": str(row.vat), "gross": str(row.gross)}
                for row in sums.vat_lines
            ],
            "fee": str(quote.fee), "rates": _rates(), "texts": texts_of(quote),
        }


def _client(client: Client) -> dict[str, str]:
    company = client.company
    return {
        "name": client.name, "line1": client.line1, "line2": client.line2, "postal_code": client.postal_code,
        "city": client.city, "country": client.country, "email": client.email, "phone": str(client.phone),
        "siren": company.siren if company else "",
    }


def _vehicle(quote: Quote) -> dict[str, Any]:
    vehicle = quote.vehicle
    km = vehicle.odometer_km if quote.odometer_km is None else quote.odometer_km
    return {
        "plate": vehicle.plate, "make": vehicle.make, "model": vehicle.model, "vin": vehicle.vin,
        "energy": vehicle.get_energy_display(), "odometer_km": km,
        "first_registration": vehicle.first_registration.isoformat() if vehicle.first_registration else "",
    }


def _line(line: QuoteLine) -> dict[str, Any]:
    return {
        "id": line.pk, "kind": line.kind, "kind_text": str(LineKind(line.kind).label),
        "description": line.description, "reference": line.product.sku if line.product else "", "skill": line.skill,
        "quantity": str(line.quantity), "unit": HOUR if line.kind == LineKind.MAIN_OEUVRE else "C62",
        "unit_price": str(line.unit_price),
        "unit_net": str(line.unit_price - vat_included(line.unit_price, line.vat_rate)),
        "discount_percent": str(line.discount_percent), "vat_rate": str(line.vat_rate), "total": str(line.total),
    }


def _rates() -> list[dict[str, str]]:
    rates = [queries.labour_rate(skill) for skill in Skill.values]
    return [
        {"skill": rate.skill, "name": str(rate.get_skill_display()), "price": str(rate.price)}
        for rate in rates if rate is not None
    ]


def texts_of(quote: Quote) -> dict[str, str]:
    """The legal texts in force for this quote by code, in its language, the mediator's with them."""
    free = QuoteText.Code.PAYANT if quote.fee == ZERO else QuoteText.Code.GRATUIT
    consumer = quote.client.kind == Kind.PARTICULIER
    rows: list[Any] = [
        text for text in queries.texts_in_force(quote.language)
        if text.code != free and (consumer or text.code not in FOR_CONSUMERS)
    ]
    if consumer:
        rows += [
            text for text in invoices.legal_texts_in_force(quote.language)
            if text.code == LegalText.Code.MEDIATEUR
        ]
    with translation.override(quote.language):
        return {row["code"]: row["text"] for row in filled_in(rows, fee=money(quote.fee))}


def withdrawal_content(acceptance: Acceptance, *, name: str, begun: bool) -> dict[str, Any]:
    """What the receipt of a withdrawal says."""
    quote = acceptance.quote
    return {
        "number": quote.number, "version": acceptance.version, "language": quote.language,
        "currency": settings.CURRENCY, "seller": house_seller(), "client": _client(quote.client),
        "vehicle": _vehicle(quote), "total": str(quote.total), "name": name, "begun": begun,
        "acceptance": acceptance.pk, "signed_at": exact(acceptance.at),
        "withdrawn_at": exact(acceptance.withdrawn_at or timezone.now()),
    }


# --- The page -------------------------------------------------------------------------------------------------------
def html_of(
    content: dict[str, Any], kind: str = QuotePaper.Kind.DEVIS, *, draft: bool = False, digest: str = ""
) -> str:
    """The page to print, in the language of the copy. `draft`: a preview that binds nobody. `digest`: the fingerprint
    of `content` itself, on a page of evidence."""
    with translation.override(content["language"]):
        return render_to_string(TEMPLATES[QuotePaper.Kind(kind)], {
            "doc": _typed(content), "draft": draft, "site_name": settings.SITE_NAME,
            "css": (settings.BASE_DIR / PRINT_CSS).read_text(), "path": svg_path(content.get("strokes") or []),
            "digest": digest,
        })


AMOUNTS = {
    "total", "net", "vat_total", "vat", "gross", "unit_price", "unit_net", "discount", "fee", "price",
    "discount_percent", "vat_rate", "rate", "quantity", "due",
}
DAYS = {"issued_on", "valid_until", "first_registration", "withdraw_until"}
MOMENTS = {"at", "signed_at", "sent_at", "withdrawn_at"}


def _typed(value: Any, name: str = "") -> Any:
    """The copy with its amounts, days and moments as such."""
    if isinstance(value, dict):
        return {key: _typed(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_typed(inner) for inner in value]
    if isinstance(value, str) and value:
        if name in AMOUNTS:
            return Decimal(value)
        if name in DAYS:
            return parse_date(value)
        if name in MOMENTS:
            return parse_datetime(value)
    return value
