"""From the staff's page of a quote to its appointment, and back."""

import re
from decimal import Decimal

import pytest

from config.lib.testing import browser
from garage.quotes.models import Quote
from garage.quotes.tests.factories import LABOUR, accept, quote_of, sent_quote
from garage.workshop.models import Appointment
from garage.workshop.services import appointments as services
from garage.workshop.tests.appointment_factories import at, booked, car_of, next_day, open_garage
from garage.workshop.tests.factories import received

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(dora):
    open_garage()
    return browser(dora)


def page_of(desk, quote):
    answer = desk.get(f"/garage/devis/{quote.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def way_to_book(page):
    found = re.search(r'href="(/garage/planning/nouveau/[^"]*)"[^>]*>.*?Book an appointment', page)
    return found and found[1]


@pytest.mark.parametrize("answered", [False, True])
def test_a_sent_or_accepted_quote_leads_to_the_form_filled_in_and_then_to_its_appointment(desk, alice, answered):
    quote = quote_of(alice, lines=[{**LABOUR, "quantity": "2.50"}], sent=True)
    if answered:
        accept(quote)
    page = page_of(desk, quote)
    assert "No time is booked for this quote yet." in page
    form = desk.get(way_to_book(page)).context["form"]
    assert (form["plate"].value(), form["hours"].value()) == (quote.vehicle.plate, Decimal("2.50"))
    filled = {field.name: field.value() or "" for field in form} | {"day": next_day().isoformat(), "time": "09:00"}
    desk.post(way_to_book(page), filled)
    made = Appointment.objects.get()
    assert (made.quote, made.starts_at, made.hours) == (quote, at(next_day(), 9), Decimal("2.50"))
    page = page_of(desk, quote)
    assert f"/garage/rendez-vous/{made.pk}/" in page
    assert "No time is booked" not in page


def test_a_draft_and_extra_work_lead_to_no_booking(desk, alice):
    main = quote_of(alice, sent=True)
    accept(main)
    extra = sent_quote(quote_of(vehicle=main.vehicle, supplements=Quote.objects.get(pk=main.pk)))
    draft = quote_of(vehicle=main.vehicle)
    for quote in (extra, draft):
        assert way_to_book(page_of(desk, quote)) is None


def test_no_time_is_asked_for_once_the_vehicle_is_here(desk, alice):
    quote = quote_of(alice, sent=True)
    accept(quote)
    received(quote.repair_order)
    assert way_to_book(page_of(desk, quote)) is None


def test_only_appointments_of_this_quote_that_stand_are_shown(desk, alice):
    quote = quote_of(alice, sent=True)
    car = quote.vehicle
    here, cancelled = booked(car, quote_id=quote.pk), booked(car, at(next_day(), 14), quote_id=quote.pk)
    other = booked(car_of(plate="CD-456-EF", name="Bob"), at(next_day(1), 9))
    services.cancel_appointment(actor=quote.author or alice, appointment_id=cancelled.pk)
    page = page_of(desk, quote)
    assert [f"/garage/rendez-vous/{row.pk}/" in page for row in (here, cancelled, other)] == [True, False, False]
