"""One refusal, two doors: the page and the API refuse for the same reason, in the same words, and change nothing."""

import html
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.wallet.models import Transaction
from accounts.wallet.queries import balance_of, wallet_of
from config.lib.testing import both_doors
from delivery.auctions.models import Bid
from delivery.couriers.tests.factories import make_courier
from delivery.deliveries.models import Delivery
from delivery.deliveries.tests.factories import award_to, fund, make_delivery
from shop.cart.queries import contents
from shop.catalogue.tests.factories import make_product
from shop.orders.models import Order

pytestmark = pytest.mark.django_db


def refused_alike(user, *, page, api, code):
    """POST `page` and `api`, each (path, body), as `user`: the API names `code`, the page says the API's words."""
    by_page, by_api = both_doors(user)
    answer = by_api.post(*api)
    assert answer.json()["code"] == code
    shown = by_page.post(*page, follow=True)
    assert shown.status_code in (200, 409, 422)
    assert answer.json()["detail"] in html.unescape(shown.content.decode())
    return answer.json()


def test_an_empty_cart_is_not_ordered(alice):
    by_page, by_api = both_doors(alice)
    assert by_api.post("/api/orders/checkout", {"delivery_method": "RETRAIT"}).json()["code"] == "cart_empty"
    answer = by_page.post("/commander/?etape=mode", {"delivery_method": "RETRAIT"}, follow=True)
    assert answer.redirect_chain[-1][0] == "/panier/", "where the page says that it is empty"
    assert not Order.objects.exists()


def test_more_than_the_stock_is_not_put_into_the_cart(alice):
    tea = make_product("Tea", stock=3)
    body = {"product_id": tea.pk, "quantity": 4}
    refused_alike(alice, page=("/panier/ajouter/", body), api=("/api/cart/add", body), code="out_of_stock")
    assert contents(alice).count == 0


def test_money_that_is_not_there_is_not_sent(alice, bob):
    fund(alice, "5.00")
    body = {"to": bob.email, "amount": "5.01"}
    refused_alike(
        alice, page=("/portefeuille/envoyer/", body | {"key": "k"}), api=("/api/wallet/transfer", body),
        code="insufficient_funds",
    )
    assert balance_of(wallet_of(alice)) == Decimal("5.00")
    assert not Transaction.objects.filter(kind="transfer").exists()


def test_a_bid_after_the_close_does_not_count(alice, carla):
    make_courier(carla)
    delivery = make_delivery(alice)
    Delivery.objects.filter(pk=delivery.pk).update(closes_at=timezone.now())
    body = {"amount": "8.00", "eta_minutes": 30}
    refused_alike(
        carla, page=(f"/coursier/offres/{delivery.pk}/", body), api=(f"/api/deliveries/{delivery.pk}/bids", body),
        code="auction_closed",
    )
    assert not Bid.objects.exists()


def test_a_wrong_code_is_counted_by_both_doors(alice, carla):
    fund(alice)
    delivery = award_to(make_delivery(alice), make_courier(carla))
    body = {"code": "000000"}
    said = refused_alike(
        carla, page=(f"/coursier/livraisons/{delivery.pk}/collecte/", body),
        api=(f"/api/deliveries/{delivery.pk}/pickup", body), code="wrong_code",
    )
    assert said["attempts_left"] == 4
    delivery.refresh_from_db()
    assert (delivery.status, delivery.pickup_tries) == ("ATTRIBUEE", 2)
