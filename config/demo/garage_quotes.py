"""The garage's prices in the demo, and a quote that is still being written."""

from decimal import Decimal
from typing import Any

from config.demo.people import Cast
from garage.quotes import services
from garage.quotes.services import packages
from garage.vehicles.models import Vehicle
from shop.catalogue.models import Product

PARTS, LABOUR, PACKAGE = "PIECE", "MAIN_OEUVRE", "FORFAIT"


def _part(name: str, quantity: int = 1) -> dict[str, Any]:
    return {"kind": PARTS, "product": Product.objects.get(name=name), "quantity": Decimal(quantity)}


def _labour(skill: str, hours: str) -> dict[str, Any]:
    return {"kind": LABOUR, "skill": skill, "quantity": Decimal(hours)}


def _packages(cast: Cast) -> None:
    """Three at one price, one that is quoted line by line. (code, name, price, hours, lines)"""
    oil, filter_ = "Huile moteur 5W-30, 5 l", "Filtre à huile universel"
    for code, name, price, hours, lines in (
        ("VIDANGE", "Vidange et filtre à huile", "99.00", "0.80", [_part(oil), _part(filter_), _labour("T1", "0.8")]),
        ("DIAG", "Diagnostic électronique", "59.00", "0.75", [_labour("T3", "0.75")]),
        ("BATTERIE", "Batterie, pose comprise", "119.00", "0.30", [_part("Batterie 12 V 60 Ah"), _labour("T1", "0.3")]),
        ("FREINS", "Plaquettes de frein avant, pose", None, "1.20",
         [_part("Plaquettes de frein à disque, la paire"), _labour("T2", "1.2")]),
    ):  # fmt: skip
        package = packages.save_package(
            actor=cast.admin, code=code, name=name, price=Decimal(price) if price else None, hours=Decimal(hours)
        )
        packages.set_package_lines(actor=cast.admin, package_id=package.pk, lines=lines)


def _draft(cast: Cast) -> None:
    """Charlie's car: to be finished and sent."""
    car = Vehicle.objects.get(plate="AB-123-CD")
    pads = Product.objects.get(name="Plaquettes de frein à disque, la paire")
    wipers = Product.objects.get(name="Balais d’essuie-glace, 60 et 45 cm")
    services.create_quote(
        actor=cast.admin, client_id=car.client_id, vehicle_id=car.pk, odometer_km=68_400, choice_by_line=True,
        lines=[
            {"kind": PARTS, "product_id": pads.pk, "quantity": 2},
            {"kind": LABOUR, "skill": "T2", "quantity": "1.50"},
            {"kind": PARTS, "product_id": wipers.pk, "discount_percent": "10"},
        ],
    )  # fmt: skip


def quotes(cast: Cast) -> None:
    _packages(cast)
    _draft(cast)
