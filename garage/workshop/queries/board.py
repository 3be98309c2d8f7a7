"""The board of the workshop: days or one day by lift and mechanic, in five queries however full it is."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils import timezone

from garage.workshop import slots
from garage.workshop.models import Appointment, Closure, Resource
from garage.workshop.queries import appointments as queries


@dataclass(frozen=True)
class Block:
    """An appointment on one day of one row."""

    appointment: Appointment
    resource: Resource
    begins_here: bool
    ends_here: bool
    in_conflict: bool  # the garage, this lift or mechanic is closed on this day


@dataclass(frozen=True)
class Cell:
    day: date
    resource: Resource
    closed: Closure | None
    is_open: bool
    blocks: list[Block]


@dataclass(frozen=True)
class Row:
    """`load`: per cent of the hours of these days that are taken; none when there are no hours."""

    resource: Resource
    cells: list[Cell]
    load: int | None


@dataclass(frozen=True)
class Line:
    """A quarter of an hour of the board of one day. A `Span` stands in the line it begins in; None: one goes on."""

    number: int
    spans: list["Span | None"]


@dataclass
class Span:
    """Some lines of one column: blocks (seldom more than one), or nothing."""

    resource: Resource
    number: int
    lines: int = 1
    is_open: bool = True
    blocks: list[Block] = field(default_factory=list)


@dataclass(frozen=True)
class Board:
    days: list[date]
    today: date
    rows: list[Row]
    closed: dict[date, Closure]  # the whole garage
    lines: list[Line]  # of the first day, where only one is shown
    appointments: list[Appointment]

    def on(self, day: date) -> list[Appointment]:
        """Those of one of its days, by time."""
        return [one for one in self.appointments if _span(one)[0] <= day <= _span(one)[1]]


def _span(appointment: Appointment) -> tuple[date, date]:
    last = queries.local(appointment.ends_at - timedelta(minutes=1)).date()
    return queries.local(appointment.starts_at).date(), last


def board(first: date, days: int) -> Board:
    """What stands on the `days` from `first` on."""
    shown = slots.days_from(first, days)
    plan = queries.plan(first, shown[-1])
    appointments = list(queries.between(first, shown[-1]))
    open_on = {
        pk: {queries.local(slots.moment(number)).date() for number in table.open} for pk, table in plan.tables.items()
    }

    def blocks(resource: Resource, day: date) -> list[Block]:
        found, closed = [], plan.closed_on(day, resource) is not None
        for one in appointments:
            begins, ends = _span(one)
            if resource.pk not in (one.lift_id, one.mechanic_id) or not begins <= day <= ends:
                continue
            # Over a night or a weekend it stands on the days on which there is work, and where it was booked.
            if day in open_on[resource.pk] or day == begins:
                found.append(Block(one, resource, day == begins, day == ends, closed))
        return found

    rows = [
        Row(
            resource,
            [
                Cell(day, resource, plan.closed_on(day, resource), day in open_on[resource.pk], blocks(resource, day))
                for day in shown
            ],
            _load(plan.tables[resource.pk]),
        )
        for resource in plan.resources
    ]
    closed = {day: closure for day in shown if (closure := plan.closed_on(day))}
    lines = _lines(plan, rows, first) if days == 1 else []
    return Board(shown, timezone.localdate(), rows, closed, lines, appointments)


def _load(table: slots.Timetable) -> int | None:
    return round(100 * len(table.taken.intersection(table.open)) / len(table.open)) if table.open else None


def _lines(plan: queries.Plan, rows: list[Row], day: date) -> list[Line]:
    """The quarters of a day from the first to the last that is worked or booked, each column cut into spans."""
    blocks = [block for row in rows for cell in row.cells for block in cell.blocks]
    midnight = slots.quarter(queries.local_midnight(day))
    end_of_day = slots.quarter(queries.local_midnight(day + timedelta(days=1)))

    def bounds(block: Block) -> tuple[int, int]:
        begin = slots.quarter(block.appointment.starts_at)
        return max(begin, midnight), min(slots.quarter(block.appointment.ends_at), end_of_day)

    worked = [number for table in plan.tables.values() for number in table.open]
    edges = worked + [n for block in blocks for n in (bounds(block)[0], bounds(block)[1] - 1)]
    if not edges:
        return []
    first, last = min(edges), max(edges)
    first -= first % 4  # begins with a full hour
    columns = []
    for row in rows:
        worked_here = set(plan.tables[row.resource.pk].open)
        spans = {
            number: Span(row.resource, number, is_open=number in worked_here) for number in range(first, last + 1)
        }
        holder, until = spans[first], first
        for block in (block for cell in row.cells for block in cell.blocks):
            begin, end = bounds(block)
            if begin >= until:
                holder, until = spans[begin], begin
            # One that nobody came to may lie under its successor: both share a span.
            for number in range(max(until, holder.number + 1), end):
                del spans[number]
            until = max(until, end)
            holder.lines = until - holder.number
            holder.blocks.append(block)
        columns.append([spans.get(number) for number in range(first, last + 1)])
    return [Line(first + n, list(spans)) for n, spans in enumerate(zip(*columns, strict=True))]
