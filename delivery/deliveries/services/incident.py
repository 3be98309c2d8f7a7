"""When an attempt fails: say why, try again in one step, or bring the parcel back."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.lib.actors import Actor
from config.lib.errors import Forbidden, IllegalMove, Invalid
from delivery.deliveries import evidence, queries
from delivery.deliveries.models import Delivery, FailReason, Method, Step
from delivery.deliveries.services.award import give_back
from delivery.deliveries.services.proofs import write_proof

Status = Delivery.Status


@transaction.atomic
def fail(
    *, actor: Actor, delivery_id: int, reason: str, note: str = "", photo: Any = None, lat: float | None = None,
    lon: float | None = None,
) -> Delivery:
    """The courier reports that pickup or handover is not possible now. Raises NotFound, Forbidden, IllegalMove,
    Invalid (reason, photo)."""
    queries.get_for(actor, delivery_id, queries.Right.CARRY)
    if reason not in FailReason.values:
        raise Invalid(errors={"reason": [_("Choose what happened.")]})
    shown = evidence.photo(photo) if photo else None
    delivery = queries.locked(delivery_id)
    delivery.move(Status.ECHOUEE, actor=actor, reason=note or reason)
    write_proof(
        delivery=delivery, step=Step.ECHEC, actor=actor, evidence=shown, lat=lat, lon=lon, reason=reason, note=note,
        method=Method.DECLARATION,
    )
    return delivery


@transaction.atomic
def reattempt(*, actor: Actor, delivery_id: int) -> Delivery:
    """Try once more from where it failed: with the parcel to the drop-off, without it to the pickup.

    Open to the courier and to the sender's side. Raises NotFound, Forbidden, IllegalMove.
    """
    _check_either_side(actor, delivery_id)
    delivery = queries.locked(delivery_id)
    to = Status.ATTRIBUEE if delivery.picked_up_at is None else Status.COLLECTEE
    if delivery.status != Status.ECHOUEE:
        raise IllegalMove(from_status=delivery.status, to_status=to)
    delivery.move(to, actor=actor, reason="reattempt")
    return delivery


@transaction.atomic
def return_to_sender(
    *, actor: Actor, delivery_id: int, lat: float | None = None, lon: float | None = None, note: str = ""
) -> Delivery:
    """The parcel is back with the sender after a failed attempt; the money held goes back to the payer.

    Open to the courier and to the sender's side. Raises NotFound, Forbidden, IllegalMove (also when it was never
    picked up: then it is cancelled).
    """
    _check_either_side(actor, delivery_id)
    delivery = queries.locked(delivery_id)
    if delivery.status != Status.ECHOUEE or delivery.picked_up_at is None:
        raise IllegalMove(from_status=delivery.status, to_status=Status.RETOURNEE)
    write_proof(
        delivery=delivery, step=Step.RETOUR, actor=actor, evidence=None, lat=lat, lon=lon, note=note,
        method=Method.DECLARATION,
    )
    delivery.move(Status.RETOURNEE, actor=actor, reason=note)
    give_back(delivery=delivery, actor=actor)
    return delivery


def _check_either_side(actor: Actor, delivery_id: int) -> None:
    delivery = queries.get_for(actor, delivery_id)
    if queries.audience_of(actor, delivery) is queries.Audience.RECIPIENT:
        raise Forbidden
