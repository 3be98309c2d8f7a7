"""Invoices for tests, issued and rendered by the services that issue real ones."""

from decimal import Decimal
from itertools import count

from django.utils import timezone

from config.lib.money import ZERO
from shop.invoices import rules, services
from shop.invoices.models import Invoice
from shop.invoices.queries import left_to_credit
from shop.invoices.rules import Deposit, Line

_numbers = count(1)
SIREN, VAT_NUMBER = "123456782", "FR11123456782"
SELLER = {
    "SHOP_SIREN": SIREN, "SHOP_VAT_NUMBER": VAT_NUMBER, "SHOP_LEGAL": "SARL au capital de 10 000 € · RCS Paris 123 456 782",
    "SHOP_MEDIATOR": "CM2C, 49 rue de Ponthieu, 75008 Paris, cm2c.net",
}
ALICE = {
    "name": "Alice Martin", "email": "alice@email.test", "line1": "12 rue Oberkampf", "postal_code": "75011",
    "city": "Paris", "country": "FR",
}
COMPANY = {
    "name": "Garage Voltaire SARL", "email": "compta@garage.test", "line1": "80 boulevard Voltaire",
    "postal_code": "75011", "city": "Paris", "country": "FR", "siren": "732829320", "vat_number": "FR44732829320",
}
PAID = {"order": "C-2026-000012", "method": "carte", "code": "CARTE"}


def line(name: str = "Confiture de fraises", price: str = "6.50", *, quantity: int = 1, rate: str = "20", **fields) -> Line:
    discount = Decimal(fields.pop("discount", ZERO))
    total = Decimal(price) * quantity - discount
    return Line(name, quantity, Decimal(price), Decimal(rate), total, discount=discount, **fields)


def make_invoice(lines: list[Line] | None = None, **fields) -> Invoice:
    fields = {"buyer": ALICE, "payment": PAID, "key": f"test:{next(_numbers)}", **fields}
    return services.issue_invoice(lines=lines or [line()], **fields)


def make_credit_note(invoice: Invoice, amount: str | None = None, **fields) -> Invoice:
    """All that is left of the invoice, or `amount` of it."""
    left = left_to_credit(invoice)
    whole = sum((part.gross for part in left), ZERO)
    parts = fields.pop("parts", None) or rules.credit(left, Decimal(amount) if amount else whole)
    fields = {"label": "Remboursement", "reason": "colis abîmé", "key": f"test:{next(_numbers)}", **fields}
    return services.issue_credit_note(invoice=invoice, parts=parts, **fields)


def make_deposit(amount: str, lines: list[Line], discount: Decimal = ZERO, **fields) -> Invoice:
    """A deposit of so many euros on what `lines` will come to."""
    parts = rules.credit(rules.price(lines, discount).vat, Decimal(amount))
    named = [Line("Acompte", 1, part.gross, part.rate, part.gross) for part in parts]
    fields = {"buyer": ALICE, "payment": {}, "key": f"test:{next(_numbers)}", **fields}
    return services.issue_deposit(lines=named, parts=parts, **fields)


def taken_off(*invoices: Invoice) -> list[Deposit]:
    """Those deposits, as the invoice after them takes them off."""
    return [
        Deposit(row.number, timezone.localdate(row.issued_at).isoformat(), f"Acompte {row.number}", left_to_credit(row))
        for row in invoices
    ]


def rendered(invoice: Invoice) -> Invoice:
    services.render_invoice(invoice_id=invoice.pk)
    invoice.refresh_from_db()
    assert invoice.pdf_ready, invoice.last_error
    return invoice
