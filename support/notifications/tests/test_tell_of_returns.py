"""Customers hear what became of their returns and reviews."""

import pytest

from config.lib.actors import SYSTEM
from shop.catalogue.tests.factories import make_product
from shop.orders import services as orders
from shop.returns import services as returns
from shop.returns.tests.factories import delivered_order, make_return
from shop.reviews import services as reviews
from shop.reviews.tests.factories import make_review
from support.notifications.listeners import tell_of_return
from support.notifications.models import Notification

pytestmark = pytest.mark.django_db
TOLD = ("return_", "review_")


def told(user):
    return [n for n in Notification.objects.filter(user=user).order_by("pk") if n.kind.startswith(TOLD)]


def test_a_return_from_the_request_to_the_money(alice, dora, commit):
    order = delivered_order(alice)
    for step in (
        lambda: make_return(order),
        lambda: returns.accept(actor=dora, return_id=order.returns.get().pk),
        lambda: returns.receive(actor=dora, return_id=order.returns.get().pk, restock=True),
        lambda: returns.refund_return(actor=dora, return_id=order.returns.get().pk),
    ):
        with commit():
            step()
    messages = told(alice)
    assert [m.kind for m in messages] == ["return_asked", "return_accepted", "return_refunded"]
    assert {m.url for m in messages} == {f"/commandes/{order.pk}/"}
    assert order.returns.get().number in messages[0].subject
    assert "6,50" in messages[1].body
    assert "6,50" in messages[2].body


def test_a_refusal_says_why_and_hearing_twice_tells_once(alice, dora, commit):
    with commit():
        back = make_return(delivered_order(alice))
        returns.refuse(actor=dora, return_id=back.pk, reason="La boîte est ouverte.")
    change = back.history.last()
    tell_of_return(return_id=back.pk, from_status="DEMANDE", to_status="REFUSE", change_id=change.pk)
    assert [m.kind for m in told(alice)] == ["return_asked", "return_refused"]
    assert "La boîte est ouverte. " in told(alice)[1].body


def test_no_money_is_announced_that_does_not_come(alice, dora, commit):
    order = delivered_order(alice)
    with commit():
        back = make_return(order)
        returns.accept(actor=dora, return_id=back.pk)
        returns.receive(actor=dora, return_id=back.pk, restock=False)
        orders.refund_order(actor=dora, order_id=order.pk, reason="x")
        returns.refund_return(actor=dora, return_id=back.pk)
    assert "return_refunded" not in [m.kind for m in told(alice)]


def test_a_review_published_or_hidden(alice, dora, commit):
    jam = make_product("Miel", stock=9)
    with commit():
        review = make_review(alice, jam, published=True)
        reviews.hide(actor=dora, review_id=review.pk, reason="publicité")
    assert [m.kind for m in told(alice)] == ["review_published", "review_hidden"]
    assert "publicité" in told(alice)[1].body
    assert told(alice)[0].url == "/produit/miel/avis/"


def test_a_review_taken_back_before_it_is_told(alice, commit):
    with commit():
        review = make_review(alice, make_product(stock=9))
        reviews.publish(actor=SYSTEM, review_id=review.pk)
        reviews.delete_review(actor=alice, review_id=review.pk)
    assert told(alice) == []
