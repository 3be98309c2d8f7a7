"""Validate, ship, deliver: by staff, and by the courier's handover."""

import pytest

from accounts.wallet.queries import balance_of, wallet_of
from config.lib.testing import api
from delivery.couriers.tests.factories import make_courier
from delivery.deliveries.models import Delivery
from delivery.deliveries.tests.factories import award_to, delivered
from shop.orders import services
from shop.orders.models import Order
from shop.orders.rules import fee_net
from shop.orders.tests.factories import balance, fresh, paid_order, place_order, statuses

pytestmark = pytest.mark.django_db


def test_shipping_by_courier_offers_a_delivery_paid_by_escrow(alice, dora):
    order = paid_order(alice, method="COURSIER")
    answer = api(dora).post("/api/admin/orders/ship", {"order_id": order.pk})
    assert answer.status_code == 200, answer.content
    shown = answer.json()
    delivery = Delivery.objects.get()
    assert (shown["status"], shown["delivery"]["reference"]) == ("EXPEDIEE", delivery.reference)
    assert shown["delivery"]["tracking_url"].startswith("http")
    assert (delivery.origin, delivery.recipient_user, delivery.status) == (order.reference, alice, "EN_ENCHERE")
    assert delivery.max_price == fee_net(order.delivery_fee)
    assert delivery.dropoff["line1"] == "14 rue Commines"


def test_the_handover_delivers_the_order_and_pays_the_courier(alice, dora, carla, commit):
    order = paid_order(alice, method="COURSIER")
    services.ship(actor=dora, order_id=order.pk, award="MANUELLE")
    courier = make_courier(carla)
    with commit():
        delivery = award_to(fresh(order).delivery, courier, amount="4.00", minutes=30)
        delivered(delivery, courier)
    assert statuses(order) == ["CREE", "PAYEE", "EXPEDIEE", "LIVREE"]
    assert order.history.last().by is None
    assert balance_of(wallet_of(carla)) > 0
    assert balance("ESCROW") == 0


def test_a_pick_up_has_no_delivery(alice, dora):
    order = paid_order(alice)
    services.ship(actor=dora, order_id=order.pk)
    assert fresh(order).delivery is None
    answer = api(dora).post("/api/admin/orders/deliver", {"order_id": order.pk})
    assert answer.json()["status"] == "LIVREE"
    assert [h["by"] for h in answer.json()["history"]] == ["Alice Martin", "Alice Martin", "Dora Martin", "Dora Martin"]


def test_shipping_twice_is_one_delivery(alice, dora):
    order = paid_order(alice, method="COURSIER")
    for expected in (200, 409):
        assert api(dora).post("/api/admin/orders/ship", {"order_id": order.pk}).status_code == expected
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize("path", ["validate", "ship", "deliver", "refund"])
def test_customers_get_403_and_visitors_401(alice, path):
    order = place_order(alice)
    body = {"order_id": order.pk, "reason": "x"}
    assert api(alice).post(f"/api/admin/orders/{path}", body).status_code == 403
    assert api().post(f"/api/admin/orders/{path}", body).status_code == 401
    assert fresh(order).status == "CREE"


@pytest.mark.parametrize("path", ["validate", "ship", "deliver", "refund"])
def test_an_order_that_is_not_there_is_404(dora, path):
    assert api(dora).post(f"/api/admin/orders/{path}", {"order_id": 99, "reason": "x"}).status_code == 404


ACTIONS = {
    "VALIDEE": lambda staff, pk: services.validate(actor=staff, order_id=pk),
    "EXPEDIEE": lambda staff, pk: services.ship(actor=staff, order_id=pk),
    "LIVREE": lambda staff, pk: services.mark_delivered(actor=staff, order_id=pk),
    "ANNULEE": lambda staff, pk: services.cancel(actor=staff, order_id=pk),
    "REMBOURSEE": lambda staff, pk: services.refund_order(actor=staff, order_id=pk, reason="x"),
}


@pytest.mark.parametrize("before", Order.Status.values)
@pytest.mark.parametrize("after", Order.Status.values)
def test_every_move_is_allowed_or_refused_as_the_table_says(alice, dora, before, after):
    order = paid_order(alice)
    Order.objects.filter(pk=order.pk).update(status=before)
    order = fresh(order)
    allowed = after in Order.MOVES.get(before, ())
    assert order.can_move(after) is allowed
    act = ACTIONS.get(after)
    if act is None:
        return
    history = statuses(order)
    if allowed:
        act(dora, order.pk)
        assert statuses(order) == [*history, after]
    else:
        with pytest.raises(Exception) as refused:
            act(dora, order.pk)
        assert refused.value.code == "illegal_transition"
        assert (fresh(order).status, statuses(order)) == (before, history)
