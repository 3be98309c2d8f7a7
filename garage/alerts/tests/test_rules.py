"""Due dates by property: end of February, distance before date, no readings, a vehicle that stands still."""

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garage.alerts import rules
from garage.alerts.rules import Terms

TODAY = date(2026, 11, 21)
days = st.dates(date(1960, 1, 1), date(2060, 12, 31))
months = st.integers(1, 120)
distances = st.integers(0, 500_000)


# --- Months ----------------------------------------------------------------------------------------------------
@given(days, months)
def test_a_delay_in_months_ends_on_the_same_day_or_on_the_last_of_a_shorter_month(start, count):
    end = rules.add_months(start, count)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == count
    assert end.day == min(start.day, monthrange(end.year, end.month)[1])


def test_29_february_falls_on_the_28th_and_comes_back_to_the_29th():
    assert rules.add_months(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert rules.add_months(date(2024, 2, 29), 48) == date(2028, 2, 29)


# --- The ladder ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("left", "expected"), [(31, None), (30, 30), (8, 30), (7, 7), (1, 7), (0, 0), (-400, 0)]
)
def test_the_rungs_are_30_7_and_0_days(left, expected):
    assert rules.rung(TODAY + timedelta(left), TODAY) == expected


@pytest.mark.parametrize(("km_left", "expected"), [(1001, None), (1000, 30), (250, 7), (0, 0), (-9, 0)])
def test_the_rungs_of_distance_are_1000_250_and_0_km(km_left, expected):
    assert rules.rung(None, TODAY, km_left) == expected


@given(st.integers(-500, 500), st.integers(-5000, 5000))
def test_date_and_distance_together_are_as_urgent_as_the_more_urgent_one(left, km_left):
    both = rules.rung(TODAY + timedelta(left), TODAY, km_left)
    alone = [r for r in (rules.rung(TODAY + timedelta(left), TODAY), rules.rung(None, TODAY, km_left)) if r is not None]
    assert both == min(alone, default=None)


# --- Kilometres ------------------------------------------------------------------------------------------------
def readings(pace, *, start=10_000, every=10, count=9):
    """A reading every ten days until today, `pace` km a day."""
    first = TODAY - timedelta(every * (count - 1))
    return [(first + timedelta(every * n), start + pace * every * n) for n in range(count)]


@given(st.integers(1, 400), st.integers(1, 30_000))
def test_the_forecast_reaches_the_distance_on_its_day_and_not_before(pace, ahead):
    rows = readings(pace)
    now = rows[-1][1]
    day = rules.day_of_km(now + ahead, rows, TODAY)
    assert (day - TODAY).days * pace >= ahead
    assert ((day - TODAY).days - 1) * pace < ahead


@given(st.integers(1, 400), st.integers(1, 3000), st.integers(1, 3000))
def test_more_distance_is_never_reached_earlier(pace, one, more):
    rows = readings(pace)
    now = rows[-1][1]
    assert rules.day_of_km(now + one, rows, TODAY) <= rules.day_of_km(now + one + more, rows, TODAY)


def test_only_the_last_90_days_make_the_pace():
    old = [(TODAY - timedelta(900), 0), (TODAY - timedelta(91), 90_000)]
    assert rules.km_per_day([*old, (TODAY - timedelta(90), 90_000), (TODAY, 90_900)], TODAY) == 10


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [(TODAY, 10_000)],
        [(TODAY - timedelta(3), 9_000), (TODAY, 10_000)],  # too close together to tell a pace
        [(TODAY - timedelta(60), 10_000), (TODAY, 10_000)],  # stands still
        [(TODAY - timedelta(200), 1_000), (TODAY, 10_000)],  # alone in its 90 days
        [(TODAY + timedelta(9), 99_000)],  # of tomorrow
    ],
)
def test_without_a_pace_there_is_no_forecast(rows):
    assert rules.day_of_km(12_000, rows, TODAY) is None


def test_a_vehicle_that_hardly_moves_is_not_due_in_a_thousand_years():
    assert rules.day_of_km(100_000, [(TODAY - timedelta(80), 10_000), (TODAY, 10_001)], TODAY) is None


# --- Maintenance -----------------------------------------------------------------------------------------------
def due(**values):
    given = {
        "months": 12, "km": 10_000, "since": TODAY - timedelta(100), "since_km": 10_000, "readings": readings(10),
        "today": TODAY,
    }
    return rules.next_service(**{**given, **values})


def test_distance_before_date():
    found = due(readings=readings(100, start=11_000))  # 19 000 km today, 20 000 in ten days
    assert (found.on, found.km, found.km_left, found.by_km) == (TODAY + timedelta(10), 20_000, 1_000, True)


def test_date_before_distance():
    found = due(since=TODAY - timedelta(360))
    assert (found.on, found.by_km) == (rules.add_months(TODAY - timedelta(360), 12), False)


