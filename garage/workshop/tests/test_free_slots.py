from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from config.lib.actors import SYSTEM
from config.lib.testing import api, assert_max_queries
from garage.workshop.queries import appointments as queries
from garage.workshop.services import resources
from garage.workshop.tests.appointment_factories import PARIS, at, booked, car_of, next_day, open_garage

pytestmark = pytest.mark.django_db
URL = "/api/garage/appointments/slots"


def starts(answer):
    return [datetime.fromisoformat(slot["starts_at"]).astimezone(PARIS) for slot in answer.json()["slots"]]


def test_free_times_of_a_day(alice):
    open_garage()
    booked(car_of(alice), at(next_day(), 9), "2")
    answer = api(alice).get(f"{URL}?hours=1&from={next_day()}&days=1")
    assert [f"{start:%H:%M}" for start in starts(answer)] == [
        "08:00", "11:00", "11:30", "13:00", "13:30", "14:00", "14:30", "15:00", "15:30", "16:00", "16:30", "17:00",
    ]
    assert answer.json()["hours"] == "1.00"


def test_every_offered_time_can_be_booked(alice):
    open_garage(lifts=2, mechanics=2)
    vehicle = car_of(alice)
    booked(vehicle, at(next_day(), 10), "3")
    for slot in queries.free_slots(hours=Decimal(4), from_day=next_day(), days=3):
        appointment = booked(vehicle, slot.starts_at, "4")
        assert appointment.ends_at == slot.ends_at
        appointment.delete()


def test_nothing_on_a_closed_day_nor_without_a_lift(alice):
    open_garage(lifts=0)
    assert queries.free_slots(hours=Decimal(1), from_day=next_day(), days=7) == []
    open_garage()
    resources.save_closure(actor=SYSTEM, first_day=next_day(), last_day=next_day(), label="Inventaire")
    assert queries.free_slots(hours=Decimal(1), from_day=next_day(), days=1) == []


def test_the_past_is_not_offered(alice, monkeypatch):
    open_garage()
    monday = next_day()
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(monday, 14, 20))
    found = queries.free_slots(hours=Decimal(1), from_day=monday - timedelta(days=3), days=4)
    assert found[0].starts_at == at(monday, 14, 30)
    assert queries.free_slots(hours=Decimal(1), from_day=monday - timedelta(days=9), days=4) == []


def test_a_skill_finds_its_mechanic(alice):
    open_garage(skill="T1")
    assert api(alice).get(f"{URL}?skill=T3&from={next_day()}").json()["slots"] == []
    assert api(alice).get(f"{URL}?skill=T1&from={next_day()}").json()["slots"]


@pytest.mark.parametrize("query,field", [
    ("hours=0", "hours"), ("hours=x", "hours"), ("hours=1e99", "hours"), ("from=soon", "from"),
    ("from=9999-12-31", "from"), ("from=0001-01-01", "from"), ("days=0", "days"), ("days=1000000", "days"), ("skill=T9", "skill"),
])
def test_what_is_wrong_is_named(alice, query, field):
    answer = api(alice).get(f"{URL}?{query}")
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])


def test_a_quarter_of_a_year_takes_as_few_queries_as_a_day(alice):
    open_garage(lifts=2, mechanics=3)
    vehicle = car_of(alice)
    for ahead in range(5):
        booked(vehicle, at(next_day(ahead), 9), "3")
    for days in (1, queries.MOST_DAYS):
        with assert_max_queries(4):
            assert queries.free_slots(hours=Decimal(2), from_day=next_day(), days=days)
