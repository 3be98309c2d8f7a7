"""When a repair will be done, from the hours left and the hours that the garage works."""

from bisect import bisect_left
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from garage.workshop import slots
from garage.workshop.models import Closure, OpeningHours, RepairOrder, RepairPart, RepairTask, TimeEntry
from garage.workshop.queries.repairs import clocked_hours

AHEAD = 60  # days looked at
OPEN_TASKS = (RepairTask.Status.A_FAIRE, RepairTask.Status.EN_COURS)
Status = RepairOrder.Status


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, timezone.get_default_timezone())


def _openings(mechanic_id: int | None) -> list[slots.Opening]:
    """The mechanic's own hours where he has some, else the garage's."""
    rows = list(OpeningHours.objects.filter(Q(resource=mechanic_id) | Q(resource=None)))
    own = [row for row in rows if row.resource_id is not None] or rows
    return [slots.Opening(row.weekday, row.opens, row.closes) for row in own]


def closing_time(day: date, mechanic_id: int | None = None) -> datetime | None:
    """When work ends that day; None when there is none."""
    ends = [row.closes for row in _openings(mechanic_id) if row.weekday == day.weekday()]
    return _at(day, max(ends)) if ends else None


def finish(start: datetime, hours: Decimal, mechanic_id: int | None = None) -> datetime | None:
    """When work of so many hours begun at `start` is done within the hours worked; where none are entered, at once
    after it. None when AHEAD days do not suffice."""
    openings = _openings(mechanic_id)
    if not hours or not openings:
        return start + timedelta(hours=float(hours))
    days = slots.days_from(timezone.localdate(start), AHEAD)
    closures = Closure.objects.filter(
        Q(resource=mechanic_id) | Q(resource=None), first_day__lte=days[-1], last_day__gte=days[0]
    )
    shut = list(closures.values_list("first_day", "last_day"))
    closed = frozenset(day for day in days if any(first <= day <= last for first, last in shut))
    worked = sorted(slots.open_quarters(days, openings, closed, timezone.get_default_timezone()))
    end = bisect_left(worked, slots.quarter(start)) + slots.quarters_needed(hours)
    return timezone.localtime(slots.moment(worked[end - 1] + 1)) if end <= len(worked) else None


def hours_left(order: RepairOrder, now: datetime) -> Decimal:
    """Planned hours of the open tasks, less what was clocked on each. Tasks and entries prefetched."""
    tasks = [task for task in order.tasks.all() if task.status in OPEN_TASKS]
    clocked = clocked_hours(tasks, now)
    return sum((max(task.planned_hours - clocked[task.pk], Decimal(0)) for task in tasks), Decimal(0))


def forecast(order: RepairOrder, now: datetime | None = None) -> datetime | None:
    """When the work will be done if it goes on now, not before the missing parts are expected. None when it is done,
    or cannot be told. Tasks, entries and parts prefetched."""
    now = now or timezone.now()
    if order.status not in RepairOrder.HERE or order.status == Status.PRET:
        return None
    expected = [part.expected_on for part in order.parts.all() if part.to_order and part.expected_on]
    start = max([now, *(_at(day, time()) for day in expected)])
    return finish(start, hours_left(order, now), order.mechanic_id)


def slips(order: RepairOrder, now: datetime) -> bool:
    """Whether it will not be ready when promised."""
    if order.promised_at is None or order.status == Status.PRET:
        return False
    done = forecast(order, now)
    return now > order.promised_at or (done is not None and done > order.promised_at)


def promised() -> QuerySet[RepairOrder]:
    """Orders of vehicles at work with a promise nobody was warned about, with what a forecast reads."""
    rows = RepairOrder.objects.filter(
        status__in=[s for s in RepairOrder.HERE if s != Status.PRET], promised_at__isnull=False, slip_told_at=None
    )
    return rows.order_by("promised_at").prefetch_related(
        Prefetch("tasks", RepairTask.objects.prefetch_related(Prefetch("entries", TimeEntry.objects.all()))),
        Prefetch("parts", RepairPart.objects.filter(to_order__gt=0)),
    )
