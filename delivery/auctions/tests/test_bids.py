"""Placing, changing and withdrawing a bid; what is sealed from whom."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from config.lib.errors import Invalid, NotFound
from config.lib.testing import api, assert_max_queries
from delivery.auctions import services
from delivery.auctions.models import Bid
from delivery.auctions.rules import AlreadyBid, AuctionClosed, NotAnAuction, OwnDelivery
from delivery.auctions.tests.factories import bid
from delivery.couriers import services as couriers
from delivery.couriers.rules import NotACourier, NotOnShift
from delivery.couriers.tests.factories import make_courier
from delivery.deliveries.models import Delivery
from delivery.deliveries.tests.factories import make_delivery

pytestmark = pytest.mark.django_db


@pytest.fixture
def courier(carla):
    return make_courier(carla)


@pytest.fixture
def karim(person):
    return make_courier(person("karim"))


def place(delivery, courier, **fields):
    values = {"amount": Decimal("8.00"), "eta_minutes": 40, **fields}
    return services.place_bid(actor=courier.user, delivery_id=delivery.pk, **values)


def over(delivery):
    Delivery.objects.filter(pk=delivery.pk).update(closes_at=timezone.now() - timedelta(seconds=1))


def test_one_live_bid_per_courier_and_a_new_one_after_withdrawing(alice, courier):
    delivery = make_delivery(alice)
    first = place(delivery, courier)
    with pytest.raises(AlreadyBid):
        place(delivery, courier)
    services.withdraw_bid(actor=courier.user, delivery_id=delivery.pk, bid_id=first.pk)
    place(delivery, courier, amount=Decimal("7.00"))
    assert list(Bid.objects.order_by("pk").values_list("status", flat=True)) == ["RETIREE", "DEPOSEE"]


@pytest.mark.parametrize("fields, wrong", [
    ({"amount": Decimal("12.51")}, "amount"), ({"amount": Decimal("0")}, "amount"),
    ({"amount": Decimal("-1")}, "amount"), ({"amount": Decimal("8.001")}, "amount"),
    ({"amount": Decimal("NaN")}, "amount"), ({"amount": "abc"}, "amount"),
    ({"eta_minutes": 0}, "eta_minutes"), ({"eta_minutes": 10**6}, "eta_minutes"),
])
def test_a_bid_stays_between_the_lowest_and_the_highest_price(alice, courier, fields, wrong):
    delivery = make_delivery(alice)
    with pytest.raises(Invalid) as refused:
        place(delivery, courier, **fields)
    assert wrong in refused.value.errors
    assert not Bid.objects.exists()


def test_only_couriers_on_shift_bid_and_never_on_their_own(alice, bob, carla, courier):
    delivery = make_delivery(alice)
    with pytest.raises(NotFound):
        services.place_bid(actor=bob, delivery_id=delivery.pk, amount=Decimal(8), eta_minutes=30)
    with pytest.raises(NotACourier):
        services.place_bid(actor=alice, delivery_id=delivery.pk, amount=Decimal(8), eta_minutes=30)
    with pytest.raises(OwnDelivery):
        place(make_delivery(carla), courier)
    with pytest.raises(OwnDelivery):
        place(make_delivery(alice, recipient_user=carla), courier)
    couriers.set_shift(actor=carla, on=False)
    with pytest.raises(NotOnShift):
        place(delivery, courier)


def test_after_the_close_nothing_changes_any_more(alice, courier):
    delivery = make_delivery(alice)
    row = place(delivery, courier)
    over(delivery)
    ids = {"actor": courier.user, "delivery_id": delivery.pk, "bid_id": row.pk}
    for late in (
        lambda: services.change_bid(amount=Decimal("1.00"), **ids), lambda: services.withdraw_bid(**ids),
        lambda: place(make_closed(alice), courier),
    ):
        with pytest.raises(AuctionClosed):
            late()
    row.refresh_from_db()
    assert (row.status, row.amount) == ("DEPOSEE", Decimal("8.00"))


def make_closed(sender):
    delivery = make_delivery(sender)
    over(delivery)
    return delivery


def test_a_fixed_price_takes_no_bids(alice, courier):
    with pytest.raises(NotAnAuction):
        place(make_delivery(alice, mode="PRIX_FIXE"), courier)


def test_a_bid_in_the_last_half_minute_gives_everybody_half_a_minute_more(alice, courier, karim):
    delivery = make_delivery(alice, closes_in_s=600)
    before = delivery.closes_at
    row = place(delivery, courier)
    delivery.refresh_from_db()
    assert delivery.closes_at == before
    soon = timezone.now() + timedelta(seconds=20)
    Delivery.objects.filter(pk=delivery.pk).update(closes_at=soon)
    place(delivery, karim)
    delivery.refresh_from_db()
    assert delivery.closes_at == soon + timedelta(seconds=30)
    services.change_bid(actor=courier.user, delivery_id=delivery.pk, bid_id=row.pk, amount=Decimal("7.00"))
    delivery.refresh_from_db()
    assert delivery.closes_at == soon + timedelta(seconds=30)


def test_withdrawing_does_not_extend(alice, courier):
    delivery = make_delivery(alice, closes_in_s=20)
    row = place(delivery, courier)
    delivery.refresh_from_db()
    extended = delivery.closes_at
    services.withdraw_bid(actor=courier.user, delivery_id=delivery.pk, bid_id=row.pk)
    delivery.refresh_from_db()
    assert delivery.closes_at == extended


def test_a_rivals_bid_is_not_there_by_any_door(alice, courier, karim):
    delivery = make_delivery(alice)
    row = place(delivery, courier)
    rival = api(karim.user)
    url = f"/api/deliveries/{delivery.pk}/bids"
    assert rival.get(url).json()["results"] == []
    assert rival.patch(f"{url}/{row.pk}", {"amount": "1.00"}).status_code == 404
    assert rival.delete(f"{url}/{row.pk}").status_code == 404
    assert [r["id"] for r in api(courier.user).get(url).json()["results"]] == [row.pk]
    opened = rival.get("/api/deliveries/open", {"lat": 48.86, "lon": 2.36}).json()["results"][0]
    assert (opened["bids_count"], opened["my_bid"]) == (1, None)


def test_the_sender_sees_all_bids_best_first_with_parts_that_add_up(alice, courier, karim):
    delivery = make_delivery(alice)
    place(delivery, courier, amount=Decimal("12.00"))
    cheap = place(delivery, karim, amount=Decimal("6.00"))
    rows = api(alice).get(f"/api/deliveries/{delivery.pk}/bids").json()["results"]
    assert rows[0]["id"] == cheap.pk
    for row in rows:
        assert sum(Decimal(part["points"]) for part in row["parts"]) == Decimal(row["score"])


def test_the_api_changes_and_withdraws(alice, courier):
    delivery = make_delivery(alice)
    row = place(delivery, courier)
    url = f"/api/deliveries/{delivery.pk}/bids/{row.pk}"
    assert api(courier.user).patch(url, {"amount": "7.50"}).json()["amount"] == "7.50"
    assert api(courier.user).patch(url, {"amount": "99"}).status_code == 422
    assert api(courier.user).delete(url).status_code == 204
    answer = api(courier.user).delete(url)
    assert (answer.status_code, answer.json()["code"]) == (409, "auction_closed")


def test_the_history_tells_every_change_of_a_bid(alice, courier):
    delivery = make_delivery(alice)
    row = bid(delivery, courier)
    services.change_bid(actor=courier.user, delivery_id=delivery.pk, bid_id=row.pk, amount=Decimal("7.00"))
    assert list(row.history.values_list("to_status", "reason")) == [("DEPOSEE", ""), ("DEPOSEE", "8.00 → 7.00")]


def test_the_open_list_is_near_first_for_couriers_on_shift_only(alice, courier, bob):
    far = {"line1": "1 rue Loin", "city": "Paris", "lat": 48.90, "lon": 2.40}
    near, away = make_delivery(alice), make_delivery(alice, pickup=far)
    make_delivery(courier.user)
    client = api(courier.user)
    rows = client.get("/api/deliveries/open", {"lat": 48.86, "lon": 2.355, "radius_m": 20000}).json()["results"]
    assert [row["id"] for row in rows] == [near.pk, away.pk]
    assert rows[0]["away_m"] < rows[1]["away_m"]
    rows = client.get("/api/deliveries/open", {"lat": 48.86, "lon": 2.355, "radius_m": 1000}).json()["results"]
    assert [row["id"] for row in rows] == [near.pk]
    assert set(rows[0]["pickup"]) == {"line1", "postal_code", "city", "lat", "lon"}
    assert client.get("/api/deliveries/open", {"lat": 99, "lon": 0}).status_code == 422
    assert api(bob).get("/api/deliveries/open", {"lat": 48.86, "lon": 2.355}).json()["code"] == "not_a_courier"
    couriers.set_shift(actor=courier.user, on=False)
    assert client.get("/api/deliveries/open", {"lat": 48.86, "lon": 2.355}).json()["code"] == "not_on_shift"


def test_the_open_list_costs_the_same_however_long_it_is(alice, courier):
    client = api(courier.user)
    asked = {"lat": 48.86, "lon": 2.355}
    for _ in range(2):
        bid(make_delivery(alice), courier)
    with assert_max_queries(3) as few:
        assert client.get("/api/deliveries/open", asked).json()["count"] == 2
    for _ in range(6):
        make_delivery(alice)
    with assert_max_queries(len(few)):
        assert client.get("/api/deliveries/open", asked).json()["count"] == 8
