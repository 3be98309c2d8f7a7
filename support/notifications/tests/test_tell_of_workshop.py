"""What clients and staff of the garage hear of appointments, repairs and alerts."""

from datetime import time, timedelta
from decimal import Decimal
from unittest.mock import patch

import pytest
from django.core import mail
from django.utils import timezone

from config.lib.actors import SYSTEM
from config.lib.testing import browser
from garage.alerts import services as alerts
from garage.alerts.events import alert_raised
from garage.alerts.models import Alert
from garage.alerts.tasks import compute_alerts
from garage.alerts.tests import factories as due
from garage.clients import services as clients
from garage.clients.tests.factories import client_of
from garage.vehicles.models import Vehicle
from garage.workshop import services
from garage.workshop.services import appointments
from garage.workshop.tests.appointment_factories import at, booked, car_of, next_day, open_garage
from garage.workshop.tests.factories import order_of, received
from support.notifications import services as notifications
from support.notifications.models import Dispatch, Notification, OutsideMessage
from support.notifications.tasks import tell_alert_digest

pytestmark = pytest.mark.django_db


def told(user):
    return list(Notification.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))


def outside():
    return list(OutsideMessage.objects.order_by("pk").values_list("kind", flat=True))


@pytest.fixture
def lifts(db):
    return open_garage(lifts=2)[0]


def test_booking_by_the_client_tells_both(lifts, alice, dora, commit):
    with commit():
        booked(car_of(alice), actor=alice)
    assert told(alice) == ["appointment_booked"]
    assert told(dora) == ["appointment_booked_staff"]
    for user in (alice, dora):
        assert browser(user).get(Notification.objects.get(user=user).url).status_code == 200


def test_booking_by_staff_tells_the_client_only_and_without_account_by_mail(lifts, dora, commit):
    with commit():
        booked(car_of(email="ines@email.test", language="en"), actor=dora)
    assert outside() == ["appointment_booked"]
    assert "Renault Kangoo AB-123-CD" in mail.outbox[0].body
    assert told(dora) == []


def test_another_time_is_told_another_lift_is_not_and_coming_back_is(lifts, alice, dora, commit):
    row = booked(car_of(alice), starts_at=at(next_day(), 9))
    for change in (
        {"lift_id": lifts[1].pk}, {"starts_at": at(next_day(), 14)}, {"starts_at": at(next_day(), 9)},
    ):
        with commit():
            appointments.move_appointment(actor=dora, appointment_id=row.pk, **change)
    assert told(alice).count("appointment_changed") == 2


def test_cancelling_by_the_client_tells_staff_and_by_staff_the_client(lifts, alice, dora, commit):
    with commit():
        row = booked(car_of(alice))
        appointments.cancel_appointment(actor=alice, appointment_id=row.pk)
    assert told(dora)[-1] == "appointment_cancelled_staff"
    assert told(alice)[-1] == "appointment_cancelled"
    before = told(dora)
    with commit():
        row = booked(Vehicle.objects.get(), starts_at=at(next_day(), 14))
        appointments.cancel_appointment(actor=dora, appointment_id=row.pk)
    assert told(dora) == before
    assert told(alice)[-1] == "appointment_cancelled"


def test_repair_from_intake_to_handover(alice, commit):
    order = order_of(alice)
    with commit():
        received(order)
        services.promise(actor=SYSTEM, order_id=order.pk, promised_at=timezone.now() + timedelta(days=2))
    assert told(alice)[-1] == "repair_received"
    with commit():
        for to in ("EN_COURS", "PRET", "RENDU"):
            order.refresh_from_db()
            order.move(to, actor=SYSTEM)
    assert told(alice)[-2:] == ["repair_ready", "repair_handed_over"]
    for row in Notification.objects.filter(user=alice, kind__startswith="repair"):
        assert browser(alice).get(row.url).status_code == 200


