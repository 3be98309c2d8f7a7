"""Who is told what, when real services move real things."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.payments import services as payments
from accounts.wallet import services as wallet
from config.lib.actors import SYSTEM
from config.lib.errors import DomainError
from delivery.auctions import services as auctions
from delivery.auctions.tests.factories import award_to
from delivery.auctions.tests.factories import bid as place_bid
from delivery.couriers import services as couriers
from delivery.couriers.tests.factories import make_courier
from delivery.deliveries import services as deliveries
from delivery.deliveries.events import delivery_moved
from delivery.deliveries.tests import factories as parcels
from shop.orders import services as orders
from shop.orders.models import Order
from shop.orders.tests.factories import fresh, paid_order, place_order
from support.notifications.catalogue import ENTRIES
from support.notifications.models import Notification

pytestmark = pytest.mark.django_db


def kinds(user):
    return list(Notification.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))


@pytest.fixture
def sent(alice, bob, carla, commit):
    """A delivery of alice's to bob, awarded to carla."""
    parcels.fund(alice)
    with commit():
        courier = make_courier(carla)
        delivery = parcels.make_delivery(alice, recipient_user=bob)
    return delivery, courier


def handed_over(delivery, courier):
    deliveries.deliver(actor=courier.user, delivery_id=delivery.pk, code=parcels.code(delivery, "REMISE"))


def test_every_route_of_the_catalogue_exists():
    for entry in ENTRIES.values():
        if entry.route:
            assert reverse(entry.route, args=[1 for _name in entry.route_args])


def test_a_paid_order_and_what_follows(alice, dora, commit):
    with commit():
        order = paid_order(alice)
    with commit():
        orders.ship(actor=dora, order_id=order.pk)
    with commit():
        orders.mark_delivered(actor=dora, order_id=order.pk)
    assert kinds(alice) == ["order_paid", "order_ready", "order_delivered"]
    assert order.number in Notification.objects.filter(user=alice).first().subject


def test_cancelled_and_expired_orders_are_told_apart(alice, bob, commit):
    with commit():
        cancelled, late = place_order(alice), place_order(bob)
    with commit():
        orders.cancel(actor=alice, order_id=cancelled.pk)
        Order.objects.filter(pk=late.pk).update(expires_at=timezone.now())
    with commit():
        orders.expire_order(order_id=late.pk)
    assert kinds(alice) == ["order_cancelled"]
    assert kinds(bob) == ["order_expired"]


def test_refunded_order(alice, dora, commit):
    with commit():
        order = paid_order(alice)
    with commit():
        orders.refund_order(actor=dora, order_id=order.pk, reason="broken")
    assert "order_refunded" in kinds(alice)


def test_delivery_from_award_to_handover(sent, alice, bob, carla, commit):
    delivery, courier = sent
    with commit():
        place_bid(delivery, courier)
    with commit():
        auctions.accept_bid(actor=alice, delivery_id=delivery.pk, bid_id=delivery.bids.get().pk)
    with commit():
        parcels.picked_up(delivery, courier)
    with commit():
        handed_over(delivery, courier)
    assert kinds(alice) == ["bid_received", "delivery_awarded", "delivery_collected", "delivery_delivered"]
    assert kinds(bob) == ["delivery_coming", "delivery_received"]
    assert kinds(carla) == ["courier_approved", "delivery_assigned", "delivery_earned"]
    assert "rue du Temple" in Notification.objects.get(kind="delivery_assigned").body


def test_recipient_hears_no_code_and_courier_none(sent, alice, bob, carla, commit):
    """Codes are on the pages, behind the right to see them; a lost phone or mailbox must not open a door."""
    delivery, courier = sent
    with commit():
        parcels.award_to(delivery, courier)
        parcels.picked_up(delivery, courier)
    for code in (parcels.code(delivery), parcels.code(delivery, "REMISE")):
        assert not Notification.objects.filter(body__contains=code).exists()


def test_hearing_twice_tells_once(sent, alice, commit):
    delivery, courier = sent
    with commit():
        parcels.award_to(delivery, courier)
    change = delivery.history.get(to_status="ATTRIBUEE")
    before = Notification.objects.count()
    delivery_moved.send(**change.payload())
    delivery_moved.send(**change.payload())
    assert Notification.objects.count() == before


def test_changed_bid_is_told_again_and_losers_hear(sent, alice, carla, person, commit):
    delivery, _courier = sent
    with commit():
        rival = make_courier(person("karim"))
        bid = auctions.place_bid(actor=carla, delivery_id=delivery.pk, amount=Decimal("9"), eta_minutes=30)
    with commit():
        auctions.change_bid(
            actor=carla, delivery_id=delivery.pk, bid_id=bid.pk, amount=Decimal("8"), eta_minutes=30
        )
    assert kinds(alice) == ["bid_received", "bid_received"]
    with commit():
        award_to(delivery, rival, amount="7.00")
    assert kinds(carla)[-1] == "bid_lost"


