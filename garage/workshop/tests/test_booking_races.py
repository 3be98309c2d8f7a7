"""Several real connections on the same lift and hour. One appointment, and a clean answer for the others.

Canary: without the turns and without the constraint the same bookings all succeed.
"""

from collections import Counter

import pytest
from django.db import connection

from config.lib.testing import api, at_once
from garage.workshop.models import Appointment, SlotTaken
from garage.workshop.queries import appointments as queries
from garage.workshop.services import appointments as services
from garage.workshop.tests.appointment_factories import at, booked, car_of, next_day, open_garage

pytestmark = [pytest.mark.postgres_race, pytest.mark.django_db(transaction=True)]
URL = "/api/garage/appointments"
CONSTRAINT = "slot_taken_once"


def answers_of(person, vehicle, lift, count=6):
    """The status of `count` bookings of the same hour, sent at once; each with a lead that only reading sees."""
    body = {"vehicle": vehicle.pk, "starts_at": at(next_day(), 9).isoformat(), "hours": "2", "lift": lift.pk}
    clients = [api(person) for _n in range(count)]

    def book(number):
        answer = clients[number].post(URL, body)
        return answer.status_code, answer.json().get("code", "")

    return Counter(at_once(count, book))


def test_of_several_bookings_of_the_same_lift_and_hour_one_wins(admin_user):
    [lift], _mechanics = open_garage(mechanics=6)
    assert answers_of(admin_user, car_of(), lift) == {(201, ""): 1, (409, "slot_taken"): 5}
    assert Appointment.objects.count() == 1


def test_the_constraint_alone_lets_one_win_too(admin_user, monkeypatch):
    monkeypatch.setattr(queries, "lock_resources", lambda: None)
    [lift], _mechanics = open_garage(mechanics=6)
    assert answers_of(admin_user, car_of(), lift) == {(201, ""): 1, (409, "slot_taken"): 5}
    assert Appointment.objects.count() == 1


def test_canary_without_both_the_lift_is_booked_twice(admin_user, monkeypatch):
    monkeypatch.setattr(queries, "lock_resources", lambda: None)
    [lift], _mechanics = open_garage(mechanics=0)
    vehicle = car_of()
    constraint = next(c for c in SlotTaken._meta.constraints if c.name == CONSTRAINT)
    with connection.schema_editor() as editor:
        editor.remove_constraint(SlotTaken, constraint)
    try:
        assert answers_of(admin_user, vehicle, lift)[201, ""] > 1
    finally:
        SlotTaken.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(SlotTaken, constraint)


def test_unnamed_bookings_share_out_what_is_free(admin_user):
    open_garage(lifts=2, mechanics=2)
    vehicle, actor = car_of(), admin_user
    made = at_once(4, lambda _n: booked(vehicle, actor=actor))
    assert Counter(type(one).__name__ for one in made) == {"Appointment": 2, "SlotTaken": 2}


def test_two_that_change_places_do_not_wait_for_each_other_for_ever(admin_user):
    open_garage()
    vehicle = car_of()
    first, second = booked(vehicle, at(next_day(), 9)), booked(vehicle, at(next_day(), 10))
    swap = [(first, second.starts_at), (second, first.starts_at)]
    said = at_once(2, lambda n: services.move_appointment(
        actor=admin_user, appointment_id=swap[n][0].pk, starts_at=swap[n][1]
    ))
    assert Counter(type(one).__name__ for one in said) == {"SlotTaken": 2}
    assert SlotTaken.objects.count() == 16


def test_reminded_once_by_several_clocks(monkeypatch):
    open_garage()
    appointment = booked(car_of())
    monkeypatch.setattr(queries, "to_remind", lambda: Appointment.objects.filter(pk=appointment.pk))
    assert sum(at_once(4, lambda _n: services.send_reminders())) == 1
