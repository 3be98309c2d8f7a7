"""The garage's bills in the demo: a deposit paid by card, an invoice that is overdue, one that waits for its client."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from config.demo.people import Cast
from garage.billing import services
from garage.billing.models import Bill
from garage.quotes import services as quotes
from garage.quotes.models import Quote
from garage.vehicles.models import Vehicle
from shop.catalogue.models import Product

LATE = timedelta(days=9)


def _labour(text: str, hours: str, skill: str = "T2") -> dict[str, Any]:
    return {"kind": "MAIN_OEUVRE", "skill": skill, "description": text, "quantity": hours}


def _accepted(cast: Cast, plate: str, *lines: dict[str, Any], **fields: Any) -> Quote:
    """A quote that its client signed at the counter."""
    vehicle = Vehicle.objects.get(plate=plate)
    quote = quotes.create_quote(
        actor=cast.admin, client_id=vehicle.client_id, vehicle_id=vehicle.pk, lines=list(lines), **fields
    )
    quotes.accept_quote(
        actor=cast.admin, quote_id=quote.pk, signed_by=vehicle.client.name, reused_parts=False, channel="COMPTOIR"
    )
    return quote


def bills(cast: Cast) -> None:
    oil = Product.objects.get(name="Huile moteur 5W-30, 5 l")
    timing = _accepted(
        cast, "AB-123-CD", _labour("Courroie de distribution, remplacement", "5.50"),
        {"kind": "PIECE", "description": "Kit de distribution et pompe à eau", "quantity": "1", "unit_price": "289.00"},
    )  # fmt: skip
    deposit = services.issue_deposit(actor=cast.admin, quote_id=timing.pk, percent=Decimal(30))
    services.pay_bill(actor=cast.charlie, bill_id=deposit.pk, method="CARTE", token="tok_ok", key="demo")
    service = _accepted(
        cast, "FG-456-HJ", _labour("Révision du scooter", "1.00", "T1"),
        {"kind": "PIECE", "product_id": oil.pk, "quantity": 1}, discount_percent=Decimal(5),
    )
    services.issue_invoice(actor=cast.admin, quote_id=service.pk)
    late = _accepted(cast, "AB-123-CD", _labour("Recherche de panne, voyant moteur", "1.50", "T3"))
    bill = services.issue_invoice(actor=cast.admin, quote_id=late.pk)
    services.take_payment(actor=cast.admin, bill_id=bill.pk, means="ESPECES", amount=Decimal("40.00"))
    # house: allow writes, a bill of nine days ago: the demo begins today
    Bill.objects.filter(pk=bill.pk).update(due_on=timezone.localdate() - LATE)
    services.remind_overdue()
