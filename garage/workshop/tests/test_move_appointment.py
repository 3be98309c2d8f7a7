from datetime import timedelta

import pytest
from django.utils import timezone

from config.lib.testing import api, browser
from garage.workshop import rules
from garage.workshop.events import appointment_moved
from garage.workshop.models import Appointment, SlotTaken
from garage.workshop.services import appointments as services
from garage.workshop.tests.appointment_factories import at, booked, car_of, next_day, open_garage

pytestmark = pytest.mark.django_db


def url(appointment):
    return f"/api/garage/appointments/{appointment.pk}"


def test_staff_moves_it_and_the_old_time_is_free_again(dora, alice, commit):
    lifts, _mechanics = open_garage(lifts=2)
    appointment, heard = booked(car_of(alice), lift_id=lifts[0].pk), []
    Appointment.objects.update(reminded_at=timezone.now())
    appointment_moved.listeners.append(lambda **ids: heard.append((ids["from_status"], ids["to_status"])))
    try:
        with commit():
            answer = api(dora).patch(url(appointment), {"starts_at": at(next_day(1), 14).isoformat(), "lift": lifts[1].pk})
    finally:
        appointment_moved.listeners.pop()
    assert answer.status_code == 200, answer.data
    appointment.refresh_from_db()
    assert (appointment.starts_at, appointment.ends_at) == (at(next_day(1), 14), at(next_day(1), 15))
    assert (appointment.lift, appointment.reminded_at) == (lifts[1], None)
    assert set(SlotTaken.objects.values_list("resource", flat=True)) == {lifts[1].pk, appointment.mechanic_id}
    assert SlotTaken.objects.count() == 8
    assert heard == [("CONFIRME", "CONFIRME")]


def test_it_may_overlap_its_own_old_time(dora, alice):
    open_garage()
    appointment = booked(car_of(alice), at(next_day(), 9), "2")
    answer = api(dora).patch(url(appointment), {"starts_at": at(next_day(), 10).isoformat()})
    assert answer.status_code == 200


def test_it_grows_longer_where_it_stands(dora, alice):
    open_garage()
    appointment = booked(car_of(alice), at(next_day(), 9), "2")
    assert api(dora).patch(url(appointment), {"hours": "4"}).status_code == 200
    appointment.refresh_from_db()
    assert appointment.ends_at == at(next_day(), 14)


def test_a_taken_time_is_refused_and_nothing_moves(dora, alice):
    open_garage()
    vehicle = car_of(alice)
    first, second = booked(vehicle, at(next_day(), 9)), booked(vehicle, at(next_day(), 10))
    answer = api(dora).patch(url(second), {"starts_at": first.starts_at.isoformat()})
    assert (answer.status_code, answer.json()["code"]) == (409, "slot_taken")
    second.refresh_from_db()
    assert second.starts_at == at(next_day(), 10)
    assert second.slots.count() == 8


def test_closed_hours_are_refused_on_the_field(dora, alice):
    open_garage()
    appointment = booked(car_of(alice))
    for start in (at(next_day(6), 10), at(next_day(), 19), timezone.now() - timedelta(days=1)):
        answer = api(dora).patch(url(appointment), {"starts_at": start.replace(minute=0, second=0, microsecond=0).isoformat()})
        assert (answer.status_code, list(answer.json()["errors"])) == (422, ["starts_at"])


def test_the_client_does_not_move_it_and_a_stranger_sees_nothing(alice, charlie):
    open_garage()
    appointment = booked(car_of(alice))
    assert api(alice).patch(url(appointment), {"hours": "2"}).status_code == 403
    assert api(charlie).patch(url(appointment), {"hours": "2"}).status_code == 404


def test_only_one_to_come_is_moved(dora, alice):
    open_garage()
    appointment = booked(car_of(alice))
    services.cancel_appointment(actor=dora, appointment_id=appointment.pk)
    answer = api(dora).patch(url(appointment), {"hours": "2"})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_open")
    with pytest.raises(rules.NotOpen):
        services.move_appointment(actor=dora, appointment_id=appointment.pk, starts_at=at(next_day(), 10))


def test_another_lift_stands_in_the_history_for_staff_alone(dora, alice):
    lifts, _mechanics = open_garage(lifts=2)
    appointment = booked(car_of(alice), lift_id=lifts[0].pk)
    page = f"/garage/rendez-vous/{appointment.pk}/"
    services.move_appointment(actor=dora, appointment_id=appointment.pk, lift_id=lifts[1].pk)
    titles = [[stop["title"] for stop in browser(user).get(page).context["events"]] for user in (dora, alice)]
    assert titles == [["Booked", "Changed"], ["Booked"]]
    services.move_appointment(actor=dora, appointment_id=appointment.pk, starts_at=at(next_day(), 14))
    last = browser(alice).get(page).context["events"][-1]
    assert (last["title"], "before" in last["detail"]) == ("Moved", True)
