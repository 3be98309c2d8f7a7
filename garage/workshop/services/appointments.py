"""Book, move, cancel; came or did not come; the reminder of the day before."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from config.lib.actors import Actor
from config.lib.errors import IllegalMove, Invalid, NotFound
from garage.clients import queries as clients
from garage.clients.models import Client
from garage.quotes import queries as quotes
from garage.quotes.models import Quote
from garage.vehicles import queries as vehicles
from garage.vehicles.models import Status as VehicleStatus
from garage.vehicles.models import Vehicle
from garage.workshop import rules, slots
from garage.workshop.events import appointment_reminder_due
from garage.workshop.models import Appointment, Resource, SlotTaken
from garage.workshop.queries import appointments as queries
from garage.workshop.rules import NotOpen, NotYet, TooLate, TooManyAppointments

Status, Origin = Appointment.Status, Appointment.Origin


def _wrong(field: str, text: Any) -> Invalid:
    return Invalid(errors={field: [text]})


def _found(field: str, get: Any, *args: Any) -> Any:
    """What a field names. What does not exist and what is somebody else's are refused in the same words."""
    try:
        return get(*args)
    except NotFound as error:
        raise _wrong(field, error.message) from error


def _check_resource(field: str, pk: int | None, kind: str) -> None:
    """Whoever is named is in use and of that kind."""
    if pk is not None and (pk, kind) not in {(row.pk, row.kind) for row in queries.resources()}:
        raise _wrong(field, NotFound.message)


def _checked_hours(hours: Decimal, staff: bool) -> Decimal:
    most = rules.MOST_HOURS if staff else rules.CLIENT_MOST_HOURS
    if not rules.LEAST_HOURS <= hours <= most:
        raise _wrong("hours", _("Between a quarter of an hour and %(most)s hours.") % {"most": most})
    return hours


def _checked_start(starts_at: datetime, staff: bool) -> int:
    """The quarter that a booking begins with. Invalid on `starts_at` when it is past, too far or between quarters."""
    now = timezone.now()
    if not staff and starts_at < now + rules.CLIENT_LEAD:
        raise _wrong("starts_at", _("Choose a time at least two hours from now."))
    if starts_at < now:
        raise _wrong("starts_at", _("This time is past."))
    if starts_at > now + (rules.FARTHEST if staff else rules.CLIENT_AHEAD):
        raise _wrong("starts_at", _("This is too far ahead."))
    number = slots.quarter(starts_at)
    if slots.moment(number) != starts_at:
        raise _wrong("starts_at", _("Choose a full hour or a quarter of one."))
    return number


