"""From the appointment to the repair order: one visit is one order, whoever was first, quote or vehicle."""

from datetime import timedelta

import pytest
from django.utils import timezone

from config.lib.actors import SYSTEM
from config.lib.errors import Forbidden, IllegalMove, NotFound
from config.lib.testing import api, assert_max_queries, browser
from garage.clients.tests.factories import client_of
from garage.quotes.tests.factories import LABOUR, accept, quote_of, sent_quote
from garage.vehicles.tests.factories import vehicle_of
from garage.workshop import services
from garage.workshop.models import Appointment, RepairOrder
from garage.workshop.services import appointments
from garage.workshop.tests.appointment_factories import at, booked, car_of, next_day, open_garage
from garage.workshop.tests.factories import order_by_hand, received

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _open():
    open_garage()


def opened(appointment, actor=SYSTEM):
    return services.open_for_appointment(actor=actor, appointment_id=appointment.pk)


def today(appointment):
    """The same appointment, today: times that lie behind cannot be booked."""
    start = timezone.now() + timedelta(minutes=1)
    Appointment.objects.filter(pk=appointment.pk).update(starts_at=start, ends_at=start + timedelta(hours=1))
    return appointment


def test_the_order_says_what_the_client_asked_for_and_is_the_same_when_asked_again(alice, dora):
    appointment = booked(car_of(alice), actor=alice, reason="Bruit à l'avant")
    order = opened(appointment, dora)
    assert (order.complaint, order.appointment, order.status) == ("Bruit à l'avant", appointment, "OUVERT")
    appointment.refresh_from_db()
    assert appointment.status == "ARRIVE"
    assert opened(appointment, dora) == order


def test_the_order_of_its_accepted_quote_is_taken(alice, dora):
    quote = quote_of(alice, lines=[LABOUR], sent=True)
    accept(quote)
    appointment = booked(quote.vehicle, quote_id=quote.pk)
    order = opened(appointment, dora)
    assert (order.quote, order.appointment, RepairOrder.objects.count()) == (quote, appointment, 1)


def test_a_quote_that_waits_for_its_answer_belongs_to_the_order(alice, dora):
    quote = quote_of(alice, lines=[LABOUR], sent=True)
    order = received(opened(booked(quote.vehicle, quote_id=quote.pk), dora))
    assert order.quote == quote
    accept(quote)
    assert RepairOrder.objects.get().tasks.count() == 1


def test_a_cancelled_appointment_opens_nothing(alice, dora):
    appointment = booked(car_of(alice))
    appointments.cancel_appointment(actor=dora, appointment_id=appointment.pk)
    with pytest.raises(IllegalMove):
        opened(appointment, dora)
    assert not RepairOrder.objects.exists()


def test_only_staff(alice, bob):
    appointment = booked(car_of(alice))
    with pytest.raises(Forbidden):
        opened(appointment, alice)
    with pytest.raises(NotFound):
        opened(appointment, bob)


def test_intake_by_the_order_notes_that_the_appointment_has_come(alice):
    quote = quote_of(alice, lines=[LABOUR], sent=True)
    accept(quote)
    appointment = booked(quote.vehicle, quote_id=quote.pk)
    order = received(quote.repair_order)
    appointment.refresh_from_db()
    assert (order.appointment, appointment.status) == (appointment, "ARRIVE")


def test_intake_finds_the_appointment_booked_in_place_of_a_cancelled_one(alice, dora):
    quote = quote_of(alice, lines=[LABOUR], sent=True)
    first = booked(quote.vehicle, quote_id=quote.pk)
    accept(quote)
    appointments.cancel_appointment(actor=dora, appointment_id=first.pk)
    second = booked(quote.vehicle, quote_id=quote.pk)
    order = received(RepairOrder.objects.get())
    second.refresh_from_db()
    assert (order.appointment, second.status) == (second, "ARRIVE")


def test_the_quote_made_for_a_vehicle_that_is_here_gives_its_order_the_work(alice, dora, commit):
    order = received(order_by_hand(alice, complaint="Bruit"))
    quote = quote_of(alice, lines=[LABOUR], vehicle=order.vehicle)
    with commit():
        sent_quote(quote)
    order.refresh_from_db()
    assert (order.quote, order.status) == (quote, "ATTENTE_ACCORD")
    accept(quote)
    order.refresh_from_db()
    assert (order.status, order.tasks.count(), RepairOrder.objects.count()) == ("EN_COURS", 1, 1)


def test_a_quote_for_an_order_that_has_ended_opens_another(alice, dora):
    order = order_by_hand(alice)
    services.cancel_order(actor=dora, order_id=order.pk, reason="Parti")
    quote = quote_of(alice, lines=[LABOUR], vehicle=order.vehicle, sent=True)
    accept(quote)
    assert quote.repair_order != order


def test_a_second_quote_does_not_take_the_order_of_the_first(alice):
    order = order_by_hand(alice)
    first = quote_of(alice, lines=[LABOUR], vehicle=order.vehicle, sent=True)
    second = quote_of(alice, lines=[LABOUR], vehicle=order.vehicle, sent=True)
    accept(first)
    accept(second)
    assert (first.repair_order, RepairOrder.objects.count()) == (order, 2)


def test_staff_receive_from_the_appointment_or_the_workshop(alice, dora):
    appointment = today(booked(car_of(alice), actor=alice, reason="Bruit"))
    staff = browser(dora)
    assert f"/garage/rendez-vous/{appointment.pk}/reception/" in staff.get("/garage/atelier/").content.decode()
    answer = staff.post(f"/garage/rendez-vous/{appointment.pk}/reception/")
    order = RepairOrder.objects.get()
    assert answer["Location"] == f"/garage/ordres/{order.pk}/reception/"
    assert order.number in staff.get(f"/garage/rendez-vous/{appointment.pk}/").content.decode()
    received(order)
    page = staff.get("/garage/atelier/").content.decode()
    assert "Expected today" not in page
    assert order.number in page


def test_what_is_expected_today_does_not_cost_more_with_rows(alice, dora):
    staff = browser(dora)
    owner = client_of(alice)
    today(booked(vehicle_of(owner)))
    staff.get("/garage/atelier/")
    with assert_max_queries(11):
        staff.get("/garage/atelier/")
    for n in range(4):
        today(booked(vehicle_of(owner, plate=f"CD-10{n}-EF"), hours="0.5", starts_at=at(next_day(n + 1), 9)))
    with assert_max_queries(11):
        assert "CD-103-EF" in staff.get("/garage/atelier/").content.decode()


def test_the_api_opens_it_too(alice, dora):
    appointment = booked(car_of(alice), reason="Bruit")
    answer = api(dora).post("/api/garage/repair-orders", {"appointment": appointment.pk}, format="json")
    assert answer.status_code == 201
    assert answer.json()["complaint"] == "Bruit"
    again = api(dora).post("/api/garage/repair-orders", {"appointment": appointment.pk}, format="json")
    assert again.json()["id"] == answer.json()["id"]
    both = api(dora).post(
        "/api/garage/repair-orders", {"appointment": appointment.pk, "vehicle": appointment.vehicle_id}, format="json"
    )
    assert (both.status_code, list(both.json()["errors"])) == (422, ["vehicle"])
