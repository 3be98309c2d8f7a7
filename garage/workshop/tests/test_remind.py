from datetime import timedelta

import pytest
from django.utils import timezone

from garage.workshop.events import appointment_reminder_due
from garage.workshop.models import Appointment
from garage.workshop.services import appointments as services
from garage.workshop.tests.appointment_factories import at, booked, car_of, next_day, open_garage

pytestmark = pytest.mark.django_db


@pytest.fixture
def told():
    heard = []

    def hear(appointment_id):
        heard.append(appointment_id)

    appointment_reminder_due.listeners.append(hear)
    yield heard
    appointment_reminder_due.listeners.remove(hear)


@pytest.fixture
def monday_evening(monkeypatch):
    """Appointments of Monday to Wednesday, booked long ago; the clock shows Monday 17:10."""
    open_garage(lifts=2, mechanics=2)
    monday, vehicle = next_day(), car_of()
    made = [booked(vehicle, at(monday + timedelta(days=n), hour)) for n, hour in ((0, 17), (1, 8), (1, 17), (2, 8))]
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(monday, 17, 10))
    return made


def test_those_of_tomorrow_are_reminded_once(monday_evening, told, commit):
    for expected in (2, 0):
        with commit():
            assert services.send_reminders() == expected
    assert told == [monday_evening[1].pk, monday_evening[2].pk]
    assert Appointment.objects.filter(reminded_at=None).count() == 2


def test_who_cancelled_or_booked_today_is_not(monday_evening, told, commit, admin_user):
    services.cancel_appointment(actor=admin_user, appointment_id=monday_evening[1].pk)
    Appointment.objects.filter(pk=monday_evening[2].pk).update(created_at=timezone.now() - timedelta(hours=3))
    with commit():
        assert services.send_reminders() == 0
    assert told == []


def test_one_that_could_not_be_told_is_told_by_the_next_run(monday_evening, told, commit):
    def fails(appointment_id):
        raise RuntimeError("no memory left")

    appointment_reminder_due.listeners.append(fails)
    with commit():
        assert services.send_reminders() == 0
    appointment_reminder_due.listeners.remove(fails)
    with commit():
        assert services.send_reminders() == 2
