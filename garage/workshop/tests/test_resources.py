"""Lifts, mechanics, hours, closures and holidays, as staff keep them in the admin."""

from datetime import date, time, timedelta

import pytest
from django.urls import reverse

from config.lib.actors import SYSTEM
from config.lib.errors import Forbidden, Invalid
from config.lib.testing import browser
from garage.workshop.models import Appointment, Closure, OpeningHours, Resource
from garage.workshop.queries import appointments as queries
from garage.workshop.services import appointments as services
from garage.workshop.services import resources
from garage.workshop.tests.appointment_factories import at, booked, car_of, next_day, open_garage

pytestmark = pytest.mark.django_db
INLINE = {"hours-TOTAL_FORMS": "0", "hours-INITIAL_FORMS": "0"}


def test_a_garage_opens_with_hours_and_holidays():
    """What the migration brings: see 0007 (`open_the_garage`)."""
    assert resources.load_holidays(first_year=2031, years=2) == 22
    assert resources.load_holidays(first_year=2031, years=2) == 0
    Closure.objects.get(first_day=date(2031, 6, 2)).delete()  # Whit Monday is worked
    assert resources.load_holidays(first_year=2031, years=1) == 0


def test_the_next_years_are_entered_by_the_clock(monkeypatch):
    Closure.objects.all().delete()
    assert resources.load_coming_holidays() == 33
    assert resources.load_coming_holidays() == 0


def test_only_staff_keeps_them(alice):
    for verb in (
        lambda: resources.save_resource(actor=alice, kind="PONT", name="Pont"),
        lambda: resources.set_hours(actor=alice, hours=[]),
        lambda: resources.save_closure(actor=alice, first_day=next_day(), last_day=next_day()),
    ):
        with pytest.raises(Forbidden):
            verb()


def test_hours_lie_on_quarters_and_end_after_they_begin():
    for opens, closes in ((time(8, 10), time(12)), (time(12), time(8))):
        with pytest.raises(Invalid):
            resources.set_hours(actor=SYSTEM, hours=[(0, opens, closes)])


def test_a_lift_has_no_account_and_no_skill(alice):
    for values in ({"user": alice}, {"skill": "T1"}):
        with pytest.raises(Invalid) as wrong:
            resources.save_resource(actor=SYSTEM, kind="PONT", name="Pont", **values)
        assert wrong.value.errors.keys() == values.keys()


def test_admin_enters_a_mechanic_with_his_own_hours(admin_user):
    client = browser(admin_user)
    form = {"kind": "MECANICIEN", "name": "Momo", "skill": "T2", "position": "0", "is_active": "on", "user": ""}
    hours = {
        "hours-TOTAL_FORMS": "1", "hours-INITIAL_FORMS": "0", "hours-0-weekday": "0", "hours-0-opens": "08:00",
        "hours-0-closes": "12:00",
    }
    assert client.post("/admin/garage/resource/add/", form | hours).status_code == 302
    momo = Resource.objects.get()
    assert (momo.skill, momo.hours.get().closes) == ("T2", time(12))
    page = client.get(f"/admin/garage/resource/{momo.pk}/change/").content.decode()
    assert queries.feed_url(momo) in page
    renew = reverse("admin:garage_resource_renew_feed", args=[momo.pk])
    client.get(renew)
    momo.refresh_from_db()
    assert momo.feed_version == 1, "looking changes nothing"
    client.post(renew, {"_form_submitted": "on"})
    momo.refresh_from_db()
    assert momo.feed_version == 2
    wrong = client.post("/admin/garage/resource/add/", form | INLINE | {"kind": "PONT"})
    assert wrong.status_code == 200, "a lift with a skill is an error of the form"


def test_a_closure_entered_later_lists_what_has_to_be_moved(admin_user, alice):
    lifts, _mechanics = open_garage(lifts=2, mechanics=2)
    vehicle, monday = car_of(alice), next_day()
    hit = booked(vehicle, lift_id=lifts[0].pk)
    booked(vehicle, lift_id=lifts[1].pk)
    gone = booked(vehicle, at(monday, 14), lift_id=lifts[0].pk)
    services.cancel_appointment(actor=admin_user, appointment_id=gone.pk)
    long = booked(vehicle, at(monday - timedelta(days=3), 17), "4", lift_id=lifts[0].pk)  # Friday to Saturday
    client = browser(admin_user)
    form = {
        "resource": lifts[0].pk, "first_day": (monday - timedelta(days=2)).isoformat(), "last_day": monday.isoformat(),
        "label": "Révision du pont",
    }
    page = client.post("/admin/garage/closure/add/", form, follow=True).content.decode()
    assert "2 appointments lie on these days" in page
    assert [row.pk for row in queries.in_conflict(Closure.objects.get())] == [long.pk, hit.pk]
    assert f"/garage/rendez-vous/{hit.pk}/" in page
    assert Appointment.objects.filter(status="CONFIRME").count() == 3


def test_admin_writes_hours_and_ends_closures(admin_user):
    open_garage()
    client = browser(admin_user)
    client.post("/admin/garage/openinghours/add/", {"resource": "", "weekday": "6", "opens": "09:00", "closes": "12:00"})
    sunday = OpeningHours.objects.get(weekday=6)
    client.post(f"/admin/garage/openinghours/{sunday.pk}/delete/", {"post": "yes"})
    assert not OpeningHours.objects.filter(weekday=6).exists()
    closure = resources.save_closure(actor=SYSTEM, first_day=next_day(), last_day=next_day())
    client.post("/admin/garage/closure/", {"action": "delete_selected", "_selected_action": [closure.pk], "post": "yes"})
    assert not Closure.objects.exists()


def test_admin_says_who_came(admin_user, alice):
    open_garage()
    appointment = booked(car_of(alice))
    client = browser(admin_user)
    client.post("/admin/garage/appointment/", {"action": "arrived", "_selected_action": [appointment.pk]})
    appointment.refresh_from_db()
    assert appointment.status == "ARRIVE"
    page = client.post(
        "/admin/garage/appointment/", {"action": "cancel", "_selected_action": [appointment.pk]}, follow=True
    ).content.decode()
    assert "not possible in the present state" in page
    assert client.get(f"/admin/garage/appointment/{appointment.pk}/change/").status_code == 200
