"""When the vehicle is promised for, and the early word that it will not be."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from config.lib.actors import Actor
from config.lib.errors import Invalid
from garage.workshop import rules_repairs as rules
from garage.workshop.events import repair_slips
from garage.workshop.models import RepairOrder
from garage.workshop.queries import repair_times as times
from garage.workshop.queries import repairs as queries

FARTHEST = timedelta(days=400)


@transaction.atomic
def promise(*, actor: Actor, order_id: int, promised_at: datetime | None) -> RepairOrder:
    """Staff promise the vehicle for a time, or take the promise back. A new promise may slip anew.
    NotFound, Forbidden, OrderEnded, Invalid on `promised_at`."""
    if promised_at is not None and not timezone.now() < promised_at < timezone.now() + FARTHEST:
        raise Invalid(errors={"promised_at": [_("Choose a time to come.")]})
    order = queries.locked_for_staff(actor, order_id)
    if order.status in queries.ENDED:
        raise rules.OrderEnded
    if promised_at != order.promised_at:
        order.promised_at, order.slip_told_at = promised_at, None
        order.save(update_fields=["promised_at", "slip_told_at", "updated_at"])
    return order


def warn_slips(*, now: datetime | None = None) -> int:
    """Tell of the orders that will not keep their promise, once per promise; how many. A job, safe to run twice. What a
    crash, or a listener that failed, leaves untold is told by its next run."""
    now = now or timezone.now()
    slipping = [order for order in times.promised() if times.slips(order, now)]
    return sum(_tell(order, now) for order in slipping)


def _tell(order: RepairOrder, now: datetime) -> bool:
    """Like a history row's `announce`: the mark follows the listeners, who are safe to hear it twice. A mark that was
    committed first would lose the news if the process died before they heard."""
    same = RepairOrder.objects.filter(pk=order.pk, promised_at=order.promised_at, slip_told_at=None)
    if not same.exists() or not repair_slips.send(repairorder_id=order.pk):
        return False
    return bool(same.update(slip_told_at=now))
