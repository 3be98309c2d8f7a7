"""The cart over the API and in the services: add, remove, clear, refuse, merge."""

import pytest

from config.lib.actors import SYSTEM
from config.lib.testing import api, assert_max_queries
from shop.cart import queries, services
from shop.cart.models import Cart
from shop.catalogue.services import set_stock, update_product
from shop.catalogue.tests.factories import make_product

pytestmark = pytest.mark.django_db


def test_a_visitor_signs_in_first():
    for method, path in (("get", ""), ("post", "/add"), ("post", "/remove"), ("delete", "/clear")):
        assert getattr(api(), method)(f"/api/cart{path}").status_code == 401


def test_an_empty_cart_is_shown_without_making_one(alice):
    assert api(alice).get("/api/cart").json() == {
        "id": None, "items": [], "subtotal": "0.00", "total": "0.00", "currency": "EUR", "notices": [],
    }
    assert not Cart.objects.exists()


def test_add_sums_and_shows_the_cart(alice):
    tea = make_product("Thé", price="2.50", stock=9)
    api(alice).post("/api/cart/add", {"product_id": tea.pk, "quantity": 2})
    cart = api(alice).post("/api/cart/add", {"product_id": tea.pk}).json()
    assert cart["items"] == [
        {"product_id": tea.pk, "sku": tea.sku, "name": "Thé", "quantity": 3, "unit_price": "2.50",
         "line_total": "7.50", "available": 9}
    ]
    assert (cart["subtotal"], cart["total"]) == ("7.50", "7.50")
    assert api(alice).get("/api/cart/").json() == cart


def test_adding_more_than_the_stock_says_what_is_left_and_changes_nothing(alice):
    tea = make_product(stock=3)
    api(alice).post("/api/cart/add", {"product_id": tea.pk, "quantity": 2})
    answer = api(alice).post("/api/cart/add", {"product_id": tea.pk, "quantity": 2})
    assert (answer.status_code, answer.json()["code"], answer.json()["available"]) == (409, "out_of_stock", 3)
    assert api(alice).get("/api/cart").json()["items"][0]["quantity"] == 2


@pytest.mark.parametrize("body, field", [
    ({"product_id": 1, "quantity": 0}, "quantity"),
    ({"product_id": 1, "quantity": -2}, "quantity"),
    ({"product_id": 1, "quantity": 1000}, "quantity"),
    ({"product_id": 1, "quantity": "many"}, "quantity"),
    ({"quantity": 1}, "product_id"),
    ({"product_id": 10**30}, "product_id"),
])
def test_bad_input_names_the_field(alice, body, field):
    answer = api(alice).post("/api/cart/add", body)
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [field]
    assert not Cart.objects.exists()


def test_unknown_and_withdrawn_products_are_not_found(alice):
    gone = make_product(is_active=False)
    for pk in (gone.pk, 987654):
        assert api(alice).post("/api/cart/add", {"product_id": pk}).status_code == 404
    assert api(alice).post("/api/cart/remove", {"product_id": gone.pk}).status_code == 404


def test_remove_takes_pieces_or_the_line(alice):
    tea, soap = make_product("Thé"), make_product("Savon")
    for product in (tea, soap):
        services.add_to_cart(actor=alice, product_id=product.pk, quantity=3)
    items = api(alice).post("/api/cart/remove", {"product_id": tea.pk, "quantity": 2}).json()["items"]
    assert [(i["name"], i["quantity"]) for i in items] == [("Thé", 1), ("Savon", 3)]
    items = api(alice).post("/api/cart/remove", {"product_id": soap.pk}).json()["items"]
    assert [i["name"] for i in items] == ["Thé"]
    assert api(alice).post("/api/cart/remove", {"product_id": tea.pk, "quantity": 9}).json()["items"] == []


def test_clear_empties(alice):
    services.add_to_cart(actor=alice, product_id=make_product().pk)
    assert api(alice).delete("/api/cart/clear").json()["items"] == []


def test_carts_are_apart(alice, bob):
    tea = make_product()
    services.add_to_cart(actor=alice, product_id=tea.pk)
    assert api(bob).get("/api/cart").json()["items"] == []
    assert api(bob).post("/api/cart/remove", {"product_id": tea.pk}).status_code == 404
    assert len(api(alice).get("/api/cart").json()["items"]) == 1


def test_notices_say_what_lacks(alice):
    tea, soap = make_product("Thé", stock=3), make_product("Savon")
    for product in (tea, soap):
        services.add_to_cart(actor=alice, product_id=product.pk, quantity=3)
    set_stock(actor=SYSTEM, product_id=tea.pk, quantity=1)
    update_product(actor=SYSTEM, product_id=soap.pk, is_active=False)
    cart = api(alice).get("/api/cart").json()
    assert [i["available"] for i in cart["items"]] == [1, 0]
    assert [n["message"] for n in cart["notices"]] == ["Only 1 left of Thé.", "Savon is no longer available."]


def test_reading_costs_the_same_for_one_line_and_many(alice):
    services.add_to_cart(actor=alice, product_id=make_product().pk)
    with assert_max_queries(2):
        api(alice).get("/api/cart")
    for _ in range(10):
        services.add_to_cart(actor=alice, product_id=make_product().pk)
    with assert_max_queries(2):
        api(alice).get("/api/cart")


def guest_cart(*lines):
    guest = queries.Guest()
    for product, quantity in lines:
        cart = services.add_to_cart(actor=guest, product_id=product.pk, quantity=quantity)
        guest = queries.Guest(str(cart.token))
    return guest


def test_merge_sums_caps_and_tells(alice):
    tea, soap, gone, new = (make_product(n, stock=5) for n in ("Thé", "Savon", "Parti", "Neuf"))
    services.add_to_cart(actor=alice, product_id=tea.pk, quantity=2)
    services.add_to_cart(actor=alice, product_id=soap.pk, quantity=4)
    guest = guest_cart((tea, 1), (soap, 4), (gone, 1), (new, 2))
    update_product(actor=SYSTEM, product_id=gone.pk, is_active=False)
    for _ in range(2):  # twice is once
        services.merge_guest_cart(actor=alice, token=guest.token)
    cart = api(alice).get("/api/cart").json()
    assert {i["name"]: i["quantity"] for i in cart["items"]} == {"Thé": 3, "Savon": 5, "Neuf": 2}
    assert [(n["code"], n["message"]) for n in cart["notices"]] == [
        ("merged", "Thé: your two carts were put together, 3 in all."),
        ("capped", "Savon: reduced to 5, all that is left."),
        ("dropped", "Parti is no longer available and left the cart."),
    ]
    assert Cart.objects.count() == 1
    cart = services.add_to_cart(actor=alice, product_id=tea.pk)
    assert api(alice).get("/api/cart").json()["notices"] == []


def test_a_forged_token_finds_nothing(alice):
    services.add_to_cart(actor=alice, product_id=make_product().pk)
    token = str(Cart.objects.get().token)
    assert queries.contents(queries.Guest(token)).items == []  # a cart with an owner is not reached by its token
    assert queries.contents(queries.Guest("nonsense")).items == []
    services.merge_guest_cart(actor=alice, token=token)
    assert len(queries.contents(alice).items) == 1
