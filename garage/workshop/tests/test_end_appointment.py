"""Cancelled, arrived, did not come."""

import itertools
from datetime import timedelta

import pytest
from django.utils import timezone

from config.lib.errors import IllegalMove
from config.lib.testing import api
from garage.workshop.models import Appointment, SlotTaken
from garage.workshop.services import appointments as services
from garage.workshop.tests.appointment_factories import at, booked, car_of, next_day, open_garage

pytestmark = pytest.mark.django_db
Status = Appointment.Status


def url(appointment):
    return f"/api/garage/appointments/{appointment.pk}"


def later(monkeypatch, moment):
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)


def test_a_client_cancels_and_the_time_is_free_again(alice):
    open_garage()
    appointment = booked(car_of(alice), actor=alice)
    assert api(alice).delete(url(appointment)).status_code == 204
    appointment.refresh_from_db()
    assert appointment.status == Status.ANNULE
    assert not SlotTaken.objects.exists()
    assert [change.to_status for change in appointment.history.all()] == ["CONFIRME", "ANNULE"]
    booked(appointment.vehicle)


def test_shortly_before_only_staff_cancels(alice, dora, settings, monkeypatch):
    open_garage()
    appointment = booked(car_of(alice))
    later(monkeypatch, appointment.starts_at - timedelta(hours=23))
    answer = api(alice).delete(url(appointment))
    assert (answer.status_code, answer.json()["code"]) == (409, "too_late_to_cancel")
    settings.GARAGE_CANCEL_HOURS = 22
    assert api(alice).delete(url(appointment)).status_code == 204
    other = booked(appointment.vehicle, at(next_day(1, weeks=2), 9))
    later(monkeypatch, other.starts_at)
    assert api(dora).delete(url(other)).status_code == 204


def test_a_stranger_cancels_nothing(charlie, alice):
    open_garage()
    assert api(charlie).delete(url(booked(car_of(alice)))).status_code == 404
    assert SlotTaken.objects.exists()


def test_who_is_here_has_arrived(dora, alice):
    open_garage()
    appointment = booked(car_of(alice))
    assert api(alice).patch(url(appointment), {"status": "ARRIVE"}).status_code == 403
    assert api(dora).patch(url(appointment), {"status": "ARRIVE"}).json()["status"] == "ARRIVE"
    assert SlotTaken.objects.exists(), "the lift is in use"


def test_nobody_is_absent_before_his_time_and_the_rest_is_free_afterwards(dora, alice, monkeypatch):
    open_garage()
    appointment = booked(car_of(alice), at(next_day(), 9), "3")
    answer = api(dora).patch(url(appointment), {"status": "ABSENT"})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_yet")
    later(monkeypatch, at(next_day(0, weeks=1), 9, 20))
    assert api(dora).patch(url(appointment), {"status": "ABSENT"}).status_code == 200
    assert SlotTaken.objects.count() == 4, "the quarters that have begun, of the lift and of the mechanic"
    assert api(dora).patch(url(appointment), {"status": "ARRIVE"}).json()["status"] == "ARRIVE"


@pytest.mark.parametrize("before,after", itertools.product(Status.values, Status.values))
def test_only_the_moves_of_the_table_are_possible(alice, dora, before, after, monkeypatch):
    open_garage()
    appointment = booked(car_of(alice))
    later(monkeypatch, appointment.starts_at + timedelta(minutes=5))
    Appointment.objects.update(status=before)
    if after in Appointment.MOVES.get(before, ()):
        assert services.set_status(actor=dora, appointment_id=appointment.pk, status=after).status == after
    else:
        with pytest.raises(IllegalMove):
            services.set_status(actor=dora, appointment_id=appointment.pk, status=after)


def test_cancelling_twice_is_said(alice):
    open_garage()
    appointment = booked(car_of(alice))
    api(alice).delete(url(appointment))
    answer = api(alice).delete(url(appointment))
    assert (answer.status_code, answer.json()["code"]) == (409, "illegal_transition")
    assert timezone.now() < appointment.starts_at
