"""`/ws/deliveries/{id}` and its REST twin: the parties of a delivery, or its signed link, and nobody else."""

import pytest

from config.lib.testing import api
from delivery.deliveries.queries import public_token
from delivery.tracking.models import Watch
from delivery.tracking.services import record_points
from delivery.tracking.tests.factories import courier_on_shift, delivery_of, ride
from delivery.tracking.tests.sockets import communicator, connected, in_thread

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def carried(carla, alice, bob):
    """Carla carries a parcel from alice to bob and was seen on the way."""
    courier = courier_on_shift(carla)
    delivery = delivery_of(courier, sender=alice, recipient=bob)
    record_points(actor=carla, items=ride(5))
    return delivery


def path(delivery, token=""):
    return f"/ws/deliveries/{delivery.pk}" + (f"?token={token}" if token else "")


async def test_a_watcher_gets_a_snapshot_at_once(carried, bob):
    async with connected(path(carried), bob) as socket:
        snapshot = await socket.receive_json_from()
    assert (snapshot["type"], snapshot["status"], snapshot["delivery"]) == ("snapshot", "COLLECTEE", carried.pk)
    assert snapshot["position"]["lat"] == pytest.approx(48.857, abs=0.01)
    assert snapshot["eta"]["p20"] < snapshot["eta"]["p80"]
    assert snapshot["courier"] == {"first_name": "Carla", "vehicle": "VELO"}
    assert [step["status"] for step in snapshot["timeline"]] == ["COLLECTEE"]
    assert "+336" not in str(snapshot)
    assert "4512" not in str(snapshot)


async def test_everyone_entitled_sees_the_same(carried, alice, bob, carla, dora):
    token = public_token(carried)
    async with (
        connected(path(carried), alice) as a, connected(path(carried), bob) as b, connected(path(carried), carla) as c,
        connected(path(carried), dora) as d, connected(path(carried, token)) as e,
    ):
        for socket in (a, b, c, d, e):
            assert (await socket.receive_json_from())["type"] == "snapshot"
        await in_thread(record_points)(actor=carla, items=ride(3, ago_s=20, first_seq=50))
        seen = [await socket.receive_json_from() for socket in (a, b, c, d, e)]
    assert seen[0]["type"] == "position"
    assert seen == [seen[0]] * 5


async def test_strangers_are_refused(carried, charlie):
    assert await communicator(path(carried), charlie).connect() == (False, 4403)
    assert await communicator(path(carried)).connect() == (False, 4401)
    assert await communicator(path(carried, "12.forged")).connect() == (False, 4401)
    assert await communicator("/ws/deliveries/999999", charlie).connect() == (False, 4403)


async def test_the_link_of_one_delivery_does_not_open_another(carried, carla):
    other = await in_thread(lambda: delivery_of(carla.courier))()
    assert await communicator(path(other, public_token(carried))).connect() == (False, 4401)


@pytest.mark.parametrize("status", ["ATTRIBUEE", "LIVREE", "ECHOUEE", "RETOURNEE"])
def test_the_recipient_sees_the_courier_only_from_pickup_to_end(carla, alice, bob, status):
    delivery = delivery_of(courier_on_shift(carla), sender=alice, recipient=bob, status=status)
    record_points(actor=carla, items=ride(3))
    url, token = f"/api/tracking/deliveries/{delivery.pk}", public_token(delivery)
    assert api(bob).get(url).json()["position"] is None
    assert api().get(url, {"token": token}).json()["position"] is None
    sender_sees = api(alice).get(url).json()["position"] is not None
    assert sender_sees == (status == "ATTRIBUEE")


def test_a_position_from_before_the_award_is_not_shown(carla, alice):
    from django.utils import timezone

    courier = courier_on_shift(carla)
    record_points(actor=carla, items=ride(3, ago_s=600))
    delivery = delivery_of(courier, sender=alice, status="ATTRIBUEE")
    type(delivery).objects.update(awarded_at=timezone.now())
    assert api(alice).get(f"/api/tracking/deliveries/{delivery.pk}").json()["position"] is None


