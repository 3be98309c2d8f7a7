from datetime import date

import pytest

from config.lib.testing import api, assert_max_queries, back, browser
from garage.clients.tests.factories import client_of
from garage.vehicles import services
from garage.vehicles.events import reading_taken
from garage.vehicles.models import OdometerReading, Vehicle
from garage.vehicles.tests.factories import reading_of, vehicle_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def car(alice):
    return vehicle_of(client_of(alice))


def tell(user, vehicle, km, day=None, **values):
    url = f"/api/garage/vehicles/{vehicle.pk}/odometer"
    return api(user).post(url, {"km": km, "read_on": str(day or back()), **values})


def current(vehicle):
    return Vehicle.objects.get(pk=vehicle.pk).odometer_km


def test_a_client_tells_his_kilometres(alice, car):
    answer = tell(alice, car, 42_000)
    assert answer.status_code == 201
    data = answer.json()
    assert (data["km"], data["status"], data["reason"], data["source"]) == (42_000, "RETENUE", "", "CLIENT")
    assert api(alice).get(f"/api/garage/vehicles/{car.pk}").json()["odometer_km"] == 42_000
    assert OdometerReading.objects.get().by == alice


@pytest.mark.parametrize("days,km,code", [
    (0, 9_999, "RECUL"), (30, 19_999, "RECUL"), (40, 20_001, "RECUL"), (200, 10_001, "RECUL"), (-1, 21_000, "FUTUR"),
    (1000, 10, "TROP_ANCIENNE"), (0, 90_000, "SAUT"), (99, 19_999, "SAUT"),
])
def test_what_cannot_be_right_is_set_aside_and_changes_nothing(dora, alice, days, km, code):
    car = vehicle_of(client_of(alice), first_registration=back(900))
    reading_of(car, 10_000, back(100))
    reading_of(car, 20_000, back(30))
    data = tell(dora, car, km, back(days)).json()
    assert (data["status"], data["reason_code"]) == ("ECARTEE", code)
    assert data["reason"]
    assert current(car) == 20_000


def test_one_between_two_is_retained_and_does_not_move_the_current_value(dora, car):
    reading_of(car, 10_000, back(100))
    reading_of(car, 20_000, back(30))
    assert tell(dora, car, 15_000, back(60)).json()["status"] == "RETENUE"
    assert current(car) == 20_000


def test_the_same_reading_twice_is_one(alice, car):
    assert tell(alice, car, 10_000).json()["id"] == tell(alice, car, 10_000).json()["id"]


@pytest.mark.parametrize("body,field", [
    ({"km": -1}, "km"), ({"km": 10**30}, "km"), ({"km": "abc"}, "km"), ({"read_on": "2026-02-30"}, "read_on"),
    ({"source": "RADIO"}, "source"), ({"source": "GPS"}, "source"), ({"note": "x" * 301}, "note"), ({"note": "\0"}, "note"),
])
def test_bad_field_is_named(dora, car, body, field):
    answer = api(dora).post(f"/api/garage/vehicles/{car.pk}/odometer", {"km": 1, "read_on": str(back()), **body})
    assert answer.status_code == 422
    assert field in answer.json()["errors"]
    assert not OdometerReading.objects.exists()


def test_a_client_neither_speaks_for_the_workshop_nor_decides(alice, charlie, car):
    assert tell(alice, car, 10_000, source="ATELIER").status_code == 403
    assert tell(charlie, car, 10_000).status_code == 404
    kept = reading_of(car, 10_000)
    url = f"/api/garage/vehicles/{car.pk}/odometer/{kept.pk}"
    assert api(alice).patch(url, {"status": "ECARTEE", "note": "no"}).status_code == 403
    assert api(charlie).patch(url, {"status": "ECARTEE", "note": "no"}).status_code == 404
    assert api(charlie).get(f"/api/garage/vehicles/{car.pk}/odometer").status_code == 404


