"""An order whose delivery expired, was called off or came back: offered again, and the money follows."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.wallet.models import Hold
from accounts.wallet.queries import balance_of, wallet_of
from config.lib.actors import SYSTEM
from config.lib.testing import api, browser
from delivery.auctions import services as auctions
from delivery.couriers.tests.factories import make_courier
from delivery.deliveries import services as deliveries
from delivery.deliveries.models import Delivery
from delivery.deliveries.tests.factories import award_to, delivered, picked_up
from shop.orders import services, timeline
from shop.orders.models import Order
from shop.orders.queries import with_details
from shop.orders.rules import fee_net
from shop.orders.tests.factories import balance, fresh, paid_order, statuses

pytestmark = pytest.mark.django_db


@pytest.fixture
def shipped(alice, dora):
    order = paid_order(alice, method="COURSIER")
    return services.ship(actor=dora, order_id=order.pk, award="MANUELLE")


def ship_again(dora, order, **fields):
    return api(dora).post("/api/admin/orders/ship", {"order_id": order.pk, **fields})


def expired(order):
    Delivery.objects.filter(pk=order.delivery_id).update(closes_at=timezone.now())
    auctions.close_auction(delivery_id=order.delivery_id)


def cancelled(order, courier):
    award_to(order.delivery, courier, amount="4.00")
    deliveries.cancel(actor=SYSTEM, delivery_id=order.delivery_id)


def returned(order, courier):
    picked_up(award_to(order.delivery, courier, amount="4.00"), courier)
    given = {"actor": courier.user, "delivery_id": order.delivery_id}
    deliveries.fail(reason="ABSENT", **given)
    deliveries.return_to_sender(**given)


def titles(order):
    row = with_details(Order.objects.filter(pk=order.pk)).get()
    return [(event["title"], event["state"]) for event in timeline.events(row)]


def test_an_expired_delivery_is_posted_again(dora, shipped):
    expired(shipped)
    answer = ship_again(dora, shipped, award="AUTOMATIQUE")
    assert answer.status_code == 200, answer.content
    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.award, fresh(shipped).delivery) == ("EN_ENCHERE", "AUTOMATIQUE", delivery)
    assert shipped.history.last().by == dora


@pytest.mark.parametrize("how", [cancelled, returned])
def test_a_delivery_called_off_or_returned_is_replaced_and_the_second_courier_paid(
    alice, bob, carla, dora, shipped, commit, how
):
    courier = make_courier(carla)
    with commit():
        how(shipped, courier)
    fee = fee_net(shipped.delivery_fee)
    assert (balance("ESCROW"), Hold.objects.filter(status="ACTIF").count()) == (fee, 0)
    with commit():
        assert ship_again(dora, shipped).status_code == 200
    second = fresh(shipped).delivery
    assert (second.origin, second.status, second.max_price) == (f"order:{shipped.pk}#2", "EN_ENCHERE", fee)
    assert second.recipient_user == alice
    with commit():
        other = make_courier(bob)
        delivered(award_to(second, other, amount="4.00"), other)
    assert statuses(shipped)[-1] == "LIVREE"
    assert balance("ESCROW") == 0
    assert balance_of(wallet_of(bob)) > 0
    assert balance_of(wallet_of(carla)) == 0


def test_the_customer_reads_both_attempts_in_order(carla, dora, shipped):
    cancelled(shipped, make_courier(carla))
    ship_again(dora, shipped)
    assert titles(shipped) == [
        ("Order placed", "done"), ("Paid", "done"), ("Handed to the couriers", "done"),
        ("Couriers are bidding", "done"), ("Courier chosen", "done"), ("Delivery cancelled", "stop"),
        ("Couriers are bidding", "current"), ("Delivered", "next"),
    ]


def test_a_delivery_on_its_way_is_not_doubled(carla, dora, shipped):
    assert ship_again(dora, shipped).status_code == 409
    courier = make_courier(carla)
    award_to(shipped.delivery, courier, amount="4.00")
    assert ship_again(dora, shipped).status_code == 409
    assert Delivery.objects.count() == 1


def test_staff_offer_again_from_the_page_of_the_order(dora, admin_user, shipped):
    deliveries.cancel(actor=SYSTEM, delivery_id=shipped.delivery_id)
    path = reverse("admin:shop_order_ship", args=[shipped.pk])
    answer = browser(admin_user).post(path, {"award": "MANUELLE", "_form_submitted": "1"})
    assert answer.status_code in (200, 302)
    assert fresh(shipped).delivery.origin.endswith("#2")


def test_a_parcel_brought_by_the_shop_itself_leaves_the_fee_to_the_shop(carla, dora, shipped):
    sales = balance("SALES")
    award_to(shipped.delivery, make_courier(carla), amount="4.00")
    services.mark_delivered(actor=dora, order_id=shipped.pk)
    assert fresh(shipped).delivery.status == "ANNULEE"
    assert balance("ESCROW") == 0
    assert balance("SALES") == sales + fee_net(shipped.delivery_fee)
    services.refund_order(actor=dora, order_id=shipped.pk, reason="x")
    assert (balance("ESCROW"), balance("SALES"), balance("VAT")) == (0, 0, 0)


def test_a_parcel_that_comes_back_after_its_refund_leaves_nothing_in_escrow(carla, dora, shipped, commit):
    courier = make_courier(carla)
    picked_up(award_to(shipped.delivery, courier, amount="4.00"), courier)
    services.refund_order(actor=dora, order_id=shipped.pk, reason="x")
    assert balance("ESCROW") == fee_net(shipped.delivery_fee)
    given = {"actor": carla, "delivery_id": shipped.delivery_id}
    with commit():
        deliveries.fail(reason="REFUSE", **given)
        deliveries.return_to_sender(**given)
    assert (balance("ESCROW"), balance("SALES"), balance("VAT")) == (0, 0, 0)
