from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from config.lib.actors import SYSTEM
from config.lib.errors import Invalid
from config.lib.testing import api
from garage.vehicles import services as vehicles
from garage.vehicles.tests.factories import vehicle_of
from garage.workshop import rules
from garage.workshop.events import appointment_moved
from garage.workshop.models import Appointment, SlotTaken
from garage.workshop.queries import appointments as queries
from garage.workshop.services import resources
from garage.workshop.tests.appointment_factories import at, booked, car_of, mechanic, next_day, open_garage

pytestmark = pytest.mark.django_db
URL = "/api/garage/appointments"


def body(vehicle, starts_at=None, **values):
    starts_at = starts_at or at(next_day(), 9)
    return {"vehicle": vehicle.pk, "starts_at": starts_at.isoformat(), "hours": "1.5", "reason": "Vidange", **values}


def test_a_client_books_his_own_vehicle(alice, commit):
    [lift], [mechanic] = open_garage()
    vehicle, heard = car_of(alice), []
    appointment_moved.listeners.append(lambda **ids: heard.append(ids))
    try:
        with commit():
            answer = api(alice).post(URL, body(vehicle))
    finally:
        appointment_moved.listeners.pop()
    assert answer.status_code == 201, answer.data
    data = answer.json()
    assert (data["status"], data["origin"], data["lift"], data["mechanic"]) == (
        "CONFIRME", "CLIENT", lift.pk, mechanic.pk,
    )
    assert datetime.fromisoformat(data["ends_at"]) == at(next_day(), 10, 30)
    assert SlotTaken.objects.filter(resource=lift).count() == SlotTaken.objects.filter(resource=mechanic).count() == 6
    assert [(ids["appointment_id"], ids["from_status"], ids["to_status"]) for ids in heard] == [
        (data["id"], "", "CONFIRME")
    ]


def test_staff_books_for_a_client_and_names_the_lift(dora, alice):
    lifts, _mechanics = open_garage(lifts=2)
    answer = api(dora).post(URL, body(car_of(alice), lift=lifts[1].pk))
    assert (answer.status_code, answer.json()["lift"], answer.json()["origin"]) == (201, lifts[1].pk, "EQUIPE")


def test_the_second_booking_of_the_same_hour_is_told_so(alice, bob):
    open_garage()
    first, second = car_of(alice), car_of(bob, plate="CD-456-EF", name="Bob")
    assert api(alice).post(URL, body(first)).status_code == 201
    answer = api(bob).post(URL, body(second, at(next_day(), 10)))
    assert (answer.status_code, answer.json()["code"]) == (409, "slot_taken")
    assert Appointment.objects.count() == 1
    assert api(bob).post(URL, body(second, at(next_day(), 10, 30))).status_code == 201


def test_a_free_lift_and_mechanic_are_found(alice):
    lifts, mechanics = open_garage(lifts=2, mechanics=2)
    vehicle = car_of(alice)
    first, second = booked(vehicle), booked(vehicle)
    assert {first.lift, second.lift} == set(lifts)
    assert {first.mechanic, second.mechanic} == set(mechanics)
    with pytest.raises(rules.SlotTaken):
        booked(vehicle)


def test_the_rare_skill_is_kept_for_who_needs_it(alice):
    open_garage(lifts=3, mechanics=0)
    expert, beginner = mechanic("Ada", skill="T3"), mechanic("Bea", skill="T1")
    vehicle = car_of(alice)
    assert booked(vehicle).mechanic == beginner
    assert booked(vehicle, skill="T2").mechanic == expert
    with pytest.raises(rules.SlotTaken):
        booked(vehicle, skill="T2")
    with pytest.raises(Invalid) as wrong:
        booked(vehicle, skill="CARROSSERIE")
    assert "mechanic" in wrong.value.errors


def test_without_mechanics_lifts_alone_are_booked(alice):
    open_garage(mechanics=0)
    assert booked(car_of(alice)).mechanic is None


