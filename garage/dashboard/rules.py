"""Periods of the dashboard: which days are looked at, and which they are compared with. No ORM."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.lib.errors import DomainError

LONGEST = 366 * 5  # days
FIRST = date(2000, 1, 1)
DAILY = 62  # days: longer periods are drawn by month


class BadPeriod(DomainError):
    """`errors` names the field, `from` or `to`."""

    code = "invalid_period"
    status = 400
    message = gettext_lazy("This period cannot be shown.")


@dataclass(frozen=True)
class Period:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def by(self) -> str:
        return "day" if (self.last - self.first).days < DAILY else "month"

    @property
    def buckets(self) -> list[date]:
        """The days, or the first days of the months, that a chart has."""
        if self.by == "day":
            return [self.first + timedelta(n) for n in range((self.last - self.first).days + 1)]
        month, found = self.first.replace(day=1), []
        while month <= self.last:
            found.append(month)
            month += relativedelta(months=1)
        return found

    @property
    def previous(self) -> "Period":
        """What it is compared with: as many months before where it begins with a month (so the first 21 days of
        November with those of October, and a quarter with the one before), else as many days."""
        if self.first.day == 1:
            gap = relativedelta(self.last + timedelta(1), self.first)
            months = relativedelta(months=gap.years * 12 + gap.months + (1 if gap.days else 0))
            last = self.last - months
            if self.last.day == monthrange(self.last.year, self.last.month)[1]:
                last = last + relativedelta(day=31)
            return Period(self.first - months, last)
        days = (self.last - self.first).days + 1
        return Period(self.first - timedelta(days), self.first - timedelta(1))


def period(first: date | None, last: date | None, today: date) -> Period:
    """This month until today where nothing is said; BadPeriod for one that is empty, too long or out of reach."""
    last = last or (today if first is None or first <= today else first)
    first = first or last.replace(day=1)
    errors: dict[str, list[Any]] = {}
    if not FIRST <= first <= today.replace(year=today.year + 1, day=1):
        errors["from"] = [_("Choose a day between 2000 and next year.")]
    elif last < first:
        errors["to"] = [_("The end comes before the start.")]
    elif (last - first).days > LONGEST:
        errors["to"] = [_("Choose five years at most.")]
    if errors:
        raise BadPeriod(errors=errors)
    return Period(first, last)


def presets(today: date) -> Iterator[tuple[str, Period]]:
    month, year = today.replace(day=1), today.replace(month=1, day=1)
    quarter = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    before = month - timedelta(1)
    yield _("This month"), Period(month, today)
    yield _("Last month"), Period(before.replace(day=1), before)
    yield _("This quarter"), Period(quarter, today)
    yield _("Last quarter"), Period(quarter - relativedelta(months=3), quarter - timedelta(1))
    yield _("This year"), Period(year, today)
    yield _("Last year"), Period(year - relativedelta(years=1), year - timedelta(1))
