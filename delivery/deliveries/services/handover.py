"""Pickup and handover: a code from the one who hands over, or a photo or signature where the sender allows it."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.actors import Actor
from config.lib.errors import DomainError, IllegalMove, Invalid
from config.lib.events import emit
from delivery.deliveries import evidence, queries
from delivery.deliveries.events import handover_locked
from delivery.deliveries.evidence import Evidence
from delivery.deliveries.models import Delivery, Step
from delivery.deliveries.rules import MAX_TRIES, HandoverLocked, WrongCode, same_code
from delivery.deliveries.services.award import settle
from delivery.deliveries.services.proofs import write_proof

TRIES = {Step.COLLECTE: "pickup_tries", Step.REMISE: "dropoff_tries"}


def _evidence(photo: Any, signature: Any, signed_by: str) -> Evidence | None:
    if photo:
        return evidence.photo(photo)
    return evidence.signature(signature, signed_by) if signature else None


def _refusal(delivery: Delivery, step: Step, code: str, shown: Evidence | None) -> DomainError | None:
    """Why this handover is refused, or None. A wrong code is counted: the caller must let that commit."""
    field = TRIES[step]
    tries = getattr(delivery, field)
    if tries >= MAX_TRIES:
        return HandoverLocked(attempts_left=0)
    if not code:
        if shown is None:
            return Invalid(errors={"code": [_("Enter the code.")]})
        if shown.method not in delivery.handover_methods:
            return Invalid(errors={shown.method.lower(): [_("The sender asks for the code.")]})
        return None
    if same_code(code, queries.code_for(delivery, step)):
        return None
    tries += 1
    Delivery.objects.filter(pk=delivery.pk).update(**{field: tries})
    if tries >= MAX_TRIES:
        emit(handover_locked, delivery_id=delivery.pk, step=str(step))
        return HandoverLocked(attempts_left=0)
    return WrongCode(attempts_left=MAX_TRIES - tries)


def _hand_over(
    *, actor: Actor, delivery_id: int, step: Step, to: str, code: str, photo: Any, signature: Any, signed_by: str,
    lat: float | None, lon: float | None,
) -> Delivery:
    queries.get_for(actor, delivery_id, queries.Right.CARRY)
    shown = _evidence(photo, signature, signed_by)
    with transaction.atomic():
        delivery = queries.locked(delivery_id)
        if not delivery.can_move(to):
            raise IllegalMove(from_status=delivery.status, to_status=to)
        refusal = _refusal(delivery, step, str(code or ""), shown)
        if refusal is None:
            write_proof(
                delivery=delivery, step=step, actor=actor, evidence=None if code else shown, lat=lat, lon=lon,
                note=shown.signed_by if shown and not code else "",
            )
            now = timezone.now()
            if step is Step.COLLECTE:
                delivery.move(to, actor=actor, picked_up_at=now, pickup_tries=0)
            else:
                delivery.move(to, actor=actor, delivered_at=now, dropoff_tries=0)
                settle(delivery=delivery, actor=actor)
    # Raised only now: inside the transaction it would take the count of wrong codes back.
    if refusal is not None:
        raise refusal
    return delivery


def pickup(
    *, actor: Actor, delivery_id: int, code: str = "", lat: float | None = None, lon: float | None = None,
    photo: Any = None, signature: Any = None, signed_by: str = "",
) -> Delivery:
    """The courier takes the parcel from the sender, who tells him the first code.

    Raises NotFound, Forbidden, IllegalMove, WrongCode (with attempts_left), HandoverLocked, Invalid.
    """
    return _hand_over(
        actor=actor, delivery_id=delivery_id, step=Step.COLLECTE, to=Delivery.Status.COLLECTEE, code=code, lat=lat,
        lon=lon, photo=photo, signature=signature, signed_by=signed_by,
    )


def deliver(
    *, actor: Actor, delivery_id: int, code: str = "", lat: float | None = None, lon: float | None = None,
    photo: Any = None, signature: Any = None, signed_by: str = "",
) -> Delivery:
    """The courier hands the parcel to the recipient, who tells him the second code; the courier is paid.

    Raises NotFound, Forbidden, IllegalMove, WrongCode (with attempts_left), HandoverLocked, Invalid.
    """
    return _hand_over(
        actor=actor, delivery_id=delivery_id, step=Step.REMISE, to=Delivery.Status.LIVREE, code=code, lat=lat,
        lon=lon, photo=photo, signature=signature, signed_by=signed_by,
    )


@transaction.atomic
def unlock(*, actor: Actor, delivery_id: int) -> Delivery:
    """A manager allows five more tries. Raises NotFound, Forbidden."""
    delivery = queries.get_for_manager(actor, delivery_id)
    delivery = queries.locked(delivery.pk)
    Delivery.objects.filter(pk=delivery.pk).update(pickup_tries=0, dropoff_tries=0)
    delivery.pickup_tries = delivery.dropoff_tries = 0
    delivery.record(actor=actor, reason="unlocked", from_status=delivery.status)
    return delivery
