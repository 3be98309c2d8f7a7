"""The home page tells a customer which of his orders are on their way, and nobody else."""

import pytest

from config.lib.testing import browser
from shop.orders import services
from shop.orders.tests.factories import paid_order, place_order

pytestmark = pytest.mark.django_db


def home(user=None):
    return browser(user).get("/").content.decode()


def test_the_customer_sees_his_orders_until_they_are_over(alice, bob):
    order = paid_order(alice)
    link = f'href="/commandes/{order.pk}/"'
    assert link in home(alice)
    assert link not in home(bob)
    assert link not in home()
    services.cancel(actor=alice, order_id=order.pk)
    assert link not in home(alice)


def test_an_unpaid_order_is_shown_as_to_be_paid(alice):
    order = place_order(alice)
    page = home(alice)
    assert f'href="/commandes/{order.pk}/"' in page
    assert "To be paid" in page