def test_distance_passed_is_due_since_the_reading_that_showed_it():
    rows = [(TODAY - timedelta(20), 19_900), (TODAY - timedelta(10), 20_100), (TODAY, 20_300)]
    assert due(readings=rows).on == TODAY - timedelta(10)
    assert due(readings=rows).km_left == -300


def test_without_readings_only_the_date_counts():
    assert due(readings=[]) == rules.Due(rules.add_months(TODAY - timedelta(100), 12), 20_000, None)
    assert due(readings=[], months=None).on is None


@given(days, months, st.integers(1, 50_000), distances, st.integers(0, 300))
def test_a_service_is_due_no_later_than_either_of_its_limits(since, every, km, since_km, pace):
    rows = readings(pace, start=since_km)
    found = due(months=every, km=km, since=since, since_km=since_km, readings=rows)
    by_distance = rules.day_of_km(since_km + km, rows, TODAY)
    assert found.on <= rules.add_months(since, every)
    assert by_distance is None or found.on <= by_distance
    assert found.km == since_km + km


@given(days, months, st.integers(0, 20_000))
def test_a_service_of_unknown_history_is_due_after_we_know_the_vehicle_at_its_own_turn(registered, every, later):
    known = registered + timedelta(later)
    since = rules.presumed_on(registered, every, known)
    assert registered <= since <= known < rules.add_months(since, every) + timedelta(4)
    turns = {rules.add_months(registered, every * n) for n in range(later // 28 // every + 2)}
    assert since in turns


@given(distances, st.integers(1, 50_000))
def test_and_at_the_next_multiple_of_its_distance(first_km, every):
    since = rules.presumed_km(first_km, every)
    assert since % every == 0
    assert since <= first_km < since + every


# --- Technical inspection --------------------------------------------------------------------------------------
CAR = Terms(every_months=24, first_months=48)
VAN_CHECK = Terms(every_months=12)


def test_a_car_goes_at_four_years_then_every_two():
    assert rules.first_inspection(CAR, date(2024, 2, 29)) == date(2028, 2, 29)
    assert rules.after_inspection(CAR, date(2028, 2, 29), "A") == date(2030, 2, 28)


def test_major_defects_give_two_months_and_critical_ones_the_day():
    on = date(2026, 12, 31)
    assert rules.after_inspection(CAR, on, "S") == date(2027, 2, 28)
    assert rules.after_inspection(CAR, on, "R") == on


def test_a_retest_in_time_counts_from_the_failed_inspection_and_a_late_one_from_its_own_day():
    failed = date(2026, 1, 10)
    assert rules.after_inspection(CAR, date(2026, 3, 10), "A", failed) == date(2028, 1, 10)
    assert rules.after_inspection(CAR, date(2026, 3, 11), "A", failed) == date(2028, 3, 11)


def test_the_day_noted_goes_before_the_rule():
    noted = date(2027, 5, 1)
    about = {"first_registration": date(2023, 1, 1), "known_on": TODAY}
    assert rules.next_inspection(CAR, noted=noted, **about) == noted
    assert rules.next_inspection(CAR, noted=None, **about) == date(2027, 1, 1)


def test_of_an_old_car_without_a_day_nobody_can_tell():
    about = {"noted": None, "known_on": TODAY}
    assert rules.next_inspection(CAR, first_registration=date(2010, 1, 1), **about) is None
    assert rules.next_inspection(CAR, first_registration=None, **about) is None


@pytest.mark.parametrize(
    ("noted", "last_periodic", "last_check", "expected"),
    [
        (date(2028, 3, 1), date(2026, 3, 1), None, date(2027, 3, 1)),
        (date(2028, 3, 1), date(2026, 3, 1), date(2027, 2, 10), None),  # done
        (date(2028, 3, 1), None, None, date(2027, 3, 1)),  # what the noted day tells
        (date(2026, 12, 1), None, None, None),  # its first inspection is still to come
        (None, None, None, None),
    ],
)
def test_a_van_has_its_exhaust_checked_a_year_after_each_inspection(noted, last_periodic, last_check, expected):
    found = rules.next_pollution_check(
        VAN_CHECK, CAR, noted=noted, first_registration=date(2022, 12, 1), last_periodic=last_periodic,
        last_check=last_check, known_on=date(2026, 1, 1),
    )
    assert found == expected


# --- Quotes and stock ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("sent", "left", "expected"),
    [(6, 30, None), (7, 30, 30), (20, 4, 30), (20, 3, 7), (1, 3, 7), (20, 0, 0), (40, -2, 0)],
)
def test_a_quote_is_followed_up_after_a_week_and_before_it_expires(sent, left, expected):
    assert rules.follow_up_rung(TODAY - timedelta(sent), TODAY + timedelta(left), TODAY) == expected


@pytest.mark.parametrize(("stock", "expected"), [(0, 0), (1, 7), (2, 7), (3, 30), (5, 30)])
def test_a_part_is_more_urgent_the_fewer_are_left(stock, expected):
    assert rules.stock_rung(stock) == expected
