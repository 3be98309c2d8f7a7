"""French public holidays (code du travail, art. L3133-1), by computation. No ORM."""

from datetime import date, timedelta

from dateutil.easter import easter
from django.utils.translation import gettext_noop

FIXED = [
    (1, 1, gettext_noop("New Year’s Day")), (5, 1, gettext_noop("Labour Day")),
    (5, 8, gettext_noop("Victory Day")), (7, 14, gettext_noop("Bastille Day")),
    (8, 15, gettext_noop("Assumption Day")), (11, 1, gettext_noop("All Saints’ Day")),
    (11, 11, gettext_noop("Armistice Day")), (12, 25, gettext_noop("Christmas Day")),
]  # fmt: skip
AFTER_EASTER = [
    (1, gettext_noop("Easter Monday")), (39, gettext_noop("Ascension Day")), (50, gettext_noop("Whit Monday")),
]  # fmt: skip


def french_holidays(year: int) -> list[tuple[date, str]]:
    """The eleven days of a year in order, each with its name in English (to be translated)."""
    moving = [(easter(year) + timedelta(days=days), name) for days, name in AFTER_EASTER]
    return sorted([(date(year, month, day), name) for month, day, name in FIXED] + moving)


def working_day(day: date) -> date:
    """`day`, or the first working day after it where it is a Saturday, a Sunday or a public holiday: how a period that
    the law gives in days ends (règlement CEE 1182/71, art. 3)."""
    while day.weekday() >= 5 or day in {holiday for holiday, _name in french_holidays(day.year)}:
        day += timedelta(days=1)
    return day
