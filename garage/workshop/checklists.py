"""What is looked at on each kind of vehicle, and the views of its sketch. Data, no ORM: a point is (code, name)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from garage.vehicles.models import Kind

_COMMON = [
    ("lights", _("Lights and indicators")), ("horn", _("Horn")), ("mirrors", _("Mirrors")),
    ("brakes_front", _("Front brakes")), ("brakes_rear", _("Rear brakes")), ("brake_fluid", _("Brake fluid")),
    ("tyres_front", _("Front tyres")), ("tyres_rear", _("Rear tyres")), ("battery", _("Battery")),
    ("oil", _("Engine oil, or coolant of the motor")),
]
_FOUR_WHEELS = [
    *_COMMON,
    ("wipers", _("Wipers and washer")), ("windscreen", _("Windscreen")), ("belts", _("Seat belts")),
    ("steering", _("Steering")), ("suspension", _("Suspension and dampers")), ("exhaust", _("Exhaust")),
    ("leaks", _("Leaks underneath")), ("coolant", _("Coolant")), ("filters", _("Air and cabin filters")),
    ("timing", _("Timing and accessory belts")), ("air_conditioning", _("Air conditioning")),
    ("spare", _("Spare wheel or repair kit")),
]

POINTS: dict[str, list[tuple[str, Any]]] = {
    Kind.VOITURE: _FOUR_WHEELS,
    Kind.UTILITAIRE: [
        *_FOUR_WHEELS, ("load_area", _("Load area and lashing points")), ("doors", _("Side and rear doors")),
        ("tow_bar", _("Tow bar")),
    ],
    Kind.DEUX_ROUES: [
        *_COMMON,
        ("levers", _("Levers and cables")), ("chain", _("Chain, belt or drive")), ("fork", _("Fork and steering head")),
        ("damper", _("Rear damper")), ("spokes", _("Wheels and spokes")), ("stand", _("Stands")),
        ("fairing", _("Fairing and seat")),
    ],
}
NAMES = {code: name for points in POINTS.values() for code, name in points}

VIEWS = {
    "LEFT": _("left side"), "RIGHT": _("right side"), "FRONT": _("front"), "REAR": _("rear"), "TOP": _("top"),
}
VIEWS_OF: dict[str, list[str]] = {
    Kind.VOITURE: ["LEFT", "RIGHT", "FRONT", "REAR", "TOP"],
    Kind.UTILITAIRE: ["LEFT", "RIGHT", "FRONT", "REAR", "TOP"],
    Kind.DEUX_ROUES: ["LEFT", "RIGHT", "FRONT", "REAR"],
}
DAMAGE = {
    "SCRATCH": _("scratch"), "DENT": _("dent"), "CRACK": _("crack"), "RUST": _("rust"), "MISSING": _("missing part"),
    "OTHER": _("other"),
}
