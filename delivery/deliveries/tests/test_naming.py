"""A wallet says which delivery its holds and movements are about."""

from decimal import Decimal as D

import pytest

from accounts.wallet import services, statement
from accounts.wallet.queries import wallet_of
from config.lib.testing import assert_max_queries, browser
from delivery.couriers.tests.factories import make_courier
from delivery.deliveries.tests.factories import award_to, fund, make_delivery

pytestmark = pytest.mark.django_db


def test_a_hold_says_which_delivery_it_waits_for(carla, bob):
    fund(bob, "50")
    held = award_to(make_delivery(bob), make_courier(carla))
    page = browser(bob).get("/portefeuille/").content.decode()
    assert f'<a href="/livraisons/{held.pk}/">Delivery {held.reference}</a>' in page
    assert f"delivery:{held.pk}" not in page


def test_many_holds_about_many_things_cost_one_query_a_kind(bob):
    fund(bob, "500")
    account = wallet_of(bob)
    for number in range(12):
        for kind in ("delivery", "order", "payout"):
            services.hold(account=account, amount=D("1"), reference=f"{kind}:{number}", actor=bob)
    with assert_max_queries(4):
        statement.with_hold_names(account, list(account.holds.all()))