def _place(
    start: int, hours: Decimal, *, skill: str = "", lift_id: int | None, mechanic_id: int | None, but: int | None = None
) -> slots.Place:
    """Where the work goes. The caller stands in a transaction; bookings take turns from here on."""
    queries.lock_resources()
    day = timezone.localdate(slots.moment(start))
    need = slots.quarters_needed(hours)
    # Work never stands still longer than LONGEST_PAUSE, so this many days hold all of it.
    among = queries.plan(day, day + timedelta(days=queries.RUN_ON + need // 4), but=but).pairs(
        skill, lift_id, mechanic_id
    )
    if not among:
        raise _wrong("mechanic", _("We have no lift and mechanic for this kind of work now."))
    possible = slots.places(start, need, among)
    if not possible:
        raise _wrong("starts_at", _("The garage is closed then, or whom you want is away. Choose another time."))
    free = [place for place in possible if place.is_free]
    if not free:
        raise rules.SlotTaken
    return slots.best(free)


def _take(appointment: Appointment, place: slots.Place) -> None:
    """Write the quarters down. The constraint has the last word, whatever was read before."""
    taken = [(place.lift.pk, number) for number in place.stretch.lift]
    if place.mechanic:
        taken += [(place.mechanic.pk, number) for number in place.stretch.work]
    rows = [
        SlotTaken(resource_id=pk, starts_at=slots.moment(number), appointment=appointment)
        for pk, number in sorted(taken)
    ]
    try:
        with transaction.atomic():
            SlotTaken.objects.bulk_create(rows)
    except IntegrityError as error:
        raise rules.SlotTaken from error


def _quote_of(actor: Actor, quote_id: int | None, vehicle: Vehicle) -> Quote | None:
    if quote_id is None:
        return None
    quote = _found("quote", quotes.get_for, actor, quote_id, "read")
    if quote.vehicle_id != vehicle.pk:
        raise _wrong("quote", _("This quote is about another vehicle."))
    return quote


@transaction.atomic
def book_appointment(
    *, actor: Actor, vehicle_id: int, starts_at: datetime, hours: Decimal | None = None, reason: str = "",
    client_id: int | None = None, lift_id: int | None = None, mechanic_id: int | None = None,
    quote_id: int | None = None, skill: str = "", for_alert: bool = False,
) -> Appointment:
    """Book a lift and a mechanic for `hours` of work (none: what the quote asks for, else one hour) from `starts_at`.

    Staff book for anybody and may name lift and mechanic; a client books his own vehicle, any free lift. Work is
    counted within the opening hours and goes on after a break, a night or a weekend. `for_alert`: staff book it for
    what an alert asks for. Invalid on the field that is wrong (past or closed: `starts_at`); SlotTaken;
    TooManyAppointments.
    """
    staff = clients.works_here(actor)
    vehicle = _found("vehicle", vehicles.get_for, actor, vehicle_id)
    if vehicle.status != VehicleStatus.ACTIF:
        raise _wrong("vehicle", _("This vehicle is no longer in use."))
    client: Client = _found("client", clients.get_for, actor, client_id) if client_id is not None else vehicle.client
    if not staff:
        if client != vehicle.client or lift_id is not None or mechanic_id is not None:
            raise _wrong("vehicle", _("Book your own vehicle; the garage chooses who works on it."))
        # Two at once wait for each other here, so that both are counted.
        clients.locked(client.pk)
        if queries.to_come(client.appointments.filter(origin=Origin.CLIENT)).count() >= rules.MOST_OPEN:
            raise TooManyAppointments
    _check_resource("lift", lift_id, Resource.Kind.PONT)
    _check_resource("mechanic", mechanic_id, Resource.Kind.MECANICIEN)
    quote = _quote_of(actor, quote_id, vehicle)
    of_quote, skill_of_quote = queries.quote_needs(quote)
    hours = _checked_hours(of_quote if hours is None else hours, staff)
    place = _place(
        _checked_start(starts_at, staff), hours, skill=skill or skill_of_quote,
        lift_id=lift_id, mechanic_id=mechanic_id,
    )
    if staff:
        origin = Origin.ALERTE if for_alert else Origin.EQUIPE
    else:
        origin = Origin.CLIENT
    appointment = Appointment.objects.create(
        client=client, vehicle=vehicle, quote=quote, hours=hours, reason=reason.strip()[:300],
        lift_id=place.lift.pk, mechanic_id=place.mechanic_pk,
        starts_at=starts_at, ends_at=slots.moment(place.stretch.end), origin=origin,
    )
    _take(appointment, place)
    appointment.record(actor=actor)
    return appointment


@transaction.atomic
def move_appointment(
    *, actor: Actor, appointment_id: int, starts_at: datetime | None = None, hours: Decimal | None = None,
    lift_id: int | None = None, mechanic_id: int | None = None, reason: str | None = None,
) -> Appointment:
    """Another time, length, lift or mechanic (staff); what is not given stays. Of a new time the client is told, and
    reminded anew; only then its history says when it was before. NotFound, Forbidden, NotOpen, Invalid, SlotTaken."""
    appointment = queries.locked(queries.get_for(actor, appointment_id, "write").pk)
    if appointment.status != Status.CONFIRME:
        raise NotOpen
    before = appointment.starts_at
    if reason is not None:
        appointment.reason = reason.strip()[:300]
    _check_resource("lift", lift_id, Resource.Kind.PONT)
    _check_resource("mechanic", mechanic_id, Resource.Kind.MECANICIEN)
    # What stays where it is may be past or half over: only a new time is looked at.
    start = _checked_start(starts_at, staff=True) if starts_at not in (None, before) else slots.quarter(before)
    length = _checked_hours(hours, staff=True) if hours is not None else appointment.hours
    place = _place(
        start, length, lift_id=lift_id or appointment.lift_id, mechanic_id=mechanic_id or appointment.mechanic_id,
        but=appointment.pk,
    )
    appointment.slots.all().delete()
    appointment.lift_id, appointment.mechanic_id = place.lift.pk, place.mechanic_pk
    appointment.starts_at, appointment.ends_at = slots.moment(start), slots.moment(place.stretch.end)
    appointment.hours = length
    was = ""
    if appointment.starts_at != before:
        appointment.reminded_at = None
        when = date_format(timezone.localtime(before), "SHORT_DATETIME_FORMAT")
        was = _("before: %(when)s") % {"when": when}
    appointment.save()
    _take(appointment, place)
    appointment.record(actor=actor, from_status=appointment.status, reason=was)
    return appointment


@transaction.atomic
def cancel_appointment(*, actor: Actor, appointment_id: int, reason: str = "") -> Appointment:
    """Call it off; its time is free again. The client until GARAGE_CANCEL_HOURS before, staff always. NotFound,
    IllegalMove, TooLate."""
    appointment = queries.locked(queries.get_for(actor, appointment_id, "cancel").pk)
    if appointment.can_move(Status.ANNULE) and not queries.may_cancel(actor, appointment):
        raise TooLate
    appointment.move(Status.ANNULE, actor=actor, reason=reason.strip())
    appointment.slots.all().delete()
    return appointment


@transaction.atomic
def mark_arrived(*, actor: Actor, appointment_id: int) -> Appointment:
    """The vehicle is here (staff), also when it was given up already. NotFound, Forbidden, IllegalMove."""
    appointment = queries.locked(queries.get_for(actor, appointment_id, "write").pk)
    appointment.move(Status.ARRIVE, actor=actor)
    return appointment


@transaction.atomic
def mark_absent(*, actor: Actor, appointment_id: int) -> Appointment:
    """Nobody came (staff); what is left of the time is free again. NotFound, Forbidden, IllegalMove, NotYet."""
    appointment = queries.locked(queries.get_for(actor, appointment_id, "write").pk)
    if appointment.can_move(Status.ABSENT) and appointment.starts_at > timezone.now():
        raise NotYet
    appointment.move(Status.ABSENT, actor=actor)
    appointment.slots.filter(starts_at__gt=timezone.now()).delete()
    return appointment


def set_status(*, actor: Actor, appointment_id: int, status: str) -> Appointment:
    """What became of it (staff), by the service of that status. NotFound, Forbidden; IllegalMove for any other."""
    queries.get_for(actor, appointment_id, "write")
    if status == Status.ARRIVE:
        return mark_arrived(actor=actor, appointment_id=appointment_id)
    if status == Status.ABSENT:
        return mark_absent(actor=actor, appointment_id=appointment_id)
    if status == Status.ANNULE:
        return cancel_appointment(actor=actor, appointment_id=appointment_id)
    raise IllegalMove(to_status=status)


def send_reminders() -> int:
    """Tell whom we expect tomorrow, once; returns how many. The mark follows the listeners, who are safe to hear it
    twice: what a crash, or one that failed, leaves untold is told by the next run."""
    count = 0
    for pk, starts_at in list(queries.to_remind().values_list("pk", "starts_at")):
        if appointment_reminder_due.send(appointment_id=pk):
            same = Appointment.objects.filter(pk=pk, reminded_at=None, starts_at=starts_at)
            count += same.update(reminded_at=timezone.now())
    return count