def test_slip_is_told_to_client_and_staff_once(alice, dora, commit):
    order = received(order_of(alice))
    order.promised_at = timezone.now() + timedelta(minutes=5)
    order.save()
    for _time in range(2):
        with commit():
            services.warn_slips()
    assert told(alice).count("repair_slips") == 1
    assert told(dora).count("repair_slips_staff") == 1
    assert browser(dora).get(Notification.objects.get(kind="repair_slips_staff").url).status_code == 200


def test_alert_names_vehicle_and_date_to_its_owner_and_staff_hear_once_of_all(alice, dora, commit):
    with commit():
        due.alert_of(alice)
        due.alert_of(plate="CD-456-EF", client=client_of(name="Inès", email="ines@email.test"), due_in=25)
    assert told(alice) == ["alert_soon"]
    row = Notification.objects.get(user=alice)
    assert "AB-123-CD" in row.subject
    assert due.in_days(5).strftime("%Y") in row.subject
    assert outside() == ["alert_soon"]
    assert told(dora) == []
    with commit():
        assert tell_alert_digest() == 2
        assert tell_alert_digest() == 2
    assert told(dora) == ["alerts_digest"]
    digest = Notification.objects.get(user=dora)
    assert digest.subject.endswith(": 2")
    assert digest.url == "/admin/garage/alert/"


def test_alerts_of_the_night_are_told_once_and_ring_no_phone_before_morning(alice, commit):
    night, morning = (at(timezone.localdate(), *clock) for clock in ((5, 45), (8, 30)))
    notifications.add_device(actor=alice, platform="FCM", token="t")
    cars = [
        due.car_of(alice, due_in=0),
        due.car_of(plate="CD-456-EF", due_in=0, client=client_of(name="Inès", email="", phone="+33612345678")),
    ]
    with patch("django.utils.timezone.now", return_value=night):
        for _time in range(2):
            with commit():
                assert compute_alerts() == len(cars)
    assert told(alice) == ["alert_due"]
    assert Dispatch.objects.get(channel="PUSH").next_attempt_at == morning
    [text] = OutsideMessage.objects.all()
    assert (text.kind, text.channel, text.next_attempt_at) == ("alert_due", "SMS", morning)


def test_chosen_quiet_hours_count_for_alerts_of_the_night(alice, commit):
    notifications.add_device(actor=alice, platform="FCM", token="t")
    notifications.set_preferences(actor=alice, channels={}, quiet=(time(22), time(10)))
    due.car_of(alice, due_in=0)
    today = timezone.localdate()
    with patch("django.utils.timezone.now", return_value=at(today, 5, 45)), commit():
        compute_alerts()
    assert Dispatch.objects.get(channel="PUSH").next_attempt_at == at(today, 10)


def test_client_who_wants_no_reminders_gets_none_and_a_sold_car_is_silent(alice, bob, dora, commit):
    quiet = client_of(alice)
    clients.record_consent(actor=alice, client_id=quiet.pk, kind="RAPPELS", given=False)
    with commit():
        due.alert_of(client=quiet)
    sold = due.alert_of(bob, plate="CD-456-EF")
    sold.vehicle.status = "VENDU"
    sold.vehicle.save()
    Notification.objects.all().delete()
    alerts.compute_vehicles(vehicle_ids=[sold.vehicle_id])
    assert alert_raised.send(alert_id=sold.pk, days=7)
    assert not Notification.objects.exists()


def test_maintenance_by_distance_names_the_kilometres(alice, commit):
    with commit():
        alert = due.alert_of(alice)
    Alert.objects.filter(pk=alert.pk).update(kind="ENTRETIEN", by_km=True, due_km=60000, due_on=None)
    Notification.objects.all().delete()
    assert alert_raised.send(alert_id=alert.pk, days=0)
    row = Notification.objects.get()
    assert row.kind == "alert_due_km"
    assert "60" in row.body
    assert Decimal(row.body.split(" km")[0].split("\xa0")[0][-2:]) == 60


def test_no_digest_when_there_is_nothing(dora):
    assert tell_alert_digest() == 0
    assert told(dora) == []
