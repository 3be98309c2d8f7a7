"""Reads about couriers: who is one, who may act, who is near."""

from typing import Any

from django.db.models import Q, QuerySet

from accounts.users.queries import is_staff_of
from config.lib.actors import SYSTEM, Actor
from config.lib.errors import Forbidden, NotFound
from delivery.couriers.models import Courier, Shift
from delivery.couriers.rules import NotACourier, NotOnShift
from delivery.places.rules import Point, around, straight_m


def courier_of(user: Any) -> Courier | None:
    """The courier profile of a user in any state, or None."""
    if not getattr(user, "pk", None):
        return None
    return Courier.objects.select_related("user").filter(user=user).first()


def is_courier(user: Any) -> bool:
    """True for an approved courier: the role COURSIER."""
    return bool(getattr(user, "pk", None)) and Courier.objects.filter(user=user, status=Courier.Status.ACTIF).exists()


def acting(user: Any) -> Courier:
    """The approved courier behind a user. Raises NotACourier (403)."""
    courier = courier_of(user)
    if courier is None or courier.status != Courier.Status.ACTIF:
        raise NotACourier
    return courier


def on_shift(user: Any) -> Courier:
    """The approved courier on shift behind a user. Raises NotACourier or NotOnShift (403)."""
    courier = acting(user)
    if not courier.on_shift:
        raise NotOnShift
    return courier


def may_manage(actor: Actor) -> bool:
    return actor is SYSTEM or is_staff_of(actor, "DELIVERY")


def get_for_manager(actor: Actor, pk: int) -> Courier:
    """Any courier, for managers and the system. Raises Forbidden, NotFound."""
    if not may_manage(actor):
        raise Forbidden
    courier = Courier.objects.select_related("user").filter(pk=pk).first()
    if courier is None:
        raise NotFound
    return courier


def all_for_manager(*, search: str = "", status: str = "") -> QuerySet[Courier]:
    """Couriers in any state, newest first, found by name or e-mail."""
    rows = Courier.objects.select_related("user").order_by("-created_at", "-pk")
    status, search = (text.replace("\x00", "") for text in (status, search))
    if status:
        rows = rows.filter(status=status)
    if search:
        rows = rows.filter(
            Q(user__email__icontains=search) | Q(user__first_name__icontains=search)
            | Q(user__last_name__icontains=search)
        )
    return rows


def locked(pk: int) -> Courier:
    """The courier, locked until the transaction ends."""
    return Courier.objects.select_for_update().get(pk=pk)


def open_shift(courier: Courier) -> Shift | None:
    return Shift.objects.filter(courier=courier, closed_at=None).first()


def near(point: Point, radius_m: float) -> list[Courier]:
    """Couriers on shift whose last known position is within `radius_m` metres, nearest first."""
    south, north, west, east = around(point.lat, point.lon, radius_m)
    rows = Courier.objects.filter(
        on_shift=True, status=Courier.Status.ACTIF, lat__range=(south, north), lon__range=(west, east)
    )
    with_distance = [(straight_m(point, Point(c.lat or 0.0, c.lon or 0.0)), c.pk, c) for c in rows]
    return [courier for metres, _pk, courier in sorted(with_distance, key=lambda t: t[:2]) if metres <= radius_m]


def couriers_among(user_ids: list[int]) -> list[int]:
    """Those of the users who are approved couriers."""
    rows = Courier.objects.filter(user__in=user_ids, status=Courier.Status.ACTIF)
    return list(rows.values_list("user", flat=True))


def on_shift_count() -> int:
    return Courier.objects.filter(on_shift=True, status=Courier.Status.ACTIF).count()
