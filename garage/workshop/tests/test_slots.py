"""The arithmetic of opening hours and free times."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from garage.workshop.rules import short_name
from garage.workshop.slots import (
    Opening,
    Timetable,
    can_do,
    common,
    days_from,
    lay,
    moment,
    offers,
    open_quarters,
    pairs,
    quarter,
    quarters_needed,
)
from garage.workshop.tests.appointment_factories import PARIS, WEEK, at

OPENINGS = [Opening(*row) for row in WEEK]
MONDAY = date(2027, 3, 1)


def table(days=10, first=MONDAY, taken=(), closed=(), pk=1, openings=OPENINGS):
    found = open_quarters(days_from(first, days), openings, frozenset(closed), PARIS)
    return Timetable(pk, tuple(sorted(found)), frozenset(quarter(t) for t in taken))


def laid(starts_at, hours, lift=None, mechanic=None):
    lift = lift or table()
    stretch = lay(quarter(starts_at), quarters_needed(Decimal(hours)), lift, common(lift, mechanic))
    return stretch and moment(stretch.end).astimezone(PARIS)


@pytest.mark.parametrize("start,hours,end", [
    ((MONDAY, 9), "1", (MONDAY, 10)),
    ((MONDAY, 9), "0.1", (MONDAY, 9, 15)),
    ((MONDAY, 11), "2", (MONDAY, 14)),  # over noon
    ((MONDAY, 17), "2", (date(2027, 3, 2), 9)),  # over night
    ((date(2027, 3, 5), 17), "6", (date(2027, 3, 8), 9)),  # Friday, Saturday morning, Monday
])
def test_work_is_counted_within_the_opening_hours(start, hours, end):
    assert laid(at(*start), hours) == at(*end)


@pytest.mark.parametrize("start", [(MONDAY, 7), (MONDAY, 12), (MONDAY, 12, 45), (MONDAY, 18), (date(2027, 3, 7), 9)])
def test_nothing_begins_while_the_garage_is_closed(start):
    assert laid(at(*start), "1") is None


def test_work_does_not_stand_still_over_a_long_closure():
    closed = days_from(date(2027, 3, 2), 5)
    assert laid(at(MONDAY, 17), "2", table(30, closed=closed)) is None
    assert laid(at(MONDAY, 17), "1", table(30, closed=closed)) == at(MONDAY, 18)


def test_the_lift_is_taken_while_the_mechanic_is_away():
    mornings = table(pk=2, openings=[Opening(day, time(8), time(12)) for day in range(5)])
    lift = table()
    stretch = lay(quarter(at(MONDAY, 11)), 8, lift, common(lift, mornings))
    assert moment(stretch.end) == at(date(2027, 3, 2), 9)
    assert quarter(at(MONDAY, 14)) in stretch.lift
    assert quarter(at(MONDAY, 14)) not in stretch.work


@pytest.mark.parametrize("sunday,hours", [(date(2027, 3, 28), 23), (date(2027, 10, 31), 25)])
def test_a_day_on_which_the_clock_changes_has_its_own_length(sunday, hours):
    night = [Opening(6, time(0), time(23, 45)), Opening(6, time(23, 45), time(23, 59))]
    found = open_quarters([sunday], night, frozenset(), PARIS)
    assert len(found) == hours * 4 - 1
    assert {moment(number).astimezone(PARIS).date() for number in found} == {sunday}


@pytest.mark.parametrize("saturday", [date(2027, 3, 27), date(2027, 10, 30)])
def test_a_weekend_on_which_the_clock_changes_moves_no_appointment(saturday):
    lift = table(10, first=saturday)
    assert laid(at(saturday, 11), "2", lift) == at(saturday + timedelta(days=2), 9)


def test_offered_times_end_on_their_day_and_long_work_begins_in_the_morning():
    lift = table(21)
    short = offers(8, [(lift, None)], [date(2027, 3, 5)], PARIS, 0)
    assert moment(short[0][0]) == at(date(2027, 3, 5), 8)
    assert moment(short[-1][0]) == at(date(2027, 3, 5), 16)
    long = offers(40, [(lift, None)], [MONDAY, date(2027, 3, 2)], PARIS, 0)
    assert [moment(start) for start, _end in long] == [at(MONDAY, 8), at(date(2027, 3, 2), 8)]


def test_skills_rise_and_bodywork_stands_apart():
    assert can_do("T3", "T1")
    assert can_do("T1", "")
    assert can_do("CARROSSERIE", "CARROSSERIE")
    assert not can_do("T1", "T2")
    assert not can_do("", "T1")
    assert not can_do("T3", "CARROSSERIE")
    assert not can_do("CARROSSERIE", "T1")


def test_without_a_mechanic_of_that_skill_nothing_is_offered():
    lift, painter = table(), Timetable(2, table().open, skill="CARROSSERIE")
    assert pairs([lift], [painter], "T2") == []
    assert pairs([lift], [], "T2") == [(lift, None)]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    taken=st.sets(st.integers(0, 40 * 10), max_size=120), need=st.integers(1, 60),
    closed=st.sets(st.integers(0, 9), max_size=3), away=st.sets(st.integers(0, 9), max_size=3),
    first=st.dates(date(2026, 1, 1), date(2030, 1, 1)), helper=st.sets(st.integers(0, 40 * 10), max_size=60),
)
def test_offered_times_never_meet_taken_ones_and_always_lie_in_the_hours(taken, need, closed, away, first, helper):
    def made(pk, shut, held):
        empty = table(35, first, closed=[first + timedelta(days=n) for n in shut], pk=pk)
        return Timetable(pk, empty.open, frozenset(empty.open[n] for n in held if n < len(empty.open)))

    lift, mechanic = made(1, closed, taken), made(2, away | closed, helper)
    days = days_from(first, 10)
    for start, end in offers(need, [(lift, mechanic)], days, PARIS, 0):
        stretch = lay(start, need, lift, common(lift, mechanic))
        begin, stop = moment(start).astimezone(PARIS), moment(end).astimezone(PARIS)
        assert len(stretch.work) == need
        assert set(stretch.work) <= set(lift.open) & set(mechanic.open) - mechanic.taken
        assert lift.taken.isdisjoint(range(start, end))
        assert begin.date() in days
        assert (begin.date() - first).days not in closed | away
        for number in stretch.work:
            local = moment(number).astimezone(PARIS)
            assert local.weekday() < 6
            assert 8 <= local.hour < (12 if local.weekday() == 5 else 18)
            assert local.hour != 12
        if need <= 16:
            assert begin.date() == (stop - timedelta(minutes=15)).date()


def test_a_name_is_shortened_to_what_tells_people_apart():
    assert short_name("Charlie Nguyen Van") == "Charlie N."
    assert short_name("Atelier") == "Atelier"
    assert short_name("") == ""


def test_a_quarter_is_found_again():
    moment_in = datetime(2027, 3, 1, 9, 7, tzinfo=PARIS)
    assert moment(quarter(moment_in)) == at(MONDAY, 9)