def test_failed_attempt_then_second_try_is_not_told_as_new(sent, alice, bob, carla, commit):
    delivery, courier = sent
    with commit():
        parcels.award_to(delivery, courier)
        parcels.picked_up(delivery, courier)
        deliveries.fail(actor=carla, delivery_id=delivery.pk, reason="ABSENT")
    with commit():
        deliveries.reattempt(actor=carla, delivery_id=delivery.pk)
    assert kinds(alice)[-1] == "delivery_failed"
    assert kinds(bob) == ["delivery_coming", "delivery_missed"]


def test_cancelled_delivery_tells_sender_and_courier(sent, alice, carla, commit):
    delivery, courier = sent
    with commit():
        parcels.award_to(delivery, courier)
    with commit():
        deliveries.cancel(actor=alice, delivery_id=delivery.pk)
    assert kinds(alice)[-1] == "delivery_cancelled"
    assert kinds(carla)[-1] == "delivery_withdrawn"


def test_order_by_courier_is_not_told_twice_at_the_door(alice, dora, carla, commit):
    with commit():
        courier = make_courier(carla)
        order = paid_order(alice, method="COURSIER")
    with commit():
        orders.ship(actor=dora, order_id=order.pk)
    delivery = fresh(order).delivery
    with commit():
        parcels.award_to(delivery, courier, amount="4.00")
    with commit():
        parcels.delivered(delivery, courier)
    assert kinds(alice) == ["order_paid", "order_shipped", "delivery_coming", "order_delivered"]


def test_suspended_courier(carla, dora, commit):
    with commit():
        courier = make_courier(carla)
    with commit():
        couriers.suspend(actor=dora, courier_id=courier.pk, reason="late")
    assert kinds(carla)[-1] == "courier_suspended"


def test_transfer_is_told_to_the_receiver(alice, bob, commit):
    parcels.fund(alice)
    with commit():
        wallet.transfer(actor=alice, to=bob.email, amount=Decimal("12.50"), note="Thanks", key="k")
    assert kinds(bob) == ["transfer_received"]
    assert "12,50" in Notification.objects.get(user=bob).subject
    assert kinds(alice) == []


def test_top_up_seen_on_the_screen_is_not_told_one_that_came_later_is(alice, commit):
    with commit():
        payments.top_up(actor=alice, amount=Decimal("20"), method="CARTE", token="tok_ok", key="1")
    assert kinds(alice) == []
    with commit():
        payments.top_up(actor=alice, amount=Decimal("20"), method="MOBILE_MONEY", token="tok_pending", key="2")
    late = [kind for kind in kinds(alice) if kind.startswith("payment_")]
    assert set(late) <= {"payment_confirmed"}


def test_nothing_is_told_about_things_of_the_platform_itself(carla, commit):
    parcels.fill_escrow()
    with commit():
        courier = make_courier(carla)
        delivery = deliveries.create_delivery(
            actor=SYSTEM, pickup=parcels.PICKUP, dropoff=parcels.DROPOFF, parcels=parcels.PARCELS,
            max_price=Decimal("12.50"), payer_account=parcels.fill_escrow("1.00"),
        )
        parcels.award_to(delivery, courier)
    assert set(Notification.objects.values_list("user", flat=True)) == {carla.pk}


def test_five_wrong_codes_tell_the_sender_and_the_managers_once(sent, alice, carla, dora, commit):
    delivery, courier = sent
    with commit():
        award_to(delivery, courier)
    for _try in range(7):
        with commit(), pytest.raises(DomainError):
            deliveries.pickup(actor=carla, delivery_id=delivery.pk, code="000000")
    assert kinds(alice).count("handover_locked") == 1
    assert kinds(dora) == ["handover_locked_staff"]
    assert Notification.objects.get(user=dora).url.startswith("/admin/delivery/delivery/")
    with commit():
        deliveries.unlock(actor=dora, delivery_id=delivery.pk)
    for _try in range(5):
        with commit(), pytest.raises(DomainError):
            deliveries.pickup(actor=carla, delivery_id=delivery.pk, code="000000")
    assert kinds(alice).count("handover_locked") == 2


def test_a_partial_refund_tells_the_customer_how_much(alice, dora, commit):
    order = paid_order(alice)
    with commit():
        orders.refund_order(actor=dora, order_id=order.pk, amount=Decimal("2.50"), reason="x")
    told = Notification.objects.get(user=alice)
    assert told.kind == "order_refunded_in_part"
    assert "2,50" in told.subject or "2.50" in told.subject


def test_an_order_offered_to_couriers_again_is_not_told_twice(alice, dora, commit):
    with commit():
        order = orders.ship(actor=dora, order_id=paid_order(alice, method="COURSIER").pk)
    deliveries.cancel(actor=SYSTEM, delivery_id=order.delivery_id)
    with commit():
        orders.ship(actor=dora, order_id=order.pk)
    assert kinds(alice).count("order_shipped") == 1
