"""Which courier drives a vehicle, and the kilometres that his tracks add to it."""

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from config.lib.actors import Actor
from config.lib.errors import Conflict, Invalid
from delivery.tracking.queries import days_on_shift, ridden_m
from delivery.tracking.rules import OLDEST, RETENTION
from garage.clients import queries as clients
from garage.vehicles import queries
from garage.vehicles.models import Driving, Status, TrackedDistance, Vehicle
from garage.vehicles.rules import AlreadyDriving
from garage.vehicles.services.readings import settle

# How fast a vehicle of a kind can go: as the couriers' vehicles do.
AS_VEHICLE = {"DEUX_ROUES": "SCOOTER", "VOITURE": "VOITURE", "UTILITAIRE": "UTILITAIRE"}
# Points are accepted for OLDEST after they were recorded, and kept for RETENTION after they came.
LATE_DAYS = OLDEST.days + 1
KNOWN_DAYS = RETENTION.days - 1


@transaction.atomic
def set_driver(
    *, actor: Actor, vehicle_id: int, courier_id: int | None, since: datetime | None = None
) -> Vehicle:
    """Staff: from now on, or since a moment past, this courier drives the vehicle; None: nobody does any more. What
    was ridden before stays.

    NotFound, Forbidden, Invalid on `driver` (not an approved courier) or `since` (to come, or another drove then),
    Conflict (not in use), AlreadyDriving (`plate`).
    """
    now = timezone.now()
    vehicle = queries.locked(queries.get_for(actor, vehicle_id, "write").pk)
    if courier_id == vehicle.driver_id:
        return vehicle
    if courier_id is not None:
        courier = queries.locked_courier(courier_id)
        if courier is None:
            raise Invalid(errors={"driver": [_("Choose an approved courier.")]})
        if vehicle.status != Status.ACTIF:
            raise Conflict(_("This vehicle is not in use."), code="not_in_use")
        other = queries.driven_by(courier.pk)
        if other is not None:
            raise AlreadyDriving(plate=other.plate)
        if since and (since > now or queries.driven_since(vehicle.pk, courier.pk, since)):
            raise Invalid(errors={"since": [_("Choose a moment past from which on nobody else drove it.")]})
    vehicle.drivings.filter(until=None).update(until=now)
    vehicle.driver_id = courier_id
    vehicle.save(update_fields=["driver", "updated_at"])
    if courier_id is not None:
        Driving.objects.create(vehicle=vehicle, courier_id=courier_id, since=since or now)
    return vehicle


@transaction.atomic
def measure_day(*, actor: Actor, vehicle_id: int, day: date) -> int:
    """Metres that a vehicle went on a day by its drivers' tracks, kept with the day, and the odometer estimated anew.
    Done again it changes nothing, unless late points came.

    NotFound, Forbidden; Invalid on `day` when it is not over or its points may be erased already.
    """
    clients.require_staff(actor)
    vehicle = queries.locked(queries.get_for(actor, vehicle_id).pk)
    if not timezone.localdate() - timedelta(days=KNOWN_DAYS) <= day < timezone.localdate():
        text = _("Choose a day that is over, at most %d days ago.") % KNOWN_DAYS
        raise Invalid(errors={"day": [text]})
    metres = _metres(vehicle, day)
    before = vehicle.tracked.filter(day=day).first()
    if before is None or metres != before.metres:
        TrackedDistance.objects.update_or_create(
            vehicle=vehicle, day=day, defaults={"metres": metres, "measured_at": timezone.now()}
        )
        settle(vehicle)
    return metres


def _metres(vehicle: Vehicle, day: date) -> int:
    start, end = _midnight(day), _midnight(day + timedelta(days=1))
    return sum(
        ridden_m(
            driving.courier_id, max(start, driving.since), min(end, driving.until or end),
            vehicle=AS_VEHICLE[vehicle.kind], not_before=driving.since,
        )
        for driving in queries.drivings_between(start, end).filter(vehicle=vehicle)
    )


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def measure_missed(*, actor: Actor) -> int:
    """Measure yesterday, the days before for which points may still have come, and those that were missed. Gives how
    many days were measured. Forbidden."""
    clients.require_staff(actor)
    today = timezone.localdate()
    start, end = _midnight(today - timedelta(days=KNOWN_DAYS)), _midnight(today)
    wanted: set[tuple[int, date]] = set()
    for driving in queries.drivings_between(start, end):
        ridden = days_on_shift(driving.courier_id, max(start, driving.since), min(end, driving.until or end))
        wanted |= {(driving.vehicle_id, day) for day in ridden if day < today}
    measured = queries.measured_since(today - timedelta(days=KNOWN_DAYS))
    late = today - timedelta(days=LATE_DAYS)
    due = sorted((pk, day) for pk, day in wanted if day >= late or (pk, day) not in measured)
    for pk, day in due:
        measure_day(actor=actor, vehicle_id=pk, day=day)
    return len(due)
