"""Input that clients should never send gets an answer below 500 and changes nothing."""

import pytest

from config.lib.testing import api
from delivery.auctions.tests.factories import bid
from delivery.couriers.tests.factories import make_courier
from delivery.deliveries.tests.factories import DROPOFF, PARCELS, PICKUP, make_delivery

pytestmark = pytest.mark.django_db

HUGE = 10**30


@pytest.mark.parametrize("path", [
    "/api/deliveries?search=%00&status=%00&role=%00", "/api/places/search?q=%00%00%00abc",
    "/api/deliveries/open?lat=nan&lon=2", "/api/deliveries/open?lat=1&lon=inf", "/api/deliveries/open?radius_m=1e99",
    f"/api/deliveries/{HUGE}", f"/api/deliveries/{HUGE}/bids", f"/api/deliveries/{HUGE}/proof",
    "/api/deliveries?page=0", f"/api/deliveries?page_size={HUGE}",
])
def test_reading_with_odd_parameters(carla, path):
    make_courier(carla)
    assert api(carla).get(path).status_code < 500


def test_the_managers_list_with_odd_parameters(dora):
    assert api(dora).get("/api/manager/couriers?search=%00&status=%00").status_code < 500
    assert api(dora).get(f"/api/manager/couriers/{HUGE}").status_code == 404


@pytest.mark.parametrize("change", [
    {"pickup": {**PICKUP, "lat": "nan", "lon": "nan"}}, {"pickup": None}, {"pickup": []}, {"parcels": {}},
    {"parcels": [[]]}, {"parcels": [{"weight_kg": "1e400", "size": "S"}]}, {"max_price": "NaN"},
    {"closes_in_s": HUGE}, {"window": {"from": "9999-12-31T23:59:59-23:59", "to": "0001-01-01T00:00:00+23:59"}},
    {"handover_methods": [[]]}, {"note": "a\x00b"}, {"mode": ["ENCHERE"]}, {"kind": None},
])
def test_creating_with_odd_bodies(alice, change):
    body = {"pickup": PICKUP, "dropoff": DROPOFF, "parcels": PARCELS, **change}
    assert api(alice).post("/api/deliveries", body).status_code in (400, 422)


@pytest.mark.parametrize("body", [
    {"amount": "1e400", "eta_minutes": 1}, {"amount": "5", "eta_minutes": HUGE}, {"amount": {}, "eta_minutes": []},
    {"amount": True, "eta_minutes": True}, [], "x",
])
def test_bidding_with_odd_bodies(alice, carla, body):
    make_courier(carla)
    assert api(carla).post(f"/api/deliveries/{make_delivery(alice).pk}/bids", body).status_code in (400, 422)


def test_ids_that_are_too_large_are_not_there(alice, carla):
    make_courier(carla)
    delivery = make_delivery(alice)
    assert api(alice).post(f"/api/deliveries/{delivery.pk}/bids/{HUGE}/accept").status_code == 404
    assert api(alice).post(f"/api/deliveries/{HUGE}/bids/1/accept").status_code == 404
    assert api(carla).delete(f"/api/deliveries/{HUGE}/bids/{HUGE}").status_code == 404
    assert api(carla).post(f"/api/deliveries/{HUGE}/bids", {"amount": "5", "eta_minutes": 5}).status_code == 404


@pytest.mark.parametrize("body", [
    {"code": "1", "lat": "nan", "lon": "inf"}, {"signature": {"a": 1}}, {"photo": "x"}, {"code": ["1"]},
    {"signature": [[["1", None]]]},
])
def test_handing_over_with_odd_bodies(alice, carla, body):
    from delivery.auctions.services import accept_bid
    from delivery.deliveries.tests.factories import fund

    fund(alice)
    delivery = make_delivery(alice, handover_methods=["PHOTO", "SIGNATURE"])
    row = bid(delivery, make_courier(carla))
    accept_bid(actor=alice, delivery_id=delivery.pk, bid_id=row.pk)
    assert api(carla).post(f"/api/deliveries/{delivery.pk}/pickup", body).status_code in (400, 422)
