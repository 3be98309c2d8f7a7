"""One invoice file, Factur-X and all, against what WeasyPrint alone takes for the same page."""

from decimal import Decimal

from weasyprint import HTML

from bench.report import Report
from bench.timing import side_by_side
from shop.invoices import facturx_xml, pdf, rules
from shop.invoices.rules import Line

LINES = 12
SELLER = {
    "name": "Triporteur", "siren": "123456782", "vat_number": "FR11123456782", "line1": "52 rue de la Roquette",
    "postal_code": "75011", "city": "Paris", "country": "FR",
}
BUYER = {"name": "Alice Martin", "email": "alice@email.test", "country": "FR"}


def sample() -> dict:
    """An invoice of 12 lines at three rates, as services.document gives it."""
    lines = [
        Line(f"Article {n}", n % 3 + 1, Decimal("6.50"), (Decimal(20), Decimal("5.5"), Decimal(10))[n % 3],
             Decimal("6.50") * (n % 3 + 1))
        for n in range(LINES)
    ]
    priced = rules.price(lines)
    nets, vats = sum(v.net for v in priced.vat), sum(v.vat for v in priced.vat)
    return {
        "number": "FA-2026-000001", "issued_on": "2026-11-21", "currency": "EUR", "due_on": "2026-11-21",
        "process": "B2", "buyer_reference": "", "order": "", "terms": "Payé par carte.", "reason": "", "seller": SELLER,
        "legal": [{"code": code, "text": "Texte."} for code in rules.NOTES], "buyer": BUYER, "delivery": {},
        "payment": {"method": "carte", "code": "CARTE"}, "paid": True, "corrects": None,
        "net": str(nets), "vat_total": str(vats), "total": str(priced.total),
        "lines": [
            {
                "description": one.line.description, "quantity": one.line.quantity, "vat_rate": str(one.line.vat_rate),
                "discount": "0.00", "net": str(one.net), "total": str(one.line.total), "unit": "C62", "reference": "",
            }
            for one in priced.lines
        ],
        "vat": [
            {
                "rate": str(v.rate), "net": str(v.net), "vat": str(v.vat), "gross": str(v.gross), "category": "S",
                "allowance": "0.00", "allowance_reason": "Remise",
            }
            for v in priced.vat
        ],
    }


def page(document: dict) -> str:
    with open("static/css/print.css") as css:
        style = css.read()
    rows = "".join(f"<tr><td>{line['description']}</td><td>{line['total']}</td></tr>" for line in document["lines"])
    return f'<html lang="fr"><style>{style}</style><h1>Facture</h1><table class="lines">{rows}</table></html>'


def run(report: Report) -> None:
    document = sample()
    html = page(document)
    assert not rules.refusal(document)
    whole, floor, xml = side_by_side(
        lambda: pdf.make(html, document, "fr"), lambda: HTML(string=html).write_pdf(),
        lambda: facturx_xml.build(document), rounds=15,
    )
    report.figure("WeasyPrint alone, ms", f"{floor:.0f}")
    report.figure("the XML alone, checked by its XSD, ms", f"{xml:.0f}")
    report.goal("Factur-X file / WeasyPrint alone", whole / floor, at_most=2)
