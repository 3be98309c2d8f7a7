"""Until when goods may come back."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from shop.returns import rules

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize("received, end", [
    ("2026-11-03 10:00", "2026-11-18 00:00"),  # a Tuesday: 14 days later is a Tuesday, which counts to its end
    ("2026-11-03 23:59", "2026-11-18 00:00"),
    ("2026-11-07 10:00", "2026-11-24 00:00"),  # ends on a Saturday: Monday
    ("2026-11-08 10:00", "2026-11-24 00:00"),  # ends on a Sunday: Monday
    ("2026-10-28 10:00", "2026-11-13 00:00"),  # ends on Armistice Day: the day after
    ("2026-03-23 10:00", "2026-04-08 00:00"),  # ends on Easter Monday
    ("2026-04-30 10:00", "2026-05-16 00:00"),  # ends on Ascension
    ("2026-12-11 10:00", "2026-12-29 00:00"),  # ends on Christmas, a Friday
    ("2026-10-20 10:00", "2026-11-04 00:00"),  # over the change of the clocks
])
def test_fourteen_days_as_the_law_counts_them(received, end):
    at = datetime.fromisoformat(received).replace(tzinfo=PARIS)
    assert rules.window_end(at, 14) == datetime.fromisoformat(end).replace(tzinfo=PARIS)
