"""A quote's paper of 1, 12, 40 and 300 lines: time and memory, against what WeasyPrint alone takes for the same page.
Two pages (12 lines) have the goal."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from weasyprint import HTML

from bench.memory import peak_mb
from bench.report import Report
from bench.timing import side_by_side
from garage.quotes import papers, pdf, rules
from shop.invoices.services import house_seller

DESCRIPTIONS = (
    "Plaquettes de frein avant", "Dépose et repose du berceau avant, géométrie comprise",
    "Forfait vidange, filtre à huile, niveaux et contrôle visuel des trains roulants", "Disques de frein صيانة",
)


class Line:
    def __init__(self, number: int):
        self.description = DESCRIPTIONS[number % len(DESCRIPTIONS)]
        self.quantity, self.unit_price = Decimal(number % 3 + 1), Decimal("38.90")
        self.vat_rate, self.total = Decimal(20), self.unit_price * self.quantity


def content(count: int) -> dict[str, Any]:
    """The copy of a quote of `count` lines, as papers.content_of gives it."""
    lines = [Line(number) for number in range(count)]
    sums, today = rules.totals(lines), timezone.localdate()
    return {
        "number": "DE-2026-000001", "version": 1, "language": "fr", "currency": "EUR", "issued_on": today.isoformat(),
        "valid_until": (today + timedelta(days=30)).isoformat(), "seller": house_seller(),
        "client": {"name": "Alice Martin", "line1": "10 rue Oberkampf", "postal_code": "75011", "city": "Paris"},
        "vehicle": {"plate": "AB-123-CD", "make": "Renault", "model": "Clio", "vin": "", "energy": "Essence",
                    "odometer_km": 68400, "first_registration": ""},
        "supplements": "", "message": "Bonjour,\nvoici notre proposition.", "choice_by_line": True,
        "lines": [
            {
                "id": number, "kind": "PIECE", "kind_text": "Pièce", "description": line.description,
                "reference": f"P-{number:04d}", "skill": "", "quantity": str(line.quantity), "unit": "C62",
                "unit_price": str(line.unit_price), "unit_net": "32.42", "discount_percent": "0", "vat_rate": "20",
                "total": str(line.total),
            }
            for number, line in enumerate(lines)
        ],
        "discount": "0.00", "net": str(sums.net), "vat_total": str(sums.vat), "total": str(sums.total),
        "vat": [{"rate": "20", "net": str(sums.net), "vat": str(sums.vat), "gross": str(sums.total)}],
        "fee": "0.00", "rates": [{"skill": "T1", "name": "T1", "price": "62.00"}],
        "texts": {"GRATUIT": "Ce devis est gratuit.", "PIECES": "Texte. " * 20, "RETRACTATION": "Texte. " * 60},
    }  # fmt: skip


def paper(copy: dict[str, Any]) -> bytes:
    return pdf.make(papers.html_of(copy))


def alone(html: str) -> bytes:
    return HTML(string=html).write_pdf()


def run(report: Report) -> None:
    for count, rounds in ((1, 9), (12, 9), (40, 5), (300, 1)):
        copy = content(count)
        html = papers.html_of(copy)
        whole, floor = side_by_side(lambda copy=copy: paper(copy), lambda html=html: alone(html), rounds=rounds)
        report.figure(f"{count} lines: WeasyPrint alone, ms", f"{floor:.0f}")
        if count == 12:
            report.goal("two pages: paper / WeasyPrint alone", whole / floor, at_most=1.2)
        else:
            report.figure(f"{count} lines: paper / WeasyPrint alone", f"{whole / floor:.2f}")
        whole, floor = peak_mb("bench.quotes.paper", copy), peak_mb("bench.quotes.alone", html)
        report.figure(f"{count} lines: memory of WeasyPrint alone, MB", f"{floor:.0f}")
        report.figure(f"{count} lines: memory of the paper, MB", f"{whole:.0f}")
        report.figure(f"{count} lines: memory, paper / WeasyPrint alone", f"{whole / floor:.2f}")
