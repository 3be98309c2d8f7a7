"""From a question (what would it cost?) to an open delivery."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.users.models import User
from accounts.wallet.models import Account
from accounts.wallet.queries import wallet_of
from config.lib.actors import SYSTEM, Actor, actor_user
from config.lib.errors import Forbidden, IllegalMove, Invalid
from config.lib.money import ZERO
from delivery.deliveries import queries
from delivery.deliveries.models import Award, Delivery, Kind, Method, Mode, Size
from delivery.deliveries.rules import (
    DEFAULT_OPEN_S,
    LONGEST_OPEN_S,
    SHORTEST_OPEN_S,
    Estimate,
    clean_amount,
    clean_parcels,
    clean_window,
    eta_from,
    price_lines,
)
from delivery.places.geocoding import resolve_places
from delivery.places.queries import zones_at
from delivery.places.rules import Point, distance_m, duration_s


def _choice(value: str, choices: Any, field: str) -> str:
    if value not in choices.values:
        raise Invalid(errors={field: [_("Choose one of the values offered.")]})
    return value


def estimate(
    *, pickup: dict[str, Any], dropoff: dict[str, Any], parcels: list[dict[str, Any]], kind: str = Kind.STANDARD,
    window: dict[str, str] | None = None,
) -> Estimate:
    """Metres, seconds and euros of a delivery, with the lines that add up to its price. Writes nothing.

    May ask a geocoder: call it outside of transactions. Raises Invalid with fields such as `pickup.line1`,
    `parcels.0.size`, `window`; AddressNotFound.
    """
    _choice(kind, Kind, "kind")
    cleaned = clean_parcels(parcels, Size.values)
    checked_window = clean_window(window, timezone.now())
    start, end = resolve_places(pickup=pickup, dropoff=dropoff)
    a, b = Point(start["lat"], start["lon"]), Point(end["lat"], end["lon"])
    metres = distance_m(a, b)
    rule = queries.pricing_rule(kind)
    lines = price_lines(
        rule=rule, distance_m=metres, parcels=cleaned, window=checked_window,
        zones=[(zone.name, zone.surcharge) for zone in zones_at(a, b)],
    )
    seconds = duration_s(metres)
    return Estimate(
        distance_m=metres, duration_s=seconds, price=sum((line.amount for line in lines), ZERO), breakdown=lines,
        eta=eta_from(seconds), commission_percent=Decimal(rule.commission_percent), currency=settings.CURRENCY,
        pickup=start, dropoff=end, parcels=cleaned, window=checked_window,
    )


def _payer(actor: Actor, account: Account | None) -> Account:
    """Who pays: the account given by the system, else the actor's wallet or his company's."""
    user = actor_user(actor)
    if account is None:
        if user is None:
            raise Forbidden
        return wallet_of(user)
    if actor is SYSTEM or account.user_id == getattr(user, "pk", 0):
        return account
    if account.company_id and user.memberships.filter(company=account.company_id).exists():
        return account
    raise Forbidden


def _methods(methods: list[str]) -> list[str]:
    if not isinstance(methods, list | tuple) or not set(methods) <= {Method.CODE, Method.PHOTO, Method.SIGNATURE}:
        raise Invalid(errors={"handover_methods": [_("Choose one of the values offered.")]})
    return sorted(set(methods) - {Method.CODE})


def _open_seconds(closes_in_s: int | None, mode: str) -> int:
    seconds = DEFAULT_OPEN_S[mode] if closes_in_s is None else int(closes_in_s)
    if not SHORTEST_OPEN_S <= seconds <= LONGEST_OPEN_S:
        raise Invalid(errors={"closes_in_s": [_("Choose between ten seconds and seven days.")]})
    return seconds


def create_delivery(
    *, actor: Actor, pickup: dict[str, Any], dropoff: dict[str, Any], parcels: list[dict[str, Any]],
    kind: str = Kind.STANDARD, mode: str = Mode.ENCHERE, award: str = Award.MANUELLE,
    max_price: Decimal | None = None, closes_in_s: int | None = None, window: dict[str, str] | None = None,
    payer_account: Account | None = None, recipient_user: User | None = None, origin: str = "", note: str = "",
    handover_methods: list[str] | None = None,
) -> Delivery:
    """Offer a delivery to the couriers: an auction up to `max_price`, or a fixed price (`max_price` is the price).

    Without `max_price` the estimate is taken. Nothing is paid before a courier is chosen. A second call with the
    same `origin` gives the first delivery. Raises Invalid, AddressNotFound, Forbidden (payer_account).
    """
    if origin and (known := queries.by_origin(origin)):
        return known
    _choice(mode, Mode, "mode")
    _choice(award, Award, "award")
    seconds = _open_seconds(closes_in_s, mode)
    methods = _methods(handover_methods or [])
    found = estimate(pickup=pickup, dropoff=dropoff, parcels=parcels, kind=kind, window=window)
    highest = found.price if max_price is None else clean_amount(max_price, "max_price")
    fields = {
        "sender": actor_user(actor), "recipient_user": recipient_user, "origin": origin or None, "kind": kind,
        "mode": mode, "award": award, "pickup": found.pickup, "dropoff": found.dropoff, "parcels": found.parcels,
        "pickup_lat": found.pickup["lat"], "pickup_lon": found.pickup["lon"], "dropoff_lat": found.dropoff["lat"],
        "dropoff_lon": found.dropoff["lon"], "window": found.window, "distance_m": found.distance_m,
        "duration_s": found.duration_s, "estimate": found.price, "max_price": highest, "note": note[:300],
        "commission_percent": found.commission_percent, "handover_methods": methods, "closes_in_s": seconds,
        "breakdown": [line.as_json() for line in found.breakdown],
        "status": Delivery.Status.EN_ENCHERE if mode == Mode.ENCHERE else Delivery.Status.PUBLIEE,
    }
    try:
        with transaction.atomic():
            payer = _payer(actor, payer_account)
            closes_at = timezone.now() + timedelta(seconds=seconds)
            delivery = Delivery.objects.create(payer_account=payer, closes_at=closes_at, **fields)
            delivery.record(actor=actor)
    except IntegrityError:
        # The same origin was posted by another process between the look and the insert.
        known = queries.by_origin(origin) if origin else None
        if known is None:
            raise
        return known
    return delivery


def offer_again(
    *, delivery: Delivery, actor: Actor, closes_in_s: int | None, max_price: Decimal | None, award: str | None = None
) -> Delivery:
    """Open an expired delivery once more; the caller holds its lock. Raises IllegalMove, Invalid."""
    if delivery.status != Delivery.Status.EXPIREE:
        raise IllegalMove(from_status=delivery.status)
    seconds = _open_seconds(delivery.closes_in_s if closes_in_s is None else closes_in_s, delivery.mode)
    highest = delivery.max_price if max_price is None else clean_amount(max_price, "max_price")
    to = Delivery.Status.EN_ENCHERE if delivery.mode == Mode.ENCHERE else Delivery.Status.PUBLIEE
    delivery.move(
        to, actor=actor, reason="reposted", closes_in_s=seconds, max_price=highest, auction_closed_at=None,
        closes_at=timezone.now() + timedelta(seconds=seconds),
        award=delivery.award if award is None else _choice(award, Award, "award"),
    )
    return delivery
