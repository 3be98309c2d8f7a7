from datetime import date, timedelta

import pytest
from django.utils import timezone
from icalendar import Calendar

from config.lib.actors import SYSTEM
from config.lib.errors import Forbidden, NotFound
from config.lib.testing import assert_max_queries, browser
from garage.workshop.queries import appointments as queries
from garage.workshop.services import appointments as services
from garage.workshop.services import resources
from garage.workshop.tests.appointment_factories import PARIS, at, booked, car_of, mechanic, next_day, open_garage

pytestmark = pytest.mark.django_db


def path(someone):
    return f"/garage/agenda/{queries.feed_token(someone)}/agenda.ics"


def events(answer):
    assert answer.status_code == 200
    return {str(event["UID"]): event for event in Calendar.from_ical(answer.content).walk("VEVENT")}


def test_a_mechanic_subscribes_without_signing_in(alice):
    _lifts, [momo] = open_garage()
    mine = booked(car_of(alice, name="Alice Secret"), reason="Vidange")
    answer = browser().get(path(momo))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    [(uid, event)] = events(answer).items()
    assert uid.startswith(f"appointment-{mine.pk}@")
    assert event.start == at(next_day(), 9)
    assert event.start.utcoffset() == at(next_day(), 9).utcoffset()
    assert event.end == at(next_day(), 10)
    assert (str(event["SUMMARY"]), str(event["STATUS"]), str(event["LOCATION"])) == (
        "AB-123-CD · Vidange", "CONFIRMED", "Pont 1",
    )
    whole = answer.content.decode()
    assert "Alice S." in whole
    assert "Secret" not in whole
    assert "BEGIN:VTIMEZONE" in whole


def test_a_moved_and_a_cancelled_one_stay_the_same_event(alice, dora):
    _lifts, [momo] = open_garage()
    appointment = booked(car_of(alice))
    [(uid, first)] = events(browser().get(path(momo))).items()
    services.move_appointment(actor=dora, appointment_id=appointment.pk, starts_at=at(next_day(), 14))
    moved = events(browser().get(path(momo)))[uid]
    services.cancel_appointment(actor=dora, appointment_id=appointment.pk)
    cancelled = events(browser().get(path(momo)))[uid]
    assert moved.start == at(next_day(), 14)
    assert str(cancelled["STATUS"]) == "CANCELLED"
    assert first["SEQUENCE"] < moved["SEQUENCE"] < cancelled["SEQUENCE"]


def test_only_his_own_and_not_what_is_long_past(alice, monkeypatch):
    open_garage(lifts=2, mechanics=0)
    momo, ines = mechanic("Momo"), mechanic("Inès")
    vehicle = car_of(alice)
    old = booked(vehicle, mechanic_id=momo.pk)
    booked(vehicle, mechanic_id=ines.pk)
    assert len(events(browser().get(path(momo)))) == 1
    monkeypatch.setattr("django.utils.timezone.now", lambda: old.ends_at + timedelta(days=40))
    assert events(browser().get(path(momo))) == {}


def test_a_new_address_ends_the_old_one(alice, dora):
    _lifts, [momo] = open_garage()
    before = path(momo)
    renewed = resources.renew_feed(actor=dora, resource_id=momo.pk)
    assert browser().get(before).status_code == 404
    assert browser().get(path(renewed)).status_code == 200
    with pytest.raises(Forbidden):
        resources.renew_feed(actor=alice, resource_id=momo.pk)
    with pytest.raises(NotFound):
        resources.renew_feed(actor=dora, resource_id=10**6)


def test_an_altered_address_or_one_of_who_left_shows_nothing(alice):
    [lift], [momo] = open_garage()
    good = queries.feed_token(momo)
    for token in (good[:-1], "x", f"{momo.pk}.1~", "²", "%00", queries.feed_token(lift), good.replace(str(momo.pk), "9999", 1)):
        assert browser().get(f"/garage/agenda/{token}/agenda.ics").status_code == 404
    resources.save_resource(actor=SYSTEM, resource_id=momo.pk, is_active=False)
    assert browser().get(path(momo)).status_code == 404


@pytest.mark.parametrize("day,offset", [(date(2027, 3, 29), 2), (date(2027, 11, 2), 1), (date(2027, 3, 26), 1)])
def test_the_hour_is_right_in_summer_and_winter(alice, day, offset, monkeypatch):
    _lifts, [momo] = open_garage()
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(day - timedelta(days=5), 12))
    booked(car_of(alice), at(day, 9))
    [event] = events(browser().get(path(momo))).values()
    assert event.start.utcoffset() == timedelta(hours=offset)
    assert event.start.astimezone(PARIS).hour == 9


def test_a_full_feed_takes_as_few_queries_as_an_empty_one(alice):
    _lifts, [momo] = open_garage()
    vehicle = car_of(alice)
    for hour in (8, 9, 10, 14):
        booked(vehicle, at(next_day(), hour))
    with assert_max_queries(2):
        assert len(events(browser().get(path(momo)))) == 4


def test_a_client_keeps_his_appointment_in_his_own_calendar(alice, charlie):
    open_garage()
    appointment = booked(car_of(alice), reason="Vidange")
    url = f"/garage/rendez-vous/{appointment.pk}/agenda.ics"
    [event] = events(browser(alice).get(url)).values()
    assert event.start == appointment.starts_at
    assert "AB-123-CD" in str(event["SUMMARY"])
    assert browser(charlie).get(url).status_code == 404
    assert browser().get(url).status_code == 302
    assert timezone.now() < appointment.starts_at
