"""What the odometer says: recorded, judged, retained or set aside."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from config.lib.actors import SYSTEM, Actor, actor_user
from config.lib.errors import Forbidden, Invalid
from garage.clients import queries as clients
from garage.vehicles import queries
from garage.vehicles.models import OdometerReading, ReadingStatus, Reason, Source, Vehicle
from garage.vehicles.rules import HIGHEST_KM, Contradicted, Estimated, NotYet, estimates, judge

LONGEST_NOTE = 300


def _clean_note(note: str) -> str:
    note = note.replace("\x00", "").strip()
    if len(note) > LONGEST_NOTE:
        raise Invalid(errors={"note": [_("At most %d characters.") % LONGEST_NOTE]})
    return note


@transaction.atomic
def record_reading(
    *, actor: Actor, vehicle_id: int, km: int, read_on: date, source: str, note: str = ""
) -> OdometerReading:
    """Write down what the odometer said on a day. One that cannot be right is kept as ECARTEE with its reason and
    changes nothing else. The same reading given twice is one.

    NotFound; Forbidden for a client who gives another source than CLIENT; Invalid on km, source or note.
    """
    vehicle = queries.get_for(actor, vehicle_id)
    if not clients.works_here(actor) and source != Source.CLIENT:
        raise Forbidden
    if source not in Source.values or source == Source.GPS:
        raise Invalid(errors={"source": [_("Choose where the reading comes from.")]})
    if not 0 <= km <= HIGHEST_KM:
        raise Invalid(errors={"km": [_("Give the kilometres of the odometer.")]})
    note = _clean_note(note)
    vehicle = queries.locked(vehicle.pk)
    known = vehicle.readings.filter(km=km, read_on=read_on, source=source, status=ReadingStatus.RETENUE).first()
    if known is not None:
        return known
    reason = judge(
        read_on, km, kept=queries.read_days(vehicle), today=timezone.localdate(),
        first_registration=vehicle.first_registration, kind=vehicle.kind,
    )
    reading = OdometerReading.objects.create(
        vehicle=vehicle, km=km, read_on=read_on, source=source, note=note, reason_code=reason, by=actor_user(actor),
        status=ReadingStatus.ECARTEE if reason else ReadingStatus.RETENUE,
    )
    settle(vehicle)
    reading.record(actor=actor)
    return reading


@transaction.atomic
def retain_reading(*, actor: Actor, reading_id: int, note: str = "", instead: bool = False) -> OdometerReading:
    """Staff: this reading is right after all. With `instead` those that contradict it are set aside, as when the
    speedometer was changed.

    NotFound, Forbidden, IllegalMove, NotYet (its day has not come), Contradicted (`readings`: their ids), Estimated (a
    GPS reading), Invalid.
    """
    reading, vehicle = _decided(actor, reading_id)
    note = _clean_note(note)
    if reading.read_on > timezone.localdate():
        raise NotYet
    against = [other for other in queries.read_from_dials(vehicle) if other.contradicts(reading)]
    if against and not instead:
        raise Contradicted(readings=[other.pk for other in against])
    for other in against:
        other.move(ReadingStatus.ECARTEE, actor=actor, reason=note, **_put(other, Reason.REMPLACEE, note))
    reading.move(ReadingStatus.RETENUE, actor=actor, reason=note, **_put(reading, "", note))
    settle(vehicle)
    return reading


@transaction.atomic
def set_reading_aside(*, actor: Actor, reading_id: int, note: str) -> OdometerReading:
    """Staff: this reading is not right, and why. NotFound, Forbidden, IllegalMove, Estimated, Invalid
    (no note)."""
    reading, vehicle = _decided(actor, reading_id)
    note = _clean_note(note)
    if not note:
        raise Invalid(errors={"note": [_("Say why.")]})
    reading.move(ReadingStatus.ECARTEE, actor=actor, reason=note, **_put(reading, Reason.GARAGE, note))
    settle(vehicle)
    return reading


def _put(reading: OdometerReading, reason: str, note: str) -> dict[str, str]:
    return {"reason_code": reason, "note": note or reading.note}


def _decided(actor: Actor, reading_id: int) -> tuple[OdometerReading, Vehicle]:
    """The reading that staff decides on, with its vehicle locked: readings of one vehicle are judged one by one."""
    reading = queries.reading_for(actor, reading_id, "write")
    if reading.source == Source.GPS:
        raise Estimated
    vehicle = queries.locked(reading.vehicle_id)
    reading.refresh_from_db()
    return reading, vehicle


def settle(vehicle: Vehicle) -> None:
    """After a change of readings or tracks: the estimates anew, and the vehicle's current kilometres those of its last
    retained reading. The caller holds its lock."""
    _estimate(vehicle)
    last = queries.last_reading(vehicle)
    vehicle.odometer_km, vehicle.odometer_on = (last.km, last.read_on) if last else (None, None)
    Vehicle.objects.filter(pk=vehicle.pk).update(odometer_km=vehicle.odometer_km, odometer_on=vehicle.odometer_on)


def _estimate(vehicle: Vehicle) -> None:
    """One GPS reading for each tracked day after a reading; only what changed is written and told."""
    tracked = list(vehicle.tracked.filter(metres__gt=0).values_list("day", "metres"))
    wanted = estimates(queries.read_days(vehicle), tracked)
    known = {reading.read_on: reading for reading in vehicle.readings.filter(source=Source.GPS)}
    for day in sorted(wanted.keys() | known.keys()):
        reading = known.get(day) or OdometerReading(vehicle=vehicle, read_on=day, source=Source.GPS)
        km, fine = wanted.get(day, (reading.km, False))
        status = ReadingStatus.RETENUE if fine else ReadingStatus.ECARTEE
        if (reading.km, reading.status) == (km, status) and reading.pk:
            continue
        reason = "" if fine else Reason.ESTIMATION
        if reading.pk and reading.status != status:
            reading.move(status, actor=SYSTEM, km=km, reason_code=reason)
        else:
            reading.km, reading.status, reading.reason_code = km, status, reason
            reading.save()
            reading.record(actor=SYSTEM)