def test_strangers_and_visitors_get_404_and_401(carried, charlie):
    for url in (f"/api/tracking/deliveries/{carried.pk}", f"/api/tracking/deliveries/{carried.pk}/trail"):
        assert api(charlie).get(url).status_code == 404
        assert api().get(url).status_code == 401
        assert api().get(url, {"token": "nonsense"}).status_code == 401
        assert api().get(url, {"token": public_token(carried)}).status_code == 200


def test_the_trail_begins_at_the_pickup(carried, carla, alice):
    record_points(actor=carla, items=ride(4, ago_s=3600, first_seq=90))
    trail = api(alice).get(f"/api/tracking/deliveries/{carried.pk}/trail").json()
    assert trail["type"] == "Feature"
    assert len(trail["geometry"]["coordinates"]) == len(trail["properties"]["times"]) == 5
    assert trail["geometry"]["coordinates"][0] == pytest.approx([2.354, 48.857])


def test_the_courier_sees_who_watched_at_most_once_in_ten_minutes(carried, carla, alice, bob, charlie, dora):
    url = f"/api/tracking/deliveries/{carried.pk}"
    for person in (alice, alice, bob, dora, charlie, carla):
        api(person).get(url)
    api().get(url, {"token": public_token(carried)})
    rows = api(carla).get("/api/tracking/watchers").json()
    assert rows["count"] == Watch.objects.count() == 4
    assert {(row["audience"], row["name"]) for row in rows["results"]} == {
        ("EXPEDITEUR", "Alice"), ("DESTINATAIRE", "Bob"), ("EQUIPE", "Dora"), ("LIEN", None),
    }
    assert api(alice).get("/api/tracking/watchers").status_code == 403


async def test_watching_by_socket_is_noted(carried, bob):
    async with connected(path(carried), bob) as socket:
        await socket.receive_json_from()
    assert await Watch.objects.filter(watcher=bob, delivery=carried).acount() == 1


async def test_staff_see_the_fleet_and_nobody_else_does(carried, carla, dora, alice):
    assert await communicator("/ws/dispatch").connect() == (False, 4401)
    assert await communicator("/ws/dispatch", alice).connect() == (False, 4403)
    assert await communicator("/ws/dispatch", carla).connect() == (False, 4403)
    async with connected("/ws/dispatch", dora) as socket:
        snapshot = await socket.receive_json_from()
        assert [row["name"] for row in snapshot["couriers"]] == ["Carla Martin"]
        for seq in range(3):
            await in_thread(record_points)(actor=carla, items=ride(1, ago_s=10 - seq, first_seq=60 + seq))
        moved = await socket.receive_json_from(timeout=3)
        assert (moved["type"], moved["courier"]) == ("position", carla.courier.pk)
        assert await socket.receive_nothing(1.3), "one message a second, and none when nothing moved"


def test_positions_by_rest_answer_like_the_contract(carla, alice):
    courier_on_shift(carla)
    client = api(carla)
    answer = client.post("/api/tracking/positions", {"items": [*ride(3), {"seq": 9}]})
    assert answer.status_code == 200
    assert answer.json() == {
        "ack": 3, "stored": 3, "ignored": 1, "errors": [{"seq": 9, "code": "bad_position", "field": "lat"}],
    }
    assert client.post("/api/tracking/positions", {"items": 3}).status_code == 422
    assert client.post("/api/tracking/positions", [1]).status_code == 422
    assert client.post("/api/tracking/positions", {"items": [{}] * 1001}).json()["code"] == "too_many_points"
    assert api(alice).post("/api/tracking/positions", {"items": []}).status_code == 403
    type(carla.courier).objects.update(on_shift=False)
    refused = client.post("/api/tracking/positions", {"items": ride(1)})
    assert (refused.status_code, refused.json()["code"]) == (409, "off_shift")
