"""Quotes that went out in the demo: one waits for Karim's answer, one Charlie has signed."""

from typing import Any

from config.demo.people import Cast
from garage.quotes import services
from garage.quotes.models import Quote
from garage.vehicles.models import Vehicle
from shop.catalogue.models import Product

# A signature, as a finger drew it: strokes of points from 0 to 1000.
SIGNATURE = [
    [[120, 620], [160, 380], [230, 240], [300, 330], [250, 560], [180, 640], [260, 700], [380, 560], [430, 480]],
    [[430, 480], [400, 620], [470, 600], [520, 480], [540, 620], [620, 460], [610, 640], [720, 500], [860, 430]],
    [[150, 800], [500, 760], [880, 720]],
]


def _sent(cast: Cast, plate: str, lines: list[dict[str, Any]], **fields: Any) -> Quote:
    vehicle = Vehicle.objects.get(plate=plate)
    quote = services.create_quote(
        actor=cast.admin, client_id=vehicle.client_id, vehicle_id=vehicle.pk, lines=lines, **fields
    )
    return services.send_quote(actor=cast.admin, quote_id=quote.pk)


def papers(cast: Cast) -> None:
    _sent(
        cast, "FG-456-HJ",
        [
            {"kind": "MAIN_OEUVRE", "skill": "T1", "description": "Révision du scooter", "quantity": "1.00"},
            {"kind": "MAIN_OEUVRE", "skill": "T2", "description": "Remplacement du variateur", "quantity": "1.50"},
            {"kind": "PIECE", "description": "Courroie et galets de variateur", "unit_price": "64.90"},
        ],
        choice_by_line=True, message="La courroie est usée : à changer avant l’hiver.",
    )  # fmt: skip
    battery = Product.objects.get(name="Batterie 12 V 60 Ah")
    quote = _sent(
        cast, "AB-123-CD",
        [
            {"kind": "PIECE", "product_id": battery.pk, "quantity": 1},
            {"kind": "MAIN_OEUVRE", "skill": "T1", "description": "Pose et contrôle de charge", "quantity": "0.50"},
        ],
        odometer_km=68_400,
    )  # fmt: skip
    services.accept_quote(
        actor=cast.charlie, quote_id=quote.pk, signed_by=cast.charlie.get_full_name(), reused_parts=True,
        signature=SIGNATURE, channel="COMPTE", start_now=True, version=quote.version,
    )
