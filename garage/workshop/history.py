"""Repairs in the history of their vehicle."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from garage.vehicles.models import Vehicle
from garage.vehicles.timeline import Entry
from garage.workshop.models import RepairOrder, RepairTask


def of_vehicle(vehicle: Vehicle) -> Iterable[Entry]:
    """What was done, once the vehicle is ready: a later owner reads the tasks."""
    finished = vehicle.repair_orders.filter(ready_at__isnull=False).exclude(status=RepairOrder.Status.ANNULE)
    for order in finished.prefetch_related("tasks"):
        work = " · ".join(t.description for t in order.tasks.all() if t.status == RepairTask.Status.FAITE)
        yield Entry(
            timezone.localdate(order.ready_at), "REPAIR", _("Repair %(number)s") % {"number": order.number},
            detail=work, client_id=order.client_id, public=work, url=reverse("garage:my_repair", args=[order.pk]),
            staff_url=reverse("garage:repair_order", args=[order.pk]),
        )
