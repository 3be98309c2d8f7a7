"""Prices, promises and codes of a delivery. Pure: no table, no clock of its own. Amounts in `Decimal` euros."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Conflict, Invalid
from config.lib.money import ZERO, round_half_up

VAT_RATE = Decimal(20)  # percent, of a delivery that the platform sells
MAX_TRIES = 5
MAX_PARCELS = 20
MAX_WEIGHT_KG = Decimal(500)
HIGHEST_PRICE = Decimal(10_000)
NARROW = timedelta(hours=2)
SHORTEST_OPEN_S, LONGEST_OPEN_S = 10, 7 * 86_400
DEFAULT_OPEN_S = {"ENCHERE": 900, "PRIX_FIXE": 86_400}
STOP_S = 240  # ringing, stairs and the code: at the pickup and at the drop-off
APPROACH_S = 600  # until a courier is at the pickup

REASONS = {
    "no_bids": _("Nobody made a bid in time."),
    "no_taker": _("Nobody took it in time."),
    "no_choice": _("No bid was chosen in time."),
    "insufficient_funds": _("The wallet could not cover any of the bids."),
    "reposted": _("Posted again."),
}


class WrongCode(Conflict):
    code = "wrong_code"
    message = _("This code is not the right one.")


class HandoverLocked(Conflict):
    code = "handover_locked"
    message = _("Too many wrong codes. Call the manager, who can unlock the handover.")


class AlreadyAwarded(Conflict):
    code = "auction_closed"
    message = _("A courier has been chosen already.")


@dataclass(frozen=True)
class PriceLine:
    """One line of the breakdown: `code` and `detail` say what for, in any language."""

    code: str
    amount: Decimal
    detail: str = ""

    @property
    def label(self) -> str:
        return line_label(self.code, self.detail)

    def as_json(self) -> dict[str, str]:
        return {"code": self.code, "detail": self.detail, "amount": str(self.amount)}


@dataclass(frozen=True)
class Estimate:
    """What a delivery would take: metres, seconds, euros, and when it would arrive (seconds from now)."""

    distance_m: int
    duration_s: int
    price: Decimal
    breakdown: list[PriceLine]
    eta: dict[str, int]
    commission_percent: Decimal
    currency: str = "EUR"
    pickup: dict[str, Any] = field(default_factory=dict)
    dropoff: dict[str, Any] = field(default_factory=dict)
    parcels: list[dict[str, str]] = field(default_factory=list)
    window: dict[str, str] | None = None


def line_label(code: str, detail: str) -> str:
    """The text of a breakdown line in the active language, its numbers too."""
    if code in ("distance", "weight"):
        detail = number_format(Decimal(detail))
    labels = {
        "base": _("Base"),
        "distance": _("Distance: %(detail)s km"),
        "weight": _("Weight above the included one: %(detail)s kg"),
        "size": _("Size %(detail)s"),
        "window": _("Time window under two hours"),
        "zone": _("Zone %(detail)s"),
        "minimum": _("Up to the lowest price"),
    }
    return str(labels.get(code, code)) % {"detail": detail}


def price_lines(
    *, rule: Any, distance_m: int, parcels: Sequence[Mapping[str, str]], zones: Sequence[tuple[str, Decimal]],
    window: Mapping[str, str] | None,
) -> list[PriceLine]:
    """The breakdown by a PricingRule; its amounts add up to the price. `zones` are (name, surcharge)."""
    km = (Decimal(distance_m) / 1000).quantize(Decimal("0.1"))
    lines = [PriceLine("base", rule.base), PriceLine("distance", round_half_up(rule.per_km * km), str(km))]
    extra = sum((Decimal(p["weight_kg"]) for p in parcels), Decimal(0)) - Decimal(rule.free_weight_kg)
    if extra > 0:
        lines.append(PriceLine("weight", round_half_up(rule.per_kg * extra), f"{extra.normalize():f}"))
    by_size = {"S": rule.size_s, "M": rule.size_m, "L": rule.size_l, "XL": rule.size_xl}
    lines += [PriceLine("size", by_size[p["size"]], p["size"]) for p in parcels if by_size[p["size"]]]
    if window and is_narrow(window):
        lines.append(PriceLine("window", rule.narrow_window))
    lines += [PriceLine("zone", surcharge, name) for name, surcharge in zones if surcharge]
    total = sum((line.amount for line in lines), ZERO)
    if total < rule.minimum:
        lines.append(PriceLine("minimum", rule.minimum - total))
    return [line for line in lines if line.amount or line.code == "base"]


def eta_from(duration_s: int) -> dict[str, int]:
    """Arrival in seconds from now, said as an interval: one in five sooner than p20, one in five later than p80."""
    likely = APPROACH_S + 2 * STOP_S + duration_s
    return {"p20": round(likely * 0.8), "p50": likely, "p80": round(likely * 1.35)}


def is_narrow(window: Mapping[str, str]) -> bool:
    start, end = parse_datetime(window["from"]), parse_datetime(window["to"])
    return bool(start and end and end - start < NARROW)


def clean_window(data: Any, now: datetime) -> dict[str, str] | None:
    """`{from, to}` in ISO 8601 with zone. Raises Invalid on `window`."""
    if not data:
        return None
    try:
        start, end = (parse_datetime(str(data[key])) for key in ("from", "to"))
        fine = bool(start and end and start.tzinfo and end.tzinfo and start < end and end > now)
    except (KeyError, TypeError, ValueError):
        fine = False
    if not fine:
        raise Invalid(errors={"window": [_("Give the start and the end of the window, the end still to come.")]})
    return {"from": str(data["from"]), "to": str(data["to"])}


def clean_parcels(data: Any, sizes: Sequence[str]) -> list[dict[str, str]]:
    """Parcels `[{weight_kg, size}]` in their stored form. Raises Invalid on `parcels` or `parcels.0.weight_kg`."""
    if not isinstance(data, list | tuple) or not 1 <= len(data) <= MAX_PARCELS:
        raise Invalid(errors={"parcels": [_("Give between 1 and %(max)s parcels.") % {"max": MAX_PARCELS}]})
    parcels: list[dict[str, str]] = []
    errors: dict[str, list] = {}
    for i, item in enumerate(data):
        item = item if isinstance(item, dict) else {}
        try:
            weight = Decimal(str(item.get("weight_kg"))).quantize(Decimal("0.001"))
        except InvalidOperation:
            weight = Decimal("NaN")
        if not weight.is_finite() or not 0 < weight <= MAX_WEIGHT_KG:
            errors[f"parcels.{i}.weight_kg"] = [_("Enter a weight in kg, at most %(max)s.") % {"max": MAX_WEIGHT_KG}]
        if item.get("size") not in sizes:
            errors[f"parcels.{i}.size"] = [_("Choose a size: S, M, L or XL.")]
        parcels.append({"weight_kg": f"{weight.normalize():f}", "size": str(item.get("size"))})
    if errors:
        raise Invalid(errors=errors)
    return parcels


def clean_amount(value: Any, field_name: str) -> Decimal:
    """A price of at least one cent, in whole cents. Raises Invalid on the field."""
    try:
        amount = Decimal(str(value))
        fine = amount.is_finite() and 0 < amount <= HIGHEST_PRICE and amount == round_half_up(amount)
    except InvalidOperation:
        fine = False
    if not fine:
        raise Invalid(errors={field_name: [_("Enter an amount above zero, in euros and cents.")]})
    return round_half_up(amount)


def commission_of(amount: Decimal, percent: Decimal) -> Decimal:
    """The platform's share of an agreed price."""
    return round_half_up(amount * percent / 100)


def handover_code(*, secret: str, delivery_id: int, nonce: str, step: str) -> str:
    """The 6-digit code of one handover. Derived, so that the database alone shows nobody's code; the nonce comes
    from `secrets`. The bias of the modulo is below 1e-10."""
    text = f"triporteur.handover:{step}:{delivery_id}:{nonce}".encode()
    number = int.from_bytes(hmac.new(secret.encode(), text, hashlib.sha256).digest()[:8])
    return f"{number % 1_000_000:06d}"


def same_code(given: str, right: str) -> bool:
    """Compares in constant time; spaces that people write between digits do not count."""
    digits = "".join(c for c in str(given) if not c.isspace())
    return hmac.compare_digest(digits.encode(), right.encode())
