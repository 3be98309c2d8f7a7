"""Ends without a handover: cancelled, expired. The money goes back."""

from django.db import transaction

from config.lib.actors import Actor
from config.lib.errors import IllegalMove
from delivery.deliveries import queries
from delivery.deliveries.models import Delivery
from delivery.deliveries.services.award import give_back


@transaction.atomic
def cancel(*, actor: Actor, delivery_id: int, reason: str = "") -> Delivery:
    """Call a delivery off before its pickup; what was held is free again. Raises NotFound, Forbidden, IllegalMove
    (what was picked up must be delivered or returned)."""
    queries.get_for(actor, delivery_id, queries.Right.OWN)
    delivery = queries.locked(delivery_id)
    if delivery.picked_up_at is not None:
        raise IllegalMove(from_status=delivery.status, to_status=Delivery.Status.ANNULEE)
    delivery.move(Delivery.Status.ANNULEE, actor=actor, reason=reason)
    give_back(delivery=delivery, actor=actor)
    return delivery


def expire(*, delivery: Delivery, actor: Actor, reason: str) -> Delivery:
    """End an offer that found no courier; the caller holds the lock. `reason` is a key of rules.REASONS."""
    delivery.move(Delivery.Status.EXPIREE, actor=actor, reason=reason)
    return delivery