def test_work_goes_on_after_noon_and_after_the_weekend(alice):
    open_garage()
    vehicle = car_of(alice)
    assert booked(vehicle, at(next_day(), 11), "2").ends_at == at(next_day(), 14)
    friday = next_day(4, weeks=2)
    assert booked(vehicle, at(friday, 16), "7").ends_at == at(friday + timedelta(days=3), 9)
    assert not SlotTaken.objects.filter(starts_at=at(next_day(), 12)).exists(), "the noon break is nobody's"


@pytest.mark.parametrize("weekday,hour,minute", [(0, 7, 0), (0, 12, 0), (0, 18, 0), (5, 14, 0), (6, 10, 0), (0, 9, 7)])
def test_outside_the_hours_or_between_quarters_is_refused(alice, weekday, hour, minute):
    open_garage()
    answer = api(alice).post(URL, body(car_of(alice), at(next_day(weekday), hour, minute)))
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["starts_at"])
    assert not Appointment.objects.exists()


def test_past_far_and_too_soon_are_refused(alice, dora):
    open_garage()
    vehicle = car_of(alice)
    for person, start in (
        (alice, timezone.now() - timedelta(days=7)), (dora, timezone.now() - timedelta(hours=1)),
        (alice, timezone.now() + timedelta(days=200)), (dora, timezone.now() + timedelta(days=500)),
        (alice, timezone.now() + timedelta(minutes=20)),
    ):
        answer = api(person).post(URL, body(vehicle, start.replace(minute=0, second=0, microsecond=0)))
        assert (answer.status_code, list(answer.json()["errors"])) == (422, ["starts_at"])


def test_a_closed_day_is_refused_and_a_mechanics_day_off_only_for_him(alice):
    [_lift], [mechanic] = open_garage()
    vehicle, monday = car_of(alice), next_day()
    resources.save_closure(actor=SYSTEM, resource=mechanic, first_day=monday, last_day=monday)
    with pytest.raises(Invalid) as wrong:
        booked(vehicle)
    assert "starts_at" in wrong.value.errors
    resources.save_resource(actor=SYSTEM, kind="MECANICIEN", name="Remplaçante")
    assert booked(vehicle).mechanic.name == "Remplaçante"
    resources.save_closure(actor=SYSTEM, first_day=monday + timedelta(days=1), last_day=monday + timedelta(days=2))
    with pytest.raises(Invalid):
        booked(vehicle, at(monday + timedelta(days=2), 9))


@pytest.mark.parametrize("change,field", [
    ({"hours": "0"}, "hours"), ({"hours": "17"}, "hours"), ({"hours": "999999999"}, "hours"), ({"hours": "NaN"}, "hours"),
    ({"vehicle": 999}, "vehicle"), ({"vehicle": 10**30}, "vehicle"), ({"vehicle": "x"}, "vehicle"),
    ({"starts_at": "soon"}, "starts_at"), ({"starts_at": "9999-12-31T23:59:00Z"}, "starts_at"),
    ({"starts_at": "0001-01-01T00:00:00Z"}, "starts_at"), ({"reason": "x" * 301}, "reason"),
    ({"reason": "\x00"}, "reason"), ({"lift": 1}, "vehicle"), ({"client": 10**6}, "client"), ({"skill": "T9"}, "skill"),
])
def test_what_is_wrong_is_named_and_changes_nothing(alice, change, field):
    open_garage()
    answer = api(alice).post(URL, body(car_of(alice)) | change, format="json")
    assert answer.status_code == 422, answer.data
    assert field in answer.json()["errors"]
    assert not Appointment.objects.exists()


def test_anothers_vehicle_does_not_exist_for_him(alice, bob):
    open_garage()
    vehicle = car_of(alice)
    foreign, unknown = (api(bob).post(URL, body(vehicle) | {"vehicle": pk}) for pk in (vehicle.pk, 10**6))
    assert foreign.status_code == unknown.status_code == 422
    assert foreign.json() == unknown.json()


