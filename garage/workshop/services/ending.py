"""The end of a repair: ready, and handed over to its owner."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from config.lib.actors import Actor
from config.lib.errors import Invalid
from garage.vehicles.models import Source
from garage.vehicles.services import record_reading
from garage.workshop import rules_repairs as rules
from garage.workshop.models import RepairOrder, RepairTask
from garage.workshop.queries import repairs as queries
from garage.workshop.services.opening import release

Status = RepairOrder.Status


@transaction.atomic
def mark_ready(*, actor: Actor, order_id: int, unused_back: bool = False) -> RepairOrder:
    """All is done: the client is told. Parts that were not issued go back to the shop with `unused_back`; without it
    they are a reason to ask, since a part may have been fitted and nobody noted it.

    NotFound, Forbidden, IllegalMove, ConsentAwaited, TasksLeft (`tasks`), PartsLeft (`parts`).
    """
    order = queries.locked_for_staff(actor, order_id)
    if queries.consent_awaited(order):
        raise rules.ConsentAwaited
    left = order.tasks.exclude(status__in=[RepairTask.Status.FAITE, RepairTask.Status.RAYEE])
    if left:
        raise rules.TasksLeft(tasks=[task.description for task in left])
    parts = [part for part in order.parts.all() if part.to_order or part.to_issue]
    if parts and not unused_back:
        raise rules.PartsLeft(parts=[part.description for part in parts])
    if order.status in (Status.RECU, Status.ATTENTE_PIECES):
        order.move(Status.EN_COURS, actor=actor)
    order.move(Status.PRET, actor=actor, ready_at=timezone.now())
    release(actor=actor, order=order, parts=list(order.parts.all()))
    return order


@transaction.atomic
def hand_over(
    *, actor: Actor, order_id: int, to: str, odometer_km: int | None = None, unpaid_reason: str = "",
) -> RepairOrder:
    """The vehicle leaves: to whom, at how many km. One that is not invoiced or not paid leaves only with a reason,
    which the history keeps.

    NotFound, Forbidden, IllegalMove, NotPaid (`balance` in euros), Invalid.
    """
    to = rules.clean_text(to, 120)
    errors = {}
    if not to:
        errors["to"] = [_("Write who takes the vehicle.")]
    if odometer_km is not None and not 0 <= odometer_km <= rules.MOST_KM:
        errors["odometer_km"] = [_("Give the kilometres on the dashboard.")]
    if errors:
        raise Invalid(errors=errors)
    order = queries.locked_for_staff(actor, order_id)
    reason = rules.clean_text(unpaid_reason, 300)
    owed = queries.owed(order)
    if owed and not reason:
        raise rules.NotPaid(balance=str(owed))
    order.move(
        Status.RENDU, actor=actor, reason=reason if owed else "", handed_over_at=timezone.now(),
        handed_over_to=to, odometer_out_km=odometer_km,
    )
    if odometer_km is not None:
        record_reading(
            actor=actor, vehicle_id=order.vehicle_id, km=odometer_km, read_on=timezone.localdate(),
            source=Source.ATELIER, note=order.number,
        )
    return order
