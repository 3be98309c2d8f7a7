import pytest

from config.lib.actors import SYSTEM
from config.lib.errors import Forbidden, IllegalMove, NotFound
from config.lib.testing import api
from delivery.couriers import queries, services
from delivery.couriers.models import Courier, Shift
from delivery.couriers.rules import AlreadyApplied, NotACourier
from delivery.couriers.tests.factories import make_courier

pytestmark = pytest.mark.django_db


def test_a_person_applies_once_and_may_try_again_when_refused(carla):
    courier = services.apply(actor=carla, vehicle="VELO")
    assert courier.status == "DEMANDE"
    with pytest.raises(AlreadyApplied):
        services.apply(actor=carla, vehicle="VELO")
    services.refuse(actor=SYSTEM, courier_id=courier.pk, reason="Plus tard")
    again = services.apply(actor=carla, vehicle="SCOOTER")
    assert (again.pk, again.status, again.vehicle) == (courier.pk, "DEMANDE", "SCOOTER")


def test_only_managers_approve_suspend_and_reactivate(carla, bob, dora):
    courier = services.apply(actor=carla, vehicle="VELO")
    for service in (services.approve, services.suspend, services.refuse, services.reactivate, services.end_shift):
        with pytest.raises(Forbidden):
            service(actor=bob, courier_id=courier.pk)
    assert services.approve(actor=dora, courier_id=courier.pk).status == "ACTIF"
    assert services.suspend(actor=dora, courier_id=courier.pk).status == "SUSPENDU"
    assert services.reactivate(actor=dora, courier_id=courier.pk).status == "ACTIF"
    with pytest.raises(IllegalMove):
        services.approve(actor=dora, courier_id=courier.pk)
    with pytest.raises(NotFound):
        services.approve(actor=dora, courier_id=0)
    assert list(courier.history.values_list("to_status", flat=True)) == ["DEMANDE", "ACTIF", "SUSPENDU", "ACTIF"]


def test_every_pair_of_states_is_allowed_or_refused_as_written(carla):
    courier = services.apply(actor=carla, vehicle="VELO")
    for before in Courier.Status.values:
        for after in Courier.Status.values:
            Courier.objects.filter(pk=courier.pk).update(status=before)
            courier.refresh_from_db()
            if after in Courier.MOVES.get(before, set()):
                courier.move(after, actor=SYSTEM)
            else:
                with pytest.raises(IllegalMove):
                    courier.move(after, actor=SYSTEM)


def test_a_shift_opens_and_closes_and_saying_it_twice_changes_nothing(carla):
    courier = make_courier(carla)
    services.set_shift(actor=carla, on=True)
    assert Shift.objects.filter(courier=courier, closed_at=None).count() == 1
    services.set_shift(actor=carla, on=False)
    services.set_shift(actor=carla, on=False)
    assert Shift.objects.get().closed_at is not None


def test_only_approved_couriers_open_a_shift(carla, bob):
    services.apply(actor=carla, vehicle="VELO")
    for person in (carla, bob):
        with pytest.raises(NotACourier):
            services.set_shift(actor=person, on=True)


def test_a_suspension_closes_the_shift(carla):
    courier = make_courier(carla)
    services.suspend(actor=SYSTEM, courier_id=courier.pk)
    courier.refresh_from_db()
    assert not courier.on_shift
    assert queries.open_shift(courier) is None


def test_the_role_comes_with_the_approval_and_goes_with_it(carla, dora):
    assert "COURSIER" not in api(carla).get("/api/auth/profile").json()["roles"]
    courier = make_courier(carla)
    assert "COURSIER" in api(carla).get("/api/auth/profile").json()["roles"]
    services.suspend(actor=dora, courier_id=courier.pk)
    assert "COURSIER" not in api(carla).get("/api/auth/profile").json()["roles"]


def test_the_api_of_my_profile_and_my_shift(carla, dora):
    client = api(carla)
    assert client.get("/api/users/me/courier").status_code == 404
    assert client.patch("/api/users/me/courier", {"vehicle": "PIED"}).status_code == 404
    assert client.post("/api/users/me/courier", {"vehicle": "FUSEE"}).status_code == 422
    made = client.post("/api/users/me/courier/", {"vehicle": "VELO"})
    assert (made.status_code, made.json()["status"]) == (201, "DEMANDE")
    again = client.post("/api/users/me/courier", {"vehicle": "VELO"})
    assert (again.status_code, again.json()["code"]) == (409, "already_applied")
    assert client.patch("/api/users/me/courier", {"vehicle": "PIED"}).json()["vehicle"] == "PIED"
    assert client.post("/api/tracking/shift", {"on": True}).json()["code"] == "not_a_courier"
    pk = made.json()["id"]
    assert api(dora).post(f"/api/manager/couriers/{pk}/approve").json()["status"] == "ACTIF"
    on = client.post("/api/tracking/shift", {"on": True}).json()
    assert on["on"] is True
    assert on["since"]
    assert client.post("/api/tracking/shift", {"on": False}).json() == {"on": False, "since": None}
    assert client.post("/api/tracking/shift", {}).status_code == 422


def test_the_managers_list_is_for_managers_searched_and_filtered(carla, bob, dora):
    courier = make_courier(carla)
    assert api(bob).get("/api/manager/couriers").status_code == 403
    assert api(bob).get(f"/api/manager/couriers/{courier.pk}").status_code == 403
    assert api().get("/api/manager/couriers").status_code == 401
    client = api(dora)
    assert client.get("/api/manager/couriers", {"search": "carla"}).json()["count"] == 1
    assert client.get("/api/manager/couriers", {"status": "SUSPENDU"}).json()["count"] == 0
    assert client.get(f"/api/manager/couriers/{courier.pk}").json()["email"] == carla.email
    assert client.post(f"/api/manager/couriers/{courier.pk}/suspend", {"reason": "x"}).json()["status"] == "SUSPENDU"
    assert client.post(f"/api/manager/couriers/{courier.pk}/suspend").json()["code"] == "illegal_transition"
