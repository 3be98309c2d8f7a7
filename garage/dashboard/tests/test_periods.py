"""Which days are looked at, and which they are compared with."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garage.dashboard import rules
from garage.dashboard.rules import BadPeriod, Period

TODAY = date(2026, 11, 21)
days = st.dates(date(2005, 1, 1), date(2026, 11, 21))


def test_nothing_said_is_this_month_until_today():
    assert rules.period(None, None, TODAY) == Period(date(2026, 11, 1), TODAY)
    assert rules.period(None, date(2026, 3, 9), TODAY) == Period(date(2026, 3, 1), date(2026, 3, 9))


@pytest.mark.parametrize(
    ("first", "last", "before"),
    [
        (date(2026, 11, 1), date(2026, 11, 21), (date(2026, 10, 1), date(2026, 10, 21))),
        (date(2026, 3, 1), date(2026, 3, 31), (date(2026, 2, 1), date(2026, 2, 28))),
        (date(2024, 3, 1), date(2024, 3, 31), (date(2024, 2, 1), date(2024, 2, 29))),
        (date(2026, 2, 1), date(2026, 2, 28), (date(2026, 1, 1), date(2026, 1, 31))),
        (date(2026, 7, 1), date(2026, 9, 30), (date(2026, 4, 1), date(2026, 6, 30))),
        (date(2026, 1, 1), date(2026, 12, 31), (date(2025, 1, 1), date(2025, 12, 31))),
        (date(2026, 11, 10), date(2026, 11, 16), (date(2026, 11, 3), date(2026, 11, 9))),
        (date(2026, 11, 10), date(2026, 11, 10), (date(2026, 11, 9), date(2026, 11, 9))),
    ],
)
def test_it_is_compared_with_the_same_stretch_before(first, last, before):
    assert Period(first, last).previous == Period(*before)


@given(days, st.integers(0, 900))
def test_the_period_before_ends_before_and_is_about_as_long(first, length):
    period = Period(first, first + timedelta(length))
    before = period.previous
    assert before.first <= before.last < period.first
    assert abs((before.last - before.first) - (period.last - period.first)) <= timedelta(3)


@given(days, st.integers(0, 1500))
def test_a_chart_has_every_day_or_month_once(first, length):
    period = Period(first, first + timedelta(length))
    buckets = period.buckets
    assert buckets == sorted(set(buckets))
    assert buckets[0] in (first, first.replace(day=1))
    assert len(buckets) <= 62


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (date(2026, 2, 1), date(2026, 1, 31), "to"),
        (date(1999, 12, 31), None, "from"),
        (date(9999, 1, 1), None, "from"),
        (date(2010, 1, 1), TODAY, "to"),
        (None, date(9999, 1, 1), "from"),
    ],
)
def test_a_period_that_makes_no_sense_is_refused_on_its_field(first, last, field):
    with pytest.raises(BadPeriod) as refusal:
        rules.period(first, last, TODAY)
    assert list(refusal.value.errors) == [field]