def test_a_sold_vehicle_gets_no_appointment(alice):
    open_garage()
    vehicle = car_of(alice)
    vehicles.set_status(actor=SYSTEM, vehicle_id=vehicle.pk, status="VENDU")
    assert "vehicle" in api(alice).post(URL, body(vehicle)).json()["errors"]


def test_a_client_keeps_a_few_appointments_open_at_most(alice):
    open_garage()
    vehicle = car_of(alice)
    for hour in range(13, 13 + rules.MOST_OPEN):
        booked(vehicle, at(next_day(), hour), actor=alice)
    answer = api(alice).post(URL, body(vehicle))
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_appointments")
    booked(vehicle)  # staff may


def test_a_mechanic_who_left_is_not_booked(dora, alice):
    _lifts, [mechanic] = open_garage()
    resources.save_resource(actor=SYSTEM, resource_id=mechanic.pk, is_active=False)
    answer = api(dora).post(URL, body(car_of(alice), mechanic=mechanic.pk))
    assert "mechanic" in answer.json()["errors"]


def test_the_same_key_books_once(alice):
    open_garage()
    wish, client = body(car_of(alice)), api(alice)
    first, again = (client.post(URL, wish, headers={"Idempotency-Key": "k-1"}) for _n in range(2))
    assert first.json()["id"] == again.json()["id"]
    assert Appointment.objects.count() == 1


@pytest.mark.parametrize("sunday", [date(2027, 3, 28), date(2027, 10, 31)])
def test_the_hour_on_the_clock_is_kept_over_a_change_of_the_clock(alice, sunday, monkeypatch):
    open_garage()
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(sunday - timedelta(days=10), 12))
    vehicle = car_of(alice)
    before = booked(vehicle, at(sunday - timedelta(days=1), 10), "3")
    after = booked(vehicle, at(sunday + timedelta(days=1), 9))
    assert timezone.localtime(before.ends_at).strftime("%a %H:%M") == "Mon 09:00"
    assert timezone.localtime(after.starts_at).strftime("%a %H:%M") == "Mon 09:00"


def test_lists_show_ones_own(alice, bob, dora):
    open_garage(lifts=2, mechanics=2)
    mine, his = booked(car_of(alice)), booked(car_of(bob, plate="CD-456-EF", name="Bob"), at(next_day(1), 9))
    assert [row["id"] for row in api(alice).get(URL).json()["results"]] == [mine.pk]
    assert [row["id"] for row in api(dora).get(URL).json()["results"]] == [mine.pk, his.pk]
    monday = next_day().isoformat()
    assert [row["id"] for row in api(dora).get(f"{URL}?from={monday}&to={monday}").json()["results"]] == [mine.pk]
    assert [row["id"] for row in api(dora).get(f"{URL}?vehicle={his.vehicle_id}").json()["results"]] == [his.pk]
    assert api(bob).get(f"{URL}/{mine.pk}").status_code == 404
    assert api(dora).get(f"{URL}?from=9999-12-31").status_code == 422
    assert api(dora).get(f"{URL}?client=²").status_code == 422


def test_booking_costs_the_same_however_full_the_week_is(alice, django_assert_max_num_queries):
    open_garage(lifts=2, mechanics=2)
    vehicle = car_of(alice)
    for hour in (8, 9, 10, 11, 13, 14):
        booked(vehicle, at(next_day(), hour))
    with django_assert_max_num_queries(20):
        booked(vehicle, at(next_day(), 15))


def test_another_vehicle_of_the_same_client_is_fine(alice):
    open_garage(lifts=2, mechanics=2)
    vehicle = car_of(alice)
    second = vehicle_of(vehicle.client, plate="GH-789-JK")
    assert booked(vehicle).client == booked(second, actor=alice).client
    assert queries.may_cancel(alice, Appointment.objects.latest("pk"))
    assert Appointment.objects.filter(hours=Decimal(1)).count() == 2
