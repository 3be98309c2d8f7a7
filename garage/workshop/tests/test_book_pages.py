"""A client's way to an appointment, page by page."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.users.services.people import create_user
from config.lib.actors import SYSTEM
from config.lib.testing import assert_max_queries, browser
from garage.clients.models import Client
from garage.quotes.models import Package
from garage.quotes.tests.factories import LABOUR, quote_of
from garage.vehicles.models import Vehicle
from garage.workshop import rules
from garage.workshop.models import Appointment
from garage.workshop.services import resources
from garage.workshop.tests.appointment_factories import at, booked, car_of, next_day, open_garage

pytestmark = pytest.mark.django_db
BOOK, CAR = "/garage/rendez-vous/nouveau/", "/garage/rendez-vous/vehicule/"
FORM = {"plate": "ab 123 cd", "make": "Renault", "model": "Clio", "kind": "VOITURE", "energy": "ESSENCE"}


def text(answer):
    return answer.content.decode()


def test_each_step_asks_what_is_missing(alice):
    open_garage()
    vehicle, client = car_of(alice), browser(alice)
    package = Package.objects.create(code="REV", name="Révision complète", price=Decimal(149), hours=Decimal("1.5"))
    assert "Which vehicle?" in text(client.get(BOOK))
    work = text(client.get(BOOK, {"vehicle": vehicle.pk}))
    assert "Révision complète" in work
    assert "149.00" in work
    chosen = {"vehicle": vehicle.pk, "travail": f"forfait-{package.pk}", "mots": "Merci de vérifier les feux"}
    assert "next free day" in text(client.get(BOOK, chosen))
    chosen["debut"] = at(next_day(), 9).isoformat()
    assert "Book Monday" in text(client.get(BOOK, chosen))
    answer = client.post(BOOK, chosen)
    appointment = Appointment.objects.get()
    assert answer["Location"] == f"/garage/rendez-vous/{appointment.pk}/"
    assert (appointment.hours, appointment.origin) == (Decimal("1.50"), "CLIENT")
    assert appointment.reason == "Révision complète · Merci de vérifier les feux"
    page = text(client.get(answer["Location"]))
    assert "Your appointment is booked." in page
    assert "Add to my calendar" in page


def test_own_words_are_needed_where_nothing_fits(alice):
    open_garage()
    vehicle = car_of(alice)
    answer = browser(alice).get(BOOK, {"vehicle": vehicle.pk, "travail": "autre", "mots": " "})
    assert answer.status_code == 422
    assert "Say in a few words" in text(answer)


def test_a_quote_that_waits_can_be_booked_once(alice):
    open_garage()
    quote = quote_of(alice, lines=[{**LABOUR, "quantity": "3"}], sent=True)
    client, chosen = browser(alice), {"vehicle": quote.vehicle_id, "travail": f"devis-{quote.pk}"}
    assert quote.number in text(client.get(BOOK, {"vehicle": quote.vehicle_id}))
    client.post(BOOK, chosen | {"debut": at(next_day(), 9).isoformat()})
    appointment = Appointment.objects.get()
    assert (appointment.quote, appointment.hours) == (quote, Decimal(3))
    assert quote.number not in text(client.get(BOOK, {"vehicle": quote.vehicle_id}))


def test_a_time_that_was_taken_meanwhile_leads_back_to_the_times(alice, bob):
    open_garage()
    vehicle = car_of(alice)
    booked(car_of(bob, plate="CD-456-EF", name="Bob"))
    answer = browser(alice).post(
        BOOK, {"vehicle": vehicle.pk, "travail": "autre", "mots": "Frein", "debut": at(next_day(), 9).isoformat()}, follow=True
    )
    page = text(answer)
    assert "This time has just been taken" in page
    assert "When does it suit you?" in page
    assert Appointment.objects.filter(vehicle=vehicle).count() == 0


def test_nothing_free_says_so_and_looks_further(alice, settings):
    open_garage()
    settings.SHOP_PHONE = "+33143550000"
    today = timezone.localdate()
    resources.save_closure(actor=SYSTEM, first_day=today, last_day=today + timedelta(days=50), label="Travaux")
    client, chosen = browser(alice), {"vehicle": car_of(alice).pk, "travail": "autre", "mots": "Frein"}
    page = text(client.get(BOOK, chosen))
    assert "No free time" in page
    assert "+33143550000" in page
    later = client.get(BOOK, chosen | {"jour": (today + timedelta(days=45)).isoformat()})
    assert "Back to the next free days" in text(later)


@pytest.mark.parametrize("query", [
    {"vehicle": "x"}, {"vehicle": "²"}, {"travail": "forfait-999"}, {"debut": "soon"}, {"debut": "2026-13-45T99:00Z"},
    {"debut": "2027-03-01T09:00"}, {"jour": "9999-12-31"}, {"jour": "0001-01-01"}, {"mots": "\x00"}, {"jour": "2026-02-30"},
])
def test_a_strange_address_asks_again(alice, query):
    open_garage()
    chosen = {"vehicle": car_of(alice).pk, "travail": "autre", "mots": "Frein"} | query
    assert browser(alice).get(BOOK, chosen).status_code in (200, 422)
    assert browser(alice).post(BOOK, chosen).status_code == 302
    assert not Appointment.objects.exists()


def test_free_times_cost_few_queries(alice):
    open_garage(lifts=2, mechanics=3)
    vehicle, client = car_of(alice), browser(alice)
    for ahead in range(5):
        booked(vehicle, at(next_day(ahead), 9))
    with assert_max_queries(20):
        client.get(BOOK, {"vehicle": vehicle.pk, "travail": "autre", "mots": "Frein"})


def test_who_has_no_vehicle_enters_one_on_the_way(charlie):
    open_garage()
    client = browser(charlie)
    assert client.get(BOOK)["Location"] == CAR
    answer = client.post(CAR, FORM | {"phone": "06 12 34 56 78"})
    vehicle = Vehicle.objects.get()
    assert answer["Location"] == f"{BOOK}?vehicle={vehicle.pk}"
    owner = vehicle.client
    assert (vehicle.plate, owner.user, owner.name, str(owner.phone)) == (
        "AB-123-CD", charlie, "Charlie Martin", "+33612345678",
    )
    client.post(CAR, FORM | {"plate": "CD-456-EF"})
    assert Client.objects.count() == 1
    assert client.get(BOOK).status_code == 200


@pytest.mark.parametrize("change,field", [
    ({"plate": "XX"}, "plate"), ({"plate": "x" * 21}, "plate"), ({"plate": "\x00"}, "plate"), ({"make": ""}, "make"),
    ({"kind": "FUSEE"}, "kind"), ({"energy": ""}, "energy"), ({"phone": "12"}, "phone"),
])
def test_a_wrong_vehicle_is_named_on_its_field(charlie, change, field):
    answer = browser(charlie).post(CAR, FORM | change)
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {field}
    assert not Vehicle.objects.exists()


def test_a_plate_of_somebody_else_tells_nothing_about_him(alice, charlie):
    car_of(alice, name="Alice Secrète")
    answer = browser(charlie).post(CAR, FORM)
    assert answer.status_code == 422
    assert "cannot enter this plate" in text(answer)
    assert "Secr" not in text(answer)
    assert not Vehicle.objects.filter(client__user=charlie).exists()
    twice = browser(alice).post(CAR, FORM)
    assert "You have entered this vehicle already." in text(twice)


def test_vehicles_and_tries_have_a_limit(charlie, settings, monkeypatch):
    monkeypatch.setattr(rules, "MOST_VEHICLES", 1)
    client = browser(charlie)
    client.post(CAR, FORM)
    assert "many vehicles" in text(client.post(CAR, FORM | {"plate": "CD-456-EF"}))
    answers = [client.post(CAR, FORM | {"plate": f"EF-{n:03}-GH"}).status_code for n in range(1, 40)]
    assert 429 in answers
    assert Vehicle.objects.count() == 1


def test_my_list_shows_what_is_to_come_first(alice, bob):
    open_garage(lifts=2, mechanics=2)
    client = browser(alice)
    assert "No appointment yet" in text(client.get("/garage/rendez-vous/"))
    vehicle = car_of(alice)
    mine = booked(vehicle)
    booked(car_of(bob, plate="CD-456-EF", name="Bob"))
    page = text(client.get("/garage/rendez-vous/"))
    assert f"/garage/rendez-vous/{mine.pk}/" in page
    assert "CD-456-EF" not in page
    answer = client.post(f"/garage/rendez-vous/{mine.pk}/annuler/", follow=True)
    assert "The appointment is cancelled." in text(answer)
    assert "Earlier" in text(client.get("/garage/rendez-vous/"))


def test_too_late_to_cancel_names_the_phone(alice, monkeypatch):
    open_garage()
    appointment = booked(car_of(alice))
    monkeypatch.setattr("django.utils.timezone.now", lambda: appointment.starts_at - timedelta(hours=3))
    page = text(browser(alice).get(f"/garage/rendez-vous/{appointment.pk}/"))
    assert "too late to cancel" in page
    assert "annuler" not in page
    answer = browser(alice).post(f"/garage/rendez-vous/{appointment.pk}/annuler/", follow=True)
    assert "too late to cancel" in text(answer)


def test_the_client_reads_neither_lift_nor_mechanic_nor_who_wrote(alice):
    _lifts, [mechanic] = open_garage()
    clerk = create_user(actor=SYSTEM, email="clerk@email.test", password=None, first_name="Zoé", is_staff=True, groups=["Mecanicien"])
    appointment = booked(car_of(alice), actor=clerk)
    mine, theirs = (text(browser(p).get(f"/garage/rendez-vous/{appointment.pk}/")) for p in (alice, clerk))
    for secret in (mechanic.name, "Zoé"):
        assert secret not in mine
        assert secret in theirs
