"""/api/admin/products: staff make, change and count products."""

import pytest

from config.lib.testing import api
from shop.catalogue.models import Product
from shop.catalogue.tests.factories import make_category, make_product

pytestmark = pytest.mark.django_db
URL = "/api/admin/products"


def test_staff_make_a_product_with_its_first_stock(dora):
    make_category("Épicerie")
    body = {"sku": "TEA", "name": "Thé", "price": "4.50", "vat_rate": "5.5", "category": "epicerie", "stock": 7}
    answer = api(dora).post(URL, body)
    assert answer.status_code == 201, answer.content
    product = Product.objects.get()
    assert (product.stock, product.movements.get().delta, product.movements.get().by) == (7, 7, dora)
    assert api().get(f"/api/catalog/products/{product.pk}").json()["price"] == "4.50"
    again = api(dora).post(URL, body)
    assert (again.status_code, list(again.json()["errors"])) == (422, ["sku"])


@pytest.mark.parametrize("fields, field", [
    ({"price": "-1"}, "price"), ({"price": "1.234"}, "price"), ({"vat_rate": "120"}, "vat_rate"),
    ({"category": "nope"}, "category"), ({"stock": -1}, "stock"), ({"name": ""}, "name"), ({"name": "x" * 121}, "name"),
])
def test_bad_input_names_the_field(dora, fields, field):
    make_category("Épicerie")
    body = {"sku": "TEA", "name": "Thé", "price": "4.50", "category": "epicerie", **fields}
    answer = api(dora).post(URL, body)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert not Product.objects.exists()


def test_put_changes_what_it_carries(dora):
    tea = make_product("Thé", price="4.50", stock=3)
    answer = api(dora).put(URL, {"id": tea.pk, "price": "5.00", "is_active": False})
    assert (answer.status_code, answer.json()["price"], answer.json()["name"]) == (200, "5.00", "Thé")
    assert answer.json()["stock_available"] == 3
    assert api().get(f"/api/catalog/products/{tea.pk}").status_code == 404
    assert api(dora).get(URL).json()["count"] == 1
    assert list(api(dora).put(URL, {"price": "1"}).json()["errors"]) == ["id"]
    assert api(dora).put(URL, {"id": 999, "price": "1"}).status_code == 404


def test_a_renamed_product_is_found_by_its_new_name(dora):
    tea = make_product("Thé")
    api(dora).put(URL, {"id": tea.pk, "name": "Café"})
    assert api().get("/api/catalog/products?search=cafe").json()["count"] == 1
    assert api().get("/api/catalog/products?search=the").json()["count"] == 0


def test_stock_by_quantity_or_delta_with_its_reason(dora):
    tea = make_product(stock=3)
    assert api(dora).put(f"{URL}/stock", {"product_id": tea.pk, "quantity": 10, "reason": "RECEPTION"}).json()["stock_available"] == 10
    assert api(dora).put(f"{URL}/stock", {"product_id": tea.pk, "delta": -4, "reason": "casse"}).json()["stock_available"] == 6
    last = tea.movements.first()
    assert (last.delta, last.reason, last.note, last.by) == (-4, "INVENTAIRE", "casse", dora)
    for bad in ({}, {"quantity": 1, "delta": 1}, {"delta": -7}, {"quantity": -1}):
        assert api(dora).put(f"{URL}/stock", {"product_id": tea.pk, **bad}).status_code == 422
    tea.refresh_from_db()
    assert tea.stock == 6


def test_only_staff(alice):
    tea = make_product()
    for client, expected in ((api(alice), 403), (api(), 401)):
        assert client.get(URL).status_code == expected
        assert client.post(URL, {}).status_code == expected
        assert client.put(URL, {"id": tea.pk, "price": "0"}).status_code == expected
        assert client.put(f"{URL}/stock", {"product_id": tea.pk, "quantity": 0}).status_code == expected
    tea.refresh_from_db()
    assert (str(tea.price), tea.stock) == ("6.50", 10)
