from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garage.vehicles.rules import KM_LIMITS, Read, Reason, judge

TODAY = date(2026, 6, 30)
days = st.integers(-30, 900).map(lambda back: TODAY - timedelta(days=back))
readings = st.lists(st.tuples(days, st.integers(0, 400_000)), max_size=25)


def retained(given_in_turn, **about):
    kept = []
    for turn, (day, km) in enumerate(given_in_turn):
        if not judge(day, km, kept=kept, today=TODAY, **{"first_registration": None, "kind": "VOITURE", **about}):
            kept.append(Read(day, turn, km))
    return sorted(kept)


@given(readings, st.none() | days, st.sampled_from(sorted(KM_LIMITS)))
def test_retained_kilometres_never_decrease(told, registered, kind):
    kept = retained(told, first_registration=registered, kind=kind)
    assert all(before.km <= after.km for before, after in pairwise(kept))
    assert all(read.day <= TODAY and (registered is None or read.day >= registered) for read in kept)


@given(readings)
def test_what_was_retained_is_still_right_beside_the_others(told):
    kept = retained(told)
    for reading in kept:
        others = [other for other in kept if other.day != reading.day]
        assert judge(reading.day, reading.km, kept=others, today=TODAY, first_registration=None, kind="VOITURE") in ("", Reason.SAUT)


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 200)), max_size=20))
def test_an_ordinary_life_is_always_retained(steps):
    day, km, told = TODAY - timedelta(days=9000), 0, []
    for wait, daily in steps:
        day, km = day + timedelta(days=wait), km + wait * daily
        told.append((day, km))
    assert len(retained(told)) == len(told)


@pytest.mark.parametrize("kind", sorted(KM_LIMITS))
def test_a_jump_is_told_by_the_kind_of_vehicle(kind):
    limits, start = KM_LIMITS[kind], Read(TODAY - timedelta(days=10), 1, 5000)
    farthest = 5000 + limits["burst"] + 10 * limits["daily"]
    about = {"kept": [start], "today": TODAY, "first_registration": None, "kind": kind}
    assert judge(TODAY, farthest, **about) == ""
    assert judge(TODAY, farthest + 1, **about) == Reason.SAUT
