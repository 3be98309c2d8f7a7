"""The whole way by REST, as a mobile app goes it."""

from decimal import Decimal

import pytest

from accounts.wallet.queries import wallet_of
from config.lib.testing import api
from delivery.couriers.tests.factories import make_courier
from delivery.deliveries.tests.factories import DROPOFF, PARCELS, PICKUP, fund

pytestmark = pytest.mark.django_db

BODY = {
    "pickup": PICKUP, "dropoff": DROPOFF, "parcels": PARCELS, "mode": "ENCHERE", "award": "MANUELLE",
    "max_price": "12.50", "closes_in_s": 600,
}


def test_publish_bid_accept_pick_up_and_hand_over(alice, bob, carla, commit):
    fund(alice)
    make_courier(carla)
    sender, courier = api(alice), api(carla)

    estimate = sender.post("/api/deliveries/estimate", {k: BODY[k] for k in ("pickup", "dropoff", "parcels")})
    assert estimate.status_code == 200, estimate.json()
    found = estimate.json()
    assert sum(Decimal(line["amount"]) for line in found["breakdown"]) == Decimal(found["price"])
    assert found["eta"]["p20"] < found["eta"]["p50"] < found["eta"]["p80"]

    with commit():
        created = sender.post("/api/deliveries/", BODY)
    assert created.status_code == 201, created.json()
    delivery = created.json()
    assert delivery["status"] == "EN_ENCHERE"
    assert delivery["auction"] == {
        "closes_at": delivery["auction"]["closes_at"], "bids_count": 0, "award": "MANUELLE"
    }
    codes = delivery["handover"]
    assert len(codes["pickup_code"]) == len(codes["dropoff_code"]) == 6
    url = f"/api/deliveries/{delivery['id']}"

    near = courier.get("/api/deliveries/open", {"lat": 48.86, "lon": 2.36, "radius_m": 3000}).json()
    assert [row["id"] for row in near["results"]] == [delivery["id"]]
    assert "name" not in near["results"][0]["pickup"]

    with commit():
        bid = courier.post(f"{url}/bids", {"amount": "8.00", "eta_minutes": 40, "note": "Tout de suite"})
    assert bid.status_code == 201, bid.json()
    assert bid.json()["score"] is None
    row = sender.get(f"{url}/bids").json()["results"][0]
    assert sum(Decimal(p["points"]) for p in row["parts"]) == Decimal(row["score"])

    with commit():
        accepted = sender.post(f"{url}/bids/{bid.json()['id']}/accept")
    assert (accepted.status_code, accepted.json()["status"]) == (200, "ATTRIBUEE")
    again = sender.post(f"{url}/bids/{bid.json()['id']}/accept")
    assert (again.status_code, again.json()["code"]) == (409, "auction_closed")

    mine = courier.get(url).json()
    assert mine["handover"] == {"pickup_code": None, "dropoff_code": None}
    assert mine["tracking_url"] is None

    wrong = courier.post(f"{url}/pickup", {"code": "x"})
    assert (wrong.status_code, wrong.json()["code"], wrong.json()["attempts_left"]) == (409, "wrong_code", 4)
    with commit():
        assert courier.post(f"{url}/pickup", {"code": codes["pickup_code"]}).json()["status"] == "COLLECTEE"
        done = courier.post(f"{url}/deliver", {"code": codes["dropoff_code"], "lat": 48.862, "lon": 2.366})
    assert done.json()["status"] == "LIVREE"
    assert wallet_of(carla).balance == Decimal("6.80")
    assert [change["status"] for change in sender.get(url).json()["history"]] == [
        "EN_ENCHERE", "ATTRIBUEE", "COLLECTEE", "LIVREE"
    ]

    with commit():
        first = sender.get(f"{url}/proof")
    assert first.status_code == 202
    assert first["Retry-After"]
    proof = sender.get(f"{url}/proof")
    assert proof.status_code == 200
    assert b"".join(proof.streaming_content).startswith(b"%PDF")


def test_an_unknown_street_is_said_on_its_field(alice):
    body = {**BODY, "pickup": {"line1": "1 rue Nulle Part", "postal_code": "75003", "city": "Paris"}}
    answer = api(alice).post("/api/deliveries", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "address_not_found")
    assert list(answer.json()["errors"]) == ["pickup.line1"]


def test_the_same_idempotency_key_gives_the_same_delivery(alice):
    client = api(alice)
    first = client.post("/api/deliveries", BODY, HTTP_IDEMPOTENCY_KEY="k1")
    second = client.post("/api/deliveries", BODY, HTTP_IDEMPOTENCY_KEY="k1")
    assert first.json()["id"] == second.json()["id"]
    assert second["Idempotent-Replayed"] == "true"
