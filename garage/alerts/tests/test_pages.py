"""The staff's screen over all vehicles, one alert, and what an owner sees of his own."""

import re

import pytest
from django.utils import timezone

from config.lib.testing import assert_max_queries, browser
from garage.alerts import services
from garage.alerts.models import Alert
from garage.alerts.tests.factories import alert_of, in_days
from garage.alerts.tests.test_quote_from_alert import service_alert, waiting
from garage.quotes.models import Quote
from garage.workshop.models import Appointment
from garage.workshop.tests.appointment_factories import open_garage

pytestmark = pytest.mark.django_db
PAGE = "/garage/alertes/"


def rows(user, **query):
    """The ids of the alerts on the page, in their order."""
    answer = browser(user).get(PAGE, query)
    assert answer.status_code == 200
    return [int(pk) for pk in re.findall(r'/garage/alertes/(\d+)/" data-key-lead', answer.content.decode())]


def test_every_vehicle_by_urgency(dora):
    later, late = alert_of(due_in=20), alert_of(plate="CD-123-EF", due_in=-2)
    assert rows(dora) == [late.pk, later.pk]
    assert "2 days late" in browser(dora).get(PAGE).content.decode()


def test_filters_and_search_narrow_it(dora, alice):
    one, _other = alert_of(alice, insured_for=3), alert_of(plate="CD-123-EF", due_in=20)
    for query in ({"kind": "ASSURANCE"}, {"level": "PROCHE"}, {"search": "AB 123"}, {"client": one.vehicle.client_id}):
        assert rows(dora, **query) == [one.pk], query
    page = browser(dora).get(PAGE, {"search": "zzz"}).content.decode()
    assert "No alert fits" in page


@pytest.mark.parametrize("query", [{"kind": "X"}, {"client": "9" * 30}, {"client": "a"}, {"page": "x"}, {"search": "\x00"}])
def test_filters_that_make_no_sense_do_no_harm(dora, query):
    alert_of()
    assert browser(dora).get(PAGE, query).status_code == 200


def test_a_quiet_garage_says_so(dora):
    assert "Nothing is due" in browser(dora).get(PAGE).content.decode()


def test_customers_are_kept_out(alice):
    alert = alert_of(alice)
    for path in ("", f"{alert.pk}/", f"{alert.pk}/fait/"):
        assert browser(alice).get(PAGE + path).status_code == 403
    assert browser(alice).post(f"{PAGE}{alert.pk}/reporter/", {"days": 7}).status_code == 403


def test_a_long_list_costs_no_more_queries(dora):
    alert_of()
    client = browser(dora)
    client.get(PAGE)
    with assert_max_queries(25) as few:
        client.get(PAGE)
    for n in range(12):
        alert_of(plate=f"AB-{200 + n}-CD")
    with assert_max_queries(len(few)):
        client.get(PAGE)


def test_one_press_puts_it_off_for_a_week(dora):
    alert = alert_of()
    answer = browser(dora).post(f"{PAGE}{alert.pk}/reporter/", {"days": "7"})
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    alert.refresh_from_db()
    assert alert.snoozed_until == in_days(7)
    assert rows(dora) == []
    assert rows(dora, state="snoozed") == [alert.pk]


@pytest.mark.parametrize("until", ["", "x", "2020-01-01", "2999-01-01"])
def test_a_wrong_day_is_told_beside_its_field(dora, until):
    alert = alert_of()
    answer = browser(dora).post(f"{PAGE}{alert.pk}/reporter/", {"until": until})
    assert answer.status_code == 422
    assert answer.context["snooze_form"].errors["until"]
    assert not answer.context["done_form"].is_bound


def test_an_inspection_is_settled_with_its_outcome(dora):
    alert = alert_of(first_registration=in_days(-3000))
    page = browser(dora).get(f"{PAGE}{alert.pk}/").content.decode()
    assert "S: major defects" in page
    browser(dora).post(f"{PAGE}{alert.pk}/fait/", {"on": in_days(-1), "km": "50000", "outcome": "S"})
    alert.refresh_from_db()
    assert alert.done_how == "CONTROLE"
    assert alert.vehicle.technical_inspections.get().outcome == "S"


