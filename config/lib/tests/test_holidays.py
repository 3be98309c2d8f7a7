from datetime import date, timedelta

import pytest

from config.lib.holidays import french_holidays, working_day


@pytest.mark.parametrize("year,easter_monday", [(2025, date(2025, 4, 21)), (2026, date(2026, 4, 6)), (2027, date(2027, 3, 29))])
def test_public_holidays_of_a_year(year, easter_monday):
    days = {name: day for day, name in french_holidays(year)}
    assert len(days) == 11
    assert days["Easter Monday"] == easter_monday
    assert days["Ascension Day"] == easter_monday + timedelta(days=38)
    assert days["Whit Monday"] == easter_monday + timedelta(days=49)
    assert days["Bastille Day"] == date(year, 7, 14)


@pytest.mark.parametrize("day,first", [
    ("2026-11-23", "2026-11-23"),  # a Monday like others
    ("2026-11-21", "2026-11-23"),
    ("2027-05-01", "2027-05-03"),  # Labour Day on a Saturday
    ("2026-12-25", "2026-12-28"),  # a holiday, then the weekend
    ("2027-12-31", "2027-12-31"),
    ("2027-03-28", "2027-03-30"),  # Easter and its Monday
])
def test_a_period_ends_on_a_working_day(day, first):
    assert working_day(date.fromisoformat(day)) == date.fromisoformat(first)
