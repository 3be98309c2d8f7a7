
import pytest

from config.lib.testing import api, back
from garage.clients.tests.factories import client_of
from garage.vehicles import services
from garage.vehicles.models import Ownership, Status
from garage.vehicles.tests.factories import vehicle_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def car(alice):
    vehicle = vehicle_of(client_of(alice))
    Ownership.objects.update(since=back(400))
    return vehicle


def owners(vehicle):
    return [(row.client.name, row.since, row.until) for row in vehicle.ownerships.all()]


def test_sold_to_another_client_it_is_his_and_no_longer_the_formers(dora, alice, bob, car):
    buyer, day = client_of(bob, name="Bob"), back(3)
    answer = api(dora).post(f"/api/garage/vehicles/{car.pk}/owners", {"client": buyer.pk, "on": str(day)})
    assert (answer.status_code, answer.json()["client"]) == (201, buyer.pk)
    assert owners(car) == [("Bob", day, None), ("Alice Martin", back(400), day)]
    assert api(bob).get(f"/api/garage/vehicles/{car.pk}").status_code == 200
    assert api(alice).get(f"/api/garage/vehicles/{car.pk}").status_code == 404
    names = [row["name"] for row in api(dora).get(f"/api/garage/vehicles/{car.pk}/owners").json()["results"]]
    assert names == ["Bob", "Alice Martin"]


def test_another_client_on_the_file_is_a_new_owner_from_today(dora, bob, car):
    api(dora).patch(f"/api/garage/vehicles/{car.pk}", {"client": client_of(bob, name="Bob").pk})
    assert owners(car)[0] == ("Bob", back(), None)
    api(dora).patch(f"/api/garage/vehicles/{car.pk}", {"client": client_of(name="Zoé").pk})
    assert [name for name, _since, _until in owners(car)] == ["Zoé", "Alice Martin"], "a slip of the day leaves no trace"


def test_a_sold_vehicle_comes_back_with_its_buyer(dora, bob, car):
    services.set_status(actor=dora, vehicle_id=car.pk, status=Status.VENDU)
    assert owners(car)[0][2] == back()
    assert services.change_owner(actor=dora, vehicle_id=car.pk, client_id=client_of(bob, name="Bob").pk).status == "ACTIF"
    assert [until for _name, _since, until in owners(car)] == [None, back()]


def test_back_in_use_it_is_the_same_clients_again(dora, car):
    services.set_status(actor=dora, vehicle_id=car.pk, status=Status.VENDU)
    services.set_status(actor=dora, vehicle_id=car.pk, status=Status.ACTIF)
    assert [until for _name, _since, until in owners(car)] == [None, back()]


@pytest.mark.parametrize("on,status,word", [(-1, 422, "on"), (401, 409, "owned_since"), ("x", 422, "on")])
def test_a_day_that_cannot_be_changes_nothing(dora, bob, car, on, status, word):
    on = on if on == "x" else back(on)
    url = f"/api/garage/vehicles/{car.pk}/owners"
    answer = api(dora).post(url, {"client": client_of(bob, name="Bob").pk, "on": str(on)})
    assert answer.status_code == status
    assert word in answer.json()["errors"] or word == answer.json()["code"]
    assert len(owners(car)) == 1


def test_a_scrapped_vehicle_is_not_sold(dora, bob, car):
    services.set_status(actor=dora, vehicle_id=car.pk, status=Status.DETRUIT)
    answer = api(dora).post(f"/api/garage/vehicles/{car.pk}/owners", {"client": client_of(bob, name="Bob").pk})
    assert (answer.status_code, answer.json()["code"]) == (409, "illegal_transition")


def test_only_staff_sells_and_knows_the_owners(alice, charlie, bob, car):
    url, body = f"/api/garage/vehicles/{car.pk}/owners", {"client": client_of(bob, name="Bob").pk}
    assert [api(who).post(url, body).status_code for who in (alice, charlie)] == [403, 404]
    assert [api(who).get(url).status_code for who in (alice, charlie)] == [403, 404]
