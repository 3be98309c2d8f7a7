"""Writes about couriers. A courier is a user, approved by a manager; nothing is recorded off shift."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.actors import Actor, actor_user
from config.lib.errors import Forbidden, Invalid, NotFound
from config.lib.events import emit
from delivery.couriers import queries
from delivery.couriers.events import shift_changed
from delivery.couriers.models import Courier, Shift, Vehicle
from delivery.couriers.rules import AlreadyApplied, NotACourier


def _checked_vehicle(vehicle: str) -> str:
    if vehicle not in Vehicle.values:
        raise Invalid(errors={"vehicle": [_("Choose a vehicle.")]})
    return vehicle


@transaction.atomic
def apply(*, actor: Actor, vehicle: str, about: str = "") -> Courier:
    """Ask to become a courier; a refused person may ask again. Raises Invalid (vehicle), AlreadyApplied."""
    user = actor_user(actor)
    if user is None:
        raise Forbidden
    _checked_vehicle(vehicle)
    known = queries.courier_of(user)
    if known is not None:
        courier = queries.locked(known.pk)
        if courier.status != Courier.Status.REFUSE:
            raise AlreadyApplied
        courier.move(Courier.Status.DEMANDE, actor=actor, vehicle=vehicle, about=about[:300])
        return courier
    try:
        with transaction.atomic():
            courier = Courier.objects.create(user=user, vehicle=vehicle, about=about[:300])
    except IntegrityError:
        raise AlreadyApplied
    courier.record(actor=actor)
    return courier


@transaction.atomic
def change(*, actor: Actor, vehicle: str | None = None, about: str | None = None) -> Courier:
    """A courier changes his own profile. Raises NotFound when there is none, Invalid (vehicle)."""
    known = queries.courier_of(actor_user(actor))
    if known is None:
        raise NotFound
    courier = queries.locked(known.pk)
    if vehicle is not None:
        courier.vehicle = _checked_vehicle(vehicle)
    if about is not None:
        courier.about = about[:300]
    courier.save(update_fields=["vehicle", "about", "updated_at"])
    return courier


@transaction.atomic
def approve(*, actor: Actor, courier_id: int) -> Courier:
    """Let an applicant work, or a suspended courier work again. Raises Forbidden, NotFound, IllegalMove."""
    courier = queries.locked(queries.get_for_manager(actor, courier_id).pk)
    courier.move(Courier.Status.ACTIF, actor=actor)
    return courier


@transaction.atomic
def refuse(*, actor: Actor, courier_id: int, reason: str = "") -> Courier:
    """Turn an application down. Raises Forbidden, NotFound, IllegalMove."""
    courier = queries.locked(queries.get_for_manager(actor, courier_id).pk)
    courier.move(Courier.Status.REFUSE, actor=actor, reason=reason)
    return courier


@transaction.atomic
def suspend(*, actor: Actor, courier_id: int, reason: str = "") -> Courier:
    """Stop a courier: his shift is closed at once. What he carries stays his to deliver or return.

    Raises Forbidden, NotFound, IllegalMove.
    """
    courier = queries.locked(queries.get_for_manager(actor, courier_id).pk)
    was_on = courier.on_shift
    courier.move(Courier.Status.SUSPENDU, actor=actor, reason=reason, on_shift=False)
    if was_on:
        _close_shift(courier)
    return courier


def reactivate(*, actor: Actor, courier_id: int) -> Courier:
    """End a suspension. Raises Forbidden, NotFound, IllegalMove."""
    return approve(actor=actor, courier_id=courier_id)


def _close_shift(courier: Courier) -> None:
    Shift.objects.filter(courier=courier, closed_at=None).update(closed_at=timezone.now())
    emit(shift_changed, courier_id=courier.pk, on=False)


@transaction.atomic
def set_shift(*, actor: Actor, on: bool) -> Courier:
    """Open or close the actor's shift; saying it twice changes nothing. Raises NotACourier (403)."""
    known = queries.courier_of(actor_user(actor))
    if known is None:
        raise NotACourier
    courier = queries.locked(known.pk)
    if courier.on_shift == on:
        return courier
    if on and courier.status != Courier.Status.ACTIF:
        raise NotACourier
    courier.on_shift = on
    courier.save(update_fields=["on_shift", "updated_at"])
    if on:
        Shift.objects.create(courier=courier)
        emit(shift_changed, courier_id=courier.pk, on=True)
    else:
        _close_shift(courier)
    return courier


@transaction.atomic
def end_shift(*, actor: Actor, courier_id: int) -> Courier:
    """A manager closes a shift that a courier forgot; closed already: nothing changes. Raises Forbidden, NotFound."""
    courier = queries.locked(queries.get_for_manager(actor, courier_id).pk)
    if courier.on_shift:
        courier.on_shift = False
        courier.save(update_fields=["on_shift", "updated_at"])
        _close_shift(courier)
    return courier
