"""POST /api/orders/checkout: the cart becomes one order, with its stock reserved, however often it is sent."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.users.models import Address
from config.lib.actors import SYSTEM
from config.lib.testing import api, assert_max_queries
from shop.cart.models import Cart
from shop.cart.services import add_to_cart
from shop.catalogue.models import StockMovement
from shop.catalogue.services import set_stock
from shop.catalogue.tests.factories import make_product
from shop.orders import services
from shop.orders.models import Order, OrderChange
from shop.orders.tests.factories import fresh, place_order, stock_of

pytestmark = pytest.mark.django_db
URL = "/api/orders/checkout"


def test_the_cart_becomes_an_order_and_is_empty(alice, commit):
    tea = make_product("Thé", price="6.00", stock=5, vat_rate=Decimal("5.50"))
    soap = make_product("Savon", price="12.00", stock=5)
    for product, quantity in ((tea, 2), (soap, 1)):
        add_to_cart(actor=alice, product_id=product.pk, quantity=quantity)
    with commit():
        answer = api(alice).post(URL, {"delivery_method": "RETRAIT", "note": "Merci"})
    assert answer.status_code == 201, answer.content
    order = answer.json()
    assert set(order) >= {
        "id", "number", "status", "items", "subtotal", "discount", "delivery_fee", "vat_total", "total", "currency",
        "created_at", "expires_at", "history", "payments", "delivery", "invoice",
    }
    assert order["number"] == f"CMD-{timezone.localtime().year}-{order['id']:06d}"
    assert (order["status"], order["subtotal"], order["delivery_fee"], order["total"]) == ("CREE", "24.00", "0.00", "24.00")
    assert order["vat_total"] == "2.63"  # 12.00 at 5.5 % holds 0.63, 12.00 at 20 % holds 2.00
    assert [(i["name"], i["quantity"], i["unit_price"], i["line_total"]) for i in order["items"]] == [
        ("Thé", 2, "6.00", "12.00"), ("Savon", 1, "12.00", "12.00"),
    ]
    assert [(h["status"], h["by"]) for h in order["history"]] == [("CREE", "Alice Martin")]
    assert (order["payments"], order["delivery"], order["invoice"], order["note"]) == ([], None, None, "Merci")
    assert (stock_of(tea), stock_of(soap)) == (3, 4)
    assert StockMovement.objects.get(product=tea, delta=-2).reference == f"order:{order['id']}"
    assert api(alice).get("/api/cart").json()["items"] == []
    assert OrderChange.objects.get().announced_at is not None


def test_it_expires_after_the_time_of_the_settings(alice, settings):
    settings.ORDER_EXPIRY_MINUTES = 7
    order = place_order(alice)
    assert order.expires_at - order.created_at == timedelta(minutes=7)


def test_courier_adds_the_estimated_fee_and_keeps_the_address(alice):
    order = place_order(alice, method="COURSIER")
    assert order.delivery_fee > 0
    assert order.total == order.subtotal + order.delivery_fee
    assert order.address["line1"] == "14 rue Commines"
    add_to_cart(actor=alice, product_id=make_product().pk)
    mine = Address.objects.create(user=alice, recipient="Alice", line1="3 rue X", postal_code="75011", city="Paris", lat=48.86, lon=2.37)
    answer = api(alice).post(URL, {"delivery_method": "COURSIER", "address_id": mine.pk})
    assert answer.json()["address"]["line1"] == "3 rue X"
    mine.line1 = "moved"
    mine.save()
    assert fresh(Order.objects.get(pk=answer.json()["id"])).address["line1"] == "3 rue X"


@pytest.mark.parametrize("body, field, code", [
    ({}, "delivery_method", "invalid"),
    ({"delivery_method": "FUSEE"}, "delivery_method", "invalid"),
    ({"delivery_method": "COURSIER"}, "address_id", "invalid"),
    ({"delivery_method": "COURSIER", "shipping_address": {"city": "Paris"}}, "shipping_address.line1", "invalid"),
    ({"delivery_method": "COURSIER", "shipping_address": {"line1": "1 rue Inconnue", "city": "Nulle Part"}},
     "shipping_address.line1", "address_not_found"),
    ({"delivery_method": "RETRAIT", "coupon": "GRATUIT"}, "coupon", "invalid"),
    ({"delivery_method": "RETRAIT", "note": "x" * 301}, "note", "invalid"),
])
def test_bad_input_names_the_field_and_changes_nothing(alice, body, field, code):
    tea = make_product(stock=5)
    add_to_cart(actor=alice, product_id=tea.pk)
    answer = api(alice).post(URL, body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert field in answer.json()["errors"]
    assert not Order.objects.exists()
    assert stock_of(tea) == 5
    assert len(api(alice).get("/api/cart").json()["items"]) == 1


def test_anothers_address_is_not_found(alice, bob):
    add_to_cart(actor=alice, product_id=make_product().pk)
    other = Address.objects.create(user=bob, recipient="Bob", line1="3 rue X", postal_code="75011", city="Paris")
    answer = api(alice).post(URL, {"delivery_method": "COURSIER", "address_id": other.pk})
    assert answer.status_code == 404
    assert not Order.objects.exists()


def test_an_empty_cart_is_refused(alice):
    answer = api(alice).post(URL, {"delivery_method": "RETRAIT"})
    assert (answer.status_code, answer.json()["code"]) == (409, "cart_empty")
    assert api().post(URL, {"delivery_method": "RETRAIT"}).status_code == 401


def test_what_was_sold_meanwhile_is_refused_with_what_is_left(alice):
    tea, soap = make_product(stock=5), make_product(stock=5)
    for product in (tea, soap):
        add_to_cart(actor=alice, product_id=product.pk, quantity=4)
    set_stock(actor=SYSTEM, product_id=soap.pk, quantity=1)
    answer = api(alice).post(URL, {"delivery_method": "RETRAIT"})
    assert (answer.status_code, answer.json()["code"], answer.json()["available"]) == (409, "out_of_stock", 1)
    assert not Order.objects.exists()
    assert stock_of(tea) == 5
    assert Cart.objects.get(user=alice).status == "OUVERT"


def test_sent_twice_it_is_one_order(alice):
    tea = make_product(stock=5)
    add_to_cart(actor=alice, product_id=tea.pk)
    first = api(alice).post(URL, {"delivery_method": "RETRAIT"})
    second = api(alice).post(URL, {"delivery_method": "RETRAIT"})
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    assert stock_of(tea) == 4


def test_sent_twice_with_a_key_the_answer_is_the_same_to_the_letter(alice):
    add_to_cart(actor=alice, product_id=make_product().pk)
    headers = {"HTTP_IDEMPOTENCY_KEY": "abc"}
    first = api(alice).post(URL, {"delivery_method": "RETRAIT"}, **headers)
    add_to_cart(actor=alice, product_id=make_product().pk)
    second = api(alice).post(URL, {"delivery_method": "RETRAIT"}, **headers)
    assert second.headers["Idempotent-Replayed"] == "true"
    assert (second.status_code, second.json()) == (first.status_code, first.json())
    assert Order.objects.count() == 1


def test_a_page_left_open_gives_the_order_of_its_cart_even_later(alice):
    order = place_order(alice)
    Order.objects.filter(pk=order.pk).update(created_at=timezone.now() - timedelta(days=3))
    add_to_cart(actor=alice, product_id=make_product().pk)  # another cart by now
    again, new = services.checkout(actor=alice, delivery_method="RETRAIT", cart_id=order.cart_id)
    assert (again.pk, new) == (order.pk, False)
    assert len(api(alice).get("/api/cart").json()["items"]) == 1


def test_a_cart_id_of_another_means_nothing(alice, bob):
    order = place_order(bob)
    answer = api(alice).post(URL, {"delivery_method": "RETRAIT", "cart_id": order.cart_id})
    assert (answer.status_code, answer.json()["code"]) == (409, "cart_empty")


def test_later_an_empty_cart_is_an_empty_cart(alice):
    order = place_order(alice)
    Order.objects.filter(pk=order.pk).update(created_at=timezone.now() - timedelta(minutes=31))
    assert api(alice).post(URL, {"delivery_method": "RETRAIT"}).json()["code"] == "cart_empty"


def test_a_cancelled_order_is_not_given_again(alice):
    order = place_order(alice)
    services.cancel(actor=alice, order_id=order.pk)
    assert api(alice).post(URL, {"delivery_method": "RETRAIT"}).json()["code"] == "cart_empty"


def test_few_statements_and_none_more_for_more_lines(alice):
    def order_of(lines):
        for _ in range(lines):
            add_to_cart(actor=alice, product_id=make_product().pk)
        # cart and lines read; savepoint (in production: begin), cart taken, order, lines, history, movements, stock
        with assert_max_queries(10):
            services.checkout(actor=alice, delivery_method="RETRAIT")

    order_of(1)
    order_of(12)