def test_what_is_wrong_stays_on_the_form(dora):
    alert = alert_of()
    answer = browser(dora).post(f"{PAGE}{alert.pk}/fait/", {"on": "2999-01-01", "km": "7", "outcome": "A"})
    assert (answer.status_code, list(answer.context["done_form"].errors)) == (422, ["on"])
    assert 'value="7"' in answer.content.decode()


def test_a_follow_up_leads_to_its_quote_and_needs_no_more_than_a_press(dora):
    quote = waiting(sent=8, left=20)
    services.compute_quotes()
    alert = Alert.objects.get(quote=quote)
    assert f"/garage/devis/{quote.pk}/" in browser(dora).get(f"{PAGE}{alert.pk}/").content.decode()
    browser(dora).post(f"{PAGE}{alert.pk}/fait/")
    alert.refresh_from_db()
    assert alert.done_how == "MAIN"


def test_the_button_makes_a_draft_and_leads_to_it(dora):
    alert, _package = service_alert(price="129.00")
    answer = browser(dora).post(f"{PAGE}{alert.pk}/devis/")
    quote = Quote.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/garage/devis/{quote.pk}/")
    assert quote.number in browser(dora).get(PAGE).content.decode()


def test_a_tick_books_the_free_time_with_the_draft_and_without_it_nothing_is_booked(dora):
    open_garage()
    alert, _package = service_alert(price="129.00", hours="1.50")
    page = browser(dora).get(f"{PAGE}{alert.pk}/")
    assert '<input type="checkbox" name="book">' in page.content.decode()
    browser(dora).post(f"{PAGE}{alert.pk}/devis/")
    assert not Appointment.objects.exists()
    Quote.objects.update(status="REFUSE")
    answer = browser(dora).post(f"{PAGE}{alert.pk}/devis/", {"book": "on"}, follow=True)
    booked = Appointment.objects.get()
    assert (booked.origin, booked.quote) == ("ALERTE", Quote.objects.latest("pk"))
    assert booked.starts_at == page.context["slots"][0].starts_at
    assert "The alert is put off" in answer.content.decode()


def test_a_free_time_is_booked_and_the_alert_put_off_until_then(dora):
    open_garage()
    alert, _package = service_alert(price="129.00", hours="1.50")
    slot = browser(dora).get(f"{PAGE}{alert.pk}/").context["slots"][0]
    browser(dora).post(f"{PAGE}{alert.pk}/rendez-vous/", {"starts_at": slot.starts_at.isoformat()})
    booked = Appointment.objects.get()
    assert (booked.starts_at, booked.vehicle_id, booked.reason) == (slot.starts_at, alert.vehicle_id, "Vidange")
    assert booked.origin == "ALERTE"
    alert.refresh_from_db()
    assert alert.snoozed_until > timezone.localdate(booked.starts_at)


@pytest.mark.parametrize("moment", ["", "x", "2020-01-01T10:00:00+00:00", "2026-13-45"])
def test_a_time_that_is_not_free_is_refused(dora, moment):
    open_garage()
    alert, _package = service_alert(price="129.00")
    answer = browser(dora).post(f"{PAGE}{alert.pk}/rendez-vous/", {"starts_at": moment})
    assert answer.status_code == 302
    assert not Appointment.objects.exists()


def test_an_owner_sees_what_is_due_on_his_own_page(alice, bob):
    alert = alert_of(alice)
    mine = browser(alice).get("/garage/").content.decode()
    assert "What is due" in mine
    assert alert.vehicle.plate in mine
    assert "What is due" not in browser(bob).get("/garage/").content.decode()


def test_a_time_between_two_dates_is_said_in_words(dora):
    alert_of(due_in=1)
    assert "in 1 day)" in browser(dora).get(PAGE).content.decode()
