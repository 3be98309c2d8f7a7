"""When a vehicle is due for what: pure arithmetic of days and kilometres. No ORM.

Days are counted as the law counts them: a delay in months ends on the day of the same number, or on the last day of a
shorter month (code de procédure civile, art. 641), so 29 February + 12 months is 28 February.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import ceil

from dateutil.relativedelta import relativedelta
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Conflict

# level → its rung of the ladder: days left, and kilometres left for what is also due by distance
LADDER = {"INFO": 30, "PROCHE": 7, "ECHU": 0}
KM_LADDER = {"INFO": 1000, "PROCHE": 250, "ECHU": 0}
LEVEL_OF = {days: level for level, days in LADDER.items()}
FORECAST_DAYS = 90
SHORTEST_SPAN = 7  # days: two readings of the same week say nothing about a month
FARTHEST = 36500  # days: a forecast beyond a century is none
FOLLOW_UP_DAYS = 7
EXPIRES_SOON_DAYS = 3
ALMOST_SOLD_OUT = 2

Reading = tuple[date, int]


class AlertClosed(Conflict):
    code = "alert_closed"
    message = _("This alert is closed already.")


class NothingToQuote(Conflict):
    code = "nothing_to_quote"
    message = _("Nothing can be quoted for an alert of this kind.")


class NoLabourRate(Conflict):
    code = "no_labour_rate"
    message = _("No hourly labour rate is in force today: add one first.")


def add_months(day: date, months: int) -> date:
    return day + relativedelta(months=months)


def rung(due_on: date | None, today: date, km_left: int | None = None) -> int | None:
    """The lowest rung of the ladder reached by date or by distance (30, 7 or 0), None above it all."""
    days_left = None if due_on is None else (due_on - today).days
    reached = [
        days
        for level, days in LADDER.items()
        if (days_left is not None and days_left <= days) or (km_left is not None and km_left <= KM_LADDER[level])
    ]
    return min(reached, default=None)


# --- Kilometres -----------------------------------------------------------------------------------------------
def km_per_day(readings: Sequence[Reading], today: date) -> Fraction | None:
    """The pace of the last 90 days, from their first reading to their last; None when these are not a week apart."""
    recent = sorted(r for r in readings if timedelta() <= today - r[0] <= timedelta(FORECAST_DAYS))
    if not recent:
        return None
    (first, km_then), (last, km_now) = recent[0], recent[-1]
    days = (last - first).days
    return Fraction(max(km_now - km_then, 0), days) if days >= SHORTEST_SPAN else None


def day_of_km(due_km: int, readings: Sequence[Reading], today: date) -> date | None:
    """The day on which the odometer showed `due_km`, or will at the present pace. None when nobody can tell: no
    reading, no pace, or a vehicle that stands still."""
    past = sorted(r for r in readings if r[0] <= today)
    reached = [day for day, km in past if km >= due_km]
    if reached:
        return reached[0]
    pace = km_per_day(past, today)
    if not pace:
        return None
    day, km = past[-1]
    days = ceil((due_km - km) / pace)
    return day + timedelta(days) if days <= FARTHEST else None


# --- Maintenance ----------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Due:
    """`on` is the first of the date by the calendar and the day on which `km` is reached (`by_km` says that it is the
    latter); `km_left` is counted from the last reading."""

    on: date | None = None
    km: int | None = None
    km_left: int | None = None
    by_km: bool = False


def next_service(
    *, months: int | None, km: int | None, since: date, since_km: int | None, readings: Sequence[Reading], today: date
) -> Due:
    """When a service of an interval is due that was last done on `since` at `since_km`: by date or by distance,
    whichever comes first."""
    by_date = add_months(since, months) if months else None
    if not km or since_km is None:
        return Due(by_date)
    due_km = since_km + km
    by_distance = day_of_km(due_km, readings, today)
    past = sorted(r for r in readings if r[0] <= today)
    left = due_km - max(n for _day, n in past) if past else None
    first = min((day for day in (by_date, by_distance) if day), default=None)
    return Due(first, due_km, left, by_km=by_distance is not None and by_distance == first != by_date)


def presumed_on(first_registration: date | None, months: int | None, known_on: date) -> date:
    """When a service of unknown history counts as last done: at its last turn, from the first registration on, before
    the garage came to know the vehicle. Without a registration, on that day."""
    if first_registration is None or first_registration > known_on or not months:
        return known_on
    gap = relativedelta(known_on, first_registration)
    turns = (gap.years * 12 + gap.months) // months
    # relativedelta counts a month short where the law rounds the end of February down.
    if add_months(first_registration, (turns + 1) * months) <= known_on:
        turns += 1
    return add_months(first_registration, turns * months)


def presumed_km(first_km: int | None, every_km: int | None) -> int | None:
    """At what distance a service of unknown history counts as last done: its last turn before the first reading."""
    return None if first_km is None or not every_km else first_km // every_km * every_km


# --- Technical inspection -------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Terms:
    """What the law asks of a vehicle: first `first_months` after its registration or on `first_due_on`, then every
    `every_months`; a retest within `retest_months`."""

    every_months: int
    first_months: int | None = None
    first_due_on: date | None = None
    retest_months: int = 2


def first_inspection(terms: Terms, first_registration: date) -> date | None:
    if terms.first_due_on:
        return terms.first_due_on
    return add_months(first_registration, terms.first_months) if terms.first_months else None


def after_inspection(terms: Terms, on: date, outcome: str, failed_on: date | None = None) -> date:
    """Until when an inspection is good: A the whole period, counted from the failed one that this retests; S (major
    defects) two months for the retest; R (critical defects) the same day only (code de la route, art. R323-22)."""
    if outcome == "A":
        in_time = failed_on is not None and on <= add_months(failed_on, terms.retest_months)
        return add_months(failed_on if failed_on and in_time else on, terms.every_months)
    return add_months(on, terms.retest_months) if outcome == "S" else on


def next_inspection(
    terms: Terms, *, noted: date | None, first_registration: date | None, known_on: date
) -> date | None:
    """The day noted for the vehicle, else that of its first inspection. None for one that was due before the garage
    knew the vehicle: it was surely done, on a day that only its owner can tell."""
    if noted:
        return noted
    first = first_inspection(terms, first_registration) if first_registration else None
    return first if first and first >= known_on else None


def next_pollution_check(
    terms: Terms, periodic: Terms, *, noted: date | None, first_registration: date | None,
    last_periodic: date | None, last_check: date | None, known_on: date,
) -> date | None:
    """A van's check between two inspections: a year after each (code de la route, art. R323-22 II). The day of the
    last inspection is the recorded one, else what the noted day of the next tells."""
    if last_periodic is None:
        first = first_inspection(periodic, first_registration) if first_registration else None
        if noted is None or first is None or noted <= first:
            return None
        last_periodic = add_months(noted, -periodic.every_months)
        if add_months(last_periodic, terms.every_months) < known_on:
            return None
    if last_check and last_check > last_periodic:
        return None
    return add_months(last_periodic, terms.every_months)


# --- Quotes and stock -----------------------------------------------------------------------------------------
def follow_up_rung(sent_on: date, valid_until: date, today: date) -> int | None:
    """A quote without an answer: after a week (30), three days before it expires (7), on its last day (0)."""
    left = (valid_until - today).days
    if left <= 0:
        return 0
    if left <= EXPIRES_SOON_DAYS:
        return 7
    return 30 if (today - sent_on).days >= FOLLOW_UP_DAYS else None


def stock_rung(stock: int) -> int:
    """A part that is low: 0 for none left, 7 for the last ones."""
    if stock <= 0:
        return 0
    return 7 if stock <= ALMOST_SOLD_OUT else 30