def test_staff_retains_and_sets_aside(dora, alice, car):
    reading_of(car, 10_000, back(50))
    typo = reading_of(car, 24_000, back(20))
    right = reading_of(car, 12_000)
    assert right.reason_code == "RECUL"
    url = f"/api/garage/vehicles/{car.pk}/odometer"
    refused = api(dora).patch(f"{url}/{right.pk}", {"status": "RETENUE"})
    assert (refused.status_code, refused.json()["code"], refused.json()["readings"]) == (409, "contradicted", [typo.pk])
    assert api(dora).patch(f"{url}/{typo.pk}", {"status": "ECARTEE"}).json()["errors"] == {"note": ["Say why."]}
    assert api(dora).patch(f"{url}/{typo.pk}", {"status": "ECARTEE", "note": "Typing error"}).status_code == 200
    assert current(car) == 10_000
    assert api(dora).patch(f"{url}/{right.pk}", {"status": "RETENUE"}).json()["reason"] == ""
    assert current(car) == 12_000
    assert [row["status"] for row in api(alice).get(url).json()["results"]] == ["RETENUE", "ECARTEE", "RETENUE"]
    assert api(dora).get(f"{url}?status=ECARTEE").json()["count"] == 1
    assert typo.history.count() == 2


def test_a_new_speedometer_begins_anew(dora, car):
    reading_of(car, 80_000, back(50))
    new = reading_of(car, 12)
    services.retain_reading(actor=dora, reading_id=new.pk, instead=True, note="New speedometer")
    assert current(car) == 12
    assert reading_of(car, 300).status == "RETENUE"


def test_what_has_not_happened_yet_is_never_retained(dora, car):
    tomorrow = reading_of(car, 10_000, back(-1))
    answer = api(dora).patch(f"/api/garage/vehicles/{car.pk}/odometer/{tomorrow.pk}", {"status": "RETENUE"})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_yet")
    assert current(car) is None


def test_kilometres_written_on_the_file_become_a_reading(dora, car):
    url = f"/api/garage/vehicles/{car.pk}"
    assert api(dora).patch(url, {"odometer_km": 10_000}).json()["odometer_km"] == 10_000
    assert api(dora).patch(url, {"odometer_km": 10_000, "make": "Dacia"}).json()["make"] == "Dacia"
    assert api(dora).patch(url, {"odometer_km": 9_000}).json()["odometer_km"] == 10_000
    assert list(OdometerReading.objects.values_list("km", "status", "source")) == [
        (10_000, "RETENUE", "ATELIER"), (9_000, "ECARTEE", "ATELIER"),
    ]


def test_readings_are_news(car, commit):
    heard = []
    listener = reading_taken.listener(lambda reading_id: heard.append(reading_id))
    try:
        with commit():
            reading = reading_of(car, 10_000)
    finally:
        reading_taken.listeners.remove(listener)
    assert heard == [reading.pk]


def test_the_list_does_not_cost_more_with_rows(dora, car):
    for number in range(5):
        reading_of(car, 10_000 + number, back(20 - number))
    client = api(dora)
    url = f"/api/garage/vehicles/{car.pk}/odometer"
    client.get(url)
    with assert_max_queries(4):
        assert client.get(url).json()["count"] == 5


def test_staff_decides_in_the_admin(admin_user, car):
    client = browser(admin_user)
    reading_of(car, 80_000, back(50))
    new = reading_of(car, 12)
    assert client.get(f"/admin/garage/vehicle/{car.pk}/change/").status_code == 200
    form = {"action": "new_speedometer", "_selected_action": [new.pk]}
    assert client.post("/admin/garage/odometerreading/", form).status_code == 302
    assert current(car) == 12
    assert new.history.last().reason == "New speedometer"


def test_a_date_of_long_ago_is_before_any_vehicle(dora, car):
    assert tell(dora, car, 10, date(1, 1, 1)).json()["reason_code"] == "TROP_ANCIENNE"
