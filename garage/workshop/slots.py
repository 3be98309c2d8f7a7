"""When lifts and mechanics work and when they are free. Pure: no ORM, no clock.

Time is counted in quarters of an hour since 1970 in UTC. Opening hours are said in local time and become quarters
once, so a day of 23 or 25 hours needs no further care. A closing at the stroke of a changing clock is taken as it is
before the change (PEP 495, fold 0).
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import ROUND_CEILING, Decimal
from itertools import pairwise, product

from garage.quotes.models import Skill

SECONDS = 900  # in a quarter
A_DAY = 96  # quarters
STEP = 2  # offered times begin on full and half hours
LONGEST_PAUSE = 4 * A_DAY  # work stands still over a night or a long weekend, not over a holiday
LEVELS = {Skill.T1.value: 1, Skill.T2.value: 2, Skill.T3.value: 3}


@dataclass(frozen=True)
class Opening:
    """From `opens` until `closes` on a `weekday` (Monday is 0), local time."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True)
class Timetable:
    """One lift or mechanic: the quarters it works (ascending) and those of them that are taken."""

    pk: int
    open: tuple[int, ...]
    taken: frozenset[int] = frozenset()
    skill: str = ""


@dataclass(frozen=True)
class Stretch:
    """Work laid into opening hours. The lift is taken from the first quarter to the last, also while a mechanic with
    shorter hours is away; the mechanic for the quarters he works. `end` is the first quarter after it."""

    start: int
    end: int
    lift: tuple[int, ...]
    work: tuple[int, ...]


@dataclass(frozen=True)
class Place:
    """A stretch on a lift with a mechanic (none where the garage has entered no mechanic)."""

    lift: Timetable
    mechanic: Timetable | None
    stretch: Stretch

    @property
    def mechanic_pk(self) -> int | None:
        return self.mechanic.pk if self.mechanic else None

    @property
    def is_free(self) -> bool:
        free = self.lift.taken.isdisjoint(self.stretch.lift)
        return free and (self.mechanic is None or self.mechanic.taken.isdisjoint(self.stretch.work))


def quarter(moment: datetime) -> int:
    """The quarter that `moment` lies in."""
    return int(moment.timestamp() // SECONDS)


def moment(number: int) -> datetime:
    """When a quarter begins, in UTC."""
    return datetime.fromtimestamp(number * SECONDS, UTC)


def quarters_needed(hours: Decimal) -> int:
    """Hours of work in quarters, rounded up; at least one."""
    return max(1, int((hours * 4).to_integral_value(ROUND_CEILING)))


def days_from(first: date, count: int) -> list[date]:
    return [first + timedelta(days=ahead) for ahead in range(count)]


def open_quarters(
    days: Iterable[date], openings: Sequence[Opening], closed: frozenset[date], zone: tzinfo
) -> set[int]:
    """The whole quarters inside the opening hours of the days that are not closed."""
    found: set[int] = set()
    for day in days:
        if day in closed:
            continue
        for opening in openings:
            if opening.weekday == day.weekday():
                first = datetime.combine(day, opening.opens, zone).timestamp()
                last = datetime.combine(day, opening.closes, zone).timestamp()
                found.update(range(int(-(-first // SECONDS)), int(last // SECONDS)))
    return found


def can_do(mechanic: str, needed: str) -> bool:
    """Whether a mechanic of this highest skill does work that needs `needed` (empty: anybody does it)."""
    if not needed or mechanic == needed:
        return True
    return needed in LEVELS and LEVELS.get(mechanic, 0) >= LEVELS[needed]


def common(lift: Timetable, mechanic: Timetable | None) -> list[int]:
    """The quarters in which work goes on."""
    return list(lift.open) if mechanic is None else sorted(set(lift.open).intersection(mechanic.open))


def lay(start: int, need: int, lift: Timetable, worked: Sequence[int]) -> Stretch | None:
    """`need` quarters of work from `start` on, over breaks, nights and weekends; None when nobody works at `start`,
    or when the work would stand still for longer than LONGEST_PAUSE."""
    first = bisect_left(worked, start)
    work = tuple(worked[first : first + need])
    if len(work) < need or work[0] != start:
        return None
    if any(later - earlier > LONGEST_PAUSE for earlier, later in pairwise(work)):
        return None
    end = work[-1] + 1
    return Stretch(start, end, lift.open[bisect_left(lift.open, start) : bisect_left(lift.open, end)], work)


def pairs(
    lifts: Sequence[Timetable], mechanics: Sequence[Timetable], skill: str = ""
) -> list[tuple[Timetable, Timetable | None]]:
    """Who can do it where. Without any mechanic entered, lifts alone are booked."""
    if not mechanics:
        return [(lift, None) for lift in lifts]
    return list(product(lifts, [one for one in mechanics if can_do(one.skill, skill)]))


def places(start: int, need: int, among: Iterable[tuple[Timetable, Timetable | None]]) -> list[Place]:
    """Where work of this length can begin at `start` by the opening hours, free or not."""
    laid = ((lift, mechanic, lay(start, need, lift, common(lift, mechanic))) for lift, mechanic in among)
    return [Place(lift, mechanic, stretch) for lift, mechanic, stretch in laid if stretch]


def best(free: Iterable[Place]) -> Place:
    """Among free places: the soonest ready, then the mechanic whose skill is least rare, then the one with least to
    do, so that work is shared out."""
    def worth(place: Place) -> tuple[int, int, int, int]:
        mechanic = place.mechanic
        level = LEVELS.get(mechanic.skill, 0) if mechanic else 0
        return place.stretch.end, level, len(mechanic.taken) if mechanic else 0, len(place.lift.taken)

    return min(free, key=worth)


def offers(
    need: int, among: Sequence[tuple[Timetable, Timetable | None]], days: Iterable[date], zone: tzinfo, earliest: int
) -> list[tuple[int, int]]:
    """(start, end) of the times to offer on `days`, ascending, none before `earliest`.

    Work that fits into a day ends on the day it begins; longer work begins when a day begins.
    """
    wanted = set(days)
    found: dict[int, int] = {}
    for lift, mechanic in among:
        worked = common(lift, mechanic)
        by_day: dict[date, list[int]] = {}
        for number in worked:
            by_day.setdefault(moment(number).astimezone(zone).date(), []).append(number)
        longest = max(map(len, by_day.values()), default=0)
        for day in wanted & by_day.keys():
            starts = by_day[day] if need <= longest else by_day[day][:1]
            for start in starts:
                if start < earliest or start % STEP:
                    continue
                stretch = lay(start, need, lift, worked)
                if stretch is None or (need <= longest and stretch.end - 1 > by_day[day][-1]):
                    continue
                if Place(lift, mechanic, stretch).is_free:
                    found[start] = min(stretch.end, found.get(start, stretch.end))
    return sorted(found.items())
