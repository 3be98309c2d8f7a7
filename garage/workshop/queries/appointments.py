"""Reads, rights and locks of appointments; when lifts and mechanics are free."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core import signing
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from config.lib.errors import NotFound
from garage.clients import queries as clients
from garage.quotes import queries as quotes
from garage.quotes.models import LineKind, Package, Quote
from garage.vehicles.models import Status as VehicleStatus
from garage.vehicles.models import Vehicle
from garage.workshop import rules, slots
from garage.workshop.models import Appointment, Closure, OpeningHours, RepairOrder, Resource, SlotTaken

Kind, Status = Resource.Kind, Appointment.Status
FEED_SALT = "garage.workshop.feed"
RUN_ON = 21  # days after the last one that work begun on it may go on
MOST_DAYS = 92  # looked through at once


def visible_to(user: Any) -> QuerySet[Appointment]:
    """Staff see all; anybody else the appointments of the clients he may see."""
    rows = Appointment.objects.select_related("client", "vehicle", "quote", "lift", "mechanic")
    return rows if clients.works_here(user) else rows.filter(client__in=clients.visible_to(user))


def get_for(user: Any, pk: Any, right: str = "read") -> Appointment:
    """One appointment with the right to "read", "cancel" (its client too) or "write" it. NotFound, Forbidden."""
    row = visible_to(user).filter(pk=pk).first()
    if row is None:
        raise NotFound
    if right == "write":
        clients.require_staff(user)
    return row


def may_cancel(user: Any, appointment: Appointment) -> bool:
    """Whether its status and the time left allow this person, who may read it, to cancel."""
    if not appointment.can_move(Status.ANNULE):
        return False
    limit = appointment.starts_at - timedelta(hours=settings.GARAGE_CANCEL_HOURS)
    return clients.works_here(user) or timezone.now() <= limit


def mine(user: Any) -> QuerySet[Appointment]:
    """Of this person and his companies, also for staff; those to come first."""
    linked = Q(client__user=user) | Q(client__company__in=user.memberships.values("company"))
    return Appointment.objects.filter(linked).select_related("client", "vehicle", "lift").order_by("-starts_at", "-pk")


def to_come(rows: QuerySet[Appointment]) -> QuerySet[Appointment]:
    return rows.filter(status=Status.CONFIRME, ends_at__gt=timezone.now()).order_by("starts_at", "pk")


def expected_today(user: Any) -> QuerySet[Appointment]:
    """Vehicles awaited today, and those that came and are not received yet, by their hour. Staff."""
    clients.require_staff(user)
    midnight = local_midnight(timezone.localdate())
    rows = visible_to(user).filter(
        status__in=[Status.CONFIRME, Status.ARRIVE], starts_at__gte=midnight,
        starts_at__lt=local_midnight(timezone.localdate() + timedelta(days=1)),
    )
    received = RepairOrder.objects.filter(
        Q(appointment=OuterRef("pk")) | Q(quote__isnull=False, quote=OuterRef("quote")), received_at__isnull=False
    )
    return rows.exclude(Exists(received)).select_related("repair_order").order_by("starts_at", "pk")


def locked(pk: int) -> Appointment:
    return Appointment.objects.select_for_update().get(pk=pk)


def lock_resources() -> None:
    """Bookings take turns: who waits here sees what the one before took. Under it stands the unique constraint."""
    list(Resource.objects.select_for_update(no_key=True).filter(is_active=True).order_by("pk").values_list("pk"))


# --- Lifts, mechanics and their hours --------------------------------------------------------------------------
def resources() -> list[Resource]:
    """Those in use, lifts first."""
    return list(Resource.objects.filter(is_active=True).order_by("-kind", "position", "name", "pk"))


def local(moment: datetime) -> datetime:
    """A moment as the clock in the garage shows it."""
    return moment.astimezone(timezone.get_default_timezone())


def local_midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_default_timezone())


@dataclass(frozen=True)
class Plan:
    """Everything about some days, read in four queries whatever their number."""

    first: date
    last: date
    resources: list[Resource]
    tables: dict[int, slots.Timetable]
    closures: list[Closure]

    def of(self, kind: str) -> list[slots.Timetable]:
        return [self.tables[row.pk] for row in self.resources if row.kind == kind]

    def pairs(
        self, skill: str = "", lift_id: int | None = None, mechanic_id: int | None = None
    ) -> list[tuple[slots.Timetable, slots.Timetable | None]]:
        """Who can do it where; a mechanic who is named does it whatever his skill."""
        lifts = [table for table in self.of(Kind.PONT) if lift_id in (None, table.pk)]
        mechanics = self.of(Kind.MECANICIEN)
        if mechanic_id is None:
            return slots.pairs(lifts, mechanics, skill)
        return [(lift, table) for lift in lifts for table in mechanics if table.pk == mechanic_id]

    def closed_on(self, day: date, resource: Resource | None = None) -> Closure | None:
        """Why the garage, or this lift or mechanic, is closed on a day."""
        of = {None, resource.pk if resource else None}
        return next((c for c in self.closures if c.resource_id in of and c.first_day <= day <= c.last_day), None)


def plan(first: date, last: date, *, but: int | None = None) -> Plan:
    """The timetables of `first` to `last`, both included. What the appointment `but` takes counts as free."""
    rows = resources()
    openings: dict[int | None, list[slots.Opening]] = {}
    for opening in OpeningHours.objects.all():
        openings.setdefault(opening.resource_id, []).append(
            slots.Opening(opening.weekday, opening.opens, opening.closes)
        )
    closures = list(Closure.objects.filter(first_day__lte=last, last_day__gte=first).order_by("resource", "first_day"))
    taken: dict[int, set[int]] = {}
    held = SlotTaken.objects.filter(
        starts_at__gte=local_midnight(first), starts_at__lt=local_midnight(last + timedelta(days=1))
    )
    for resource_id, starts_at in held.exclude(appointment=but).values_list("resource_id", "starts_at"):
        taken.setdefault(resource_id, set()).add(slots.quarter(starts_at))

    zone = timezone.get_default_timezone()
    days = slots.days_from(first, (last - first).days + 1)

    def shut(resource_id: int | None) -> frozenset[date]:
        ours = [c for c in closures if c.resource_id in (None, resource_id)]
        return frozenset(day for day in days if any(c.first_day <= day <= c.last_day for c in ours))

    garage = slots.open_quarters(days, openings.get(None, []), frozenset(), zone)
    tables = {}
    for row in rows:
        closed, own = shut(row.pk), openings.get(row.pk)
        working = slots.open_quarters(days, own or openings.get(None, []), closed, zone) & garage
        tables[row.pk] = slots.Timetable(
            row.pk, tuple(sorted(working)), frozenset(taken.get(row.pk, ())), row.skill
        )
    return Plan(first, last, rows, tables, closures)


@dataclass(frozen=True)
class FreeSlot:
    starts_at: datetime
    ends_at: datetime


def free_slots(
    *, hours: Decimal, from_day: date, days: int, skill: str = "", earliest: datetime | None = None,
    lift_id: int | None = None, mechanic_id: int | None = None, but: int | None = None,
) -> list[FreeSlot]:
    """When work of `hours` can begin on the `days` (at most MOST_DAYS) from `from_day` on, never in the past.

    Times are offered every half hour. Four queries, however long the span.
    """
    now = timezone.now()
    days = min(days, MOST_DAYS)
    begin = max(from_day, timezone.localdate())
    wanted = slots.days_from(begin, (from_day + timedelta(days=days) - begin).days)
    if not wanted:
        return []
    found = slots.offers(
        slots.quarters_needed(hours),
        plan(begin, wanted[-1] + timedelta(days=RUN_ON), but=but).pairs(skill, lift_id, mechanic_id),
        wanted, timezone.get_default_timezone(), slots.quarter(max(earliest or now, now)) + 1,
    )
    return [FreeSlot(slots.moment(start), slots.moment(end)) for start, end in found]


def vehicle_of_plate(plate: str) -> Vehicle | None:
    """The vehicle in use with this plate; None when there is none, or one in each of two countries."""
    rows = list(Vehicle.objects.filter(plate=plate, status=VehicleStatus.ACTIF)[:2])
    return rows[0] if len(rows) == 1 else None


# --- What a quote or package asks for --------------------------------------------------------------------------
def packages() -> list[Package]:
    """Those in use, with their lines."""
    return list(Package.objects.filter(is_active=True).prefetch_related("lines"))


def of_quote(quote_id: int | OuterRef) -> QuerySet[Appointment]:
    """The appointments of a quote that stand: to come, or its vehicle is here."""
    return Appointment.objects.filter(quote=quote_id, status__in=[Status.CONFIRME, Status.ARRIVE])


def bookable_quotes(user: Any, vehicle: Vehicle | None) -> list[Quote]:
    """Sent or accepted quotes of a vehicle that have no appointment to come yet, the vehicle not received for them."""
    booked = of_quote(OuterRef("pk"))
    rows = quotes.visible_to(user).filter(vehicle=vehicle, status__in=[Quote.Status.ENVOYE, Quote.Status.ACCEPTE])
    rows = rows.exclude(Exists(booked)).exclude(repair_order__received_at__isnull=False)
    return list(rows.prefetch_related("lines").order_by("-pk")[:5])


def package_needs(package: Package) -> tuple[Decimal, str]:
    """Hours and the highest skill of one package, as quotes.queries.with_hours counts the line that it becomes."""
    labour = [line for line in package.lines.all() if line.kind == LineKind.MAIN_OEUVRE]
    hours = package.hours or sum((line.quantity for line in labour), Decimal(0))
    return hours, highest(line.skill for line in labour)


def quote_needs(quote: Quote | None) -> tuple[Decimal, str]:
    """Hours and the highest skill of the lines that count. One hour and no skill where no quote, or none of its lines,
    asks for work."""
    if quote is None:
        return rules.WORDS_ALONE, ""
    hours, found = Decimal(0), []
    for line in quotes.with_hours(quote.lines.select_related("package").prefetch_related("package__lines")):
        if line.accepted is False:
            continue
        hours += line.hours
        if line.kind == LineKind.MAIN_OEUVRE:
            found.append(line.skill)
        elif line.kind == LineKind.FORFAIT and line.package:
            found.append(package_needs(line.package)[1])
    return hours or rules.WORDS_ALONE, highest(found)


def highest(found: Iterable[str]) -> str:
    """The highest of some skills. Bodywork counts only where nothing else is asked for: one mechanic does the work,
    and who repairs is found before who paints."""
    levels = [skill for skill in found if skill]
    return max(levels, key=lambda skill: slots.LEVELS.get(skill, 0), default="")


# --- Closures, reminders, load -----------------------------------------------------------------------------------
def in_conflict(closure: Closure) -> QuerySet[Appointment]:
    """Appointments to come on days that this closure closes."""
    rows = to_come(Appointment.objects.select_related("client", "vehicle", "lift", "mechanic")).filter(
        starts_at__lt=local_midnight(closure.last_day + timedelta(days=1)),
        ends_at__gt=local_midnight(closure.first_day),
    )
    if closure.resource_id:
        rows = rows.filter(Q(lift=closure.resource_id) | Q(mechanic=closure.resource_id))
    return rows


def to_remind() -> QuerySet[Appointment]:
    """Those of tomorrow whose client was not reminded. Who booked today remembers."""
    tomorrow = timezone.localdate() + timedelta(days=1)
    return Appointment.objects.filter(
        status=Status.CONFIRME, reminded_at=None, created_at__lt=local_midnight(timezone.localdate()),
        starts_at__gte=local_midnight(tomorrow), starts_at__lt=local_midnight(tomorrow + timedelta(days=1)),
    ).order_by("starts_at", "pk")


def between(first: date, last: date) -> QuerySet[Appointment]:
    """What stands on the board of these days; who cancelled is not there."""
    return Appointment.objects.exclude(status=Status.ANNULE).filter(
        starts_at__lt=local_midnight(last + timedelta(days=1)), ends_at__gt=local_midnight(first)
    ).select_related("client", "vehicle", "lift", "mechanic").order_by("starts_at", "pk")


# --- A mechanic's calendar ---------------------------------------------------------------------------------------
def feed_token(mechanic: Resource) -> str:
    """The signed part of the calendar's address. A new `feed_version` ends it."""
    return signing.Signer(salt=FEED_SALT).sign(f"{mechanic.pk}.{mechanic.feed_version}").replace(":", "~")


def feed_url(mechanic: Resource) -> str:
    """The calendar's address, absolute. People keep it in their applications: its path never changes."""
    return f"{settings.SITE_URL}/garage/agenda/{feed_token(mechanic)}/agenda.ics"


def mechanic_for_token(token: str) -> Resource | None:
    """Whose calendar it is; None when altered, renewed since, or of somebody who left."""
    try:
        value = signing.Signer(salt=FEED_SALT).unsign(token.replace("~", ":"))
        pk, _dot, version = value.partition(".")
        return Resource.objects.filter(
            pk=int(pk), feed_version=int(version), kind=Kind.MECANICIEN, is_active=True
        ).first()
    except (signing.BadSignature, ValueError):
        return None


def feed_of(mechanic: Resource, since: datetime) -> QuerySet[Appointment]:
    """His appointments, cancelled ones too; `changes` counts what happened to each."""
    return Appointment.objects.filter(mechanic=mechanic, ends_at__gte=since).select_related(
        "client", "vehicle", "lift"
    ).annotate(changes=Count("history")).order_by("starts_at", "pk")
