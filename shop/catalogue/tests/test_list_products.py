"""GET /api/catalog/products: public, searched, filtered, paged, and as cheap with many rows as with few."""

from decimal import Decimal

import pytest

from config.lib.actors import SYSTEM
from config.lib.testing import api, assert_max_queries, browser
from shop.catalogue import queries, services
from shop.catalogue.api import ProductOut
from shop.catalogue.models import Product
from shop.catalogue.tests.factories import make_category, make_product

pytestmark = pytest.mark.django_db
URL = "/api/catalog/products"


def names(query: str = "") -> list[str]:
    answer = api().get(f"{URL}?{query}")
    assert answer.status_code == 200, answer.content
    return [row["name"] for row in answer.json()["results"]]


def test_a_visitor_reads_the_whole_product():
    product = make_product("Thé vert", price="12.50", stock=3, vat_rate=Decimal("5.5"), sku="THE-1")
    row = api().get(URL).json()["results"][0]
    assert row == {
        "id": product.pk, "sku": "THE-1", "slug": "the-vert", "name": "Thé vert", "description": "",
        "price": "12.50", "currency": "EUR", "vat_rate": "5.50", "in_stock": True, "stock_available": 3,
        "category": {"id": product.category_id, "slug": product.category.slug, "name": product.category.name},
        "merchant": None, "images": [], "rating": None,
    }
    assert api().get(f"{URL}/{product.pk}").json() == row
    assert set(row) == set(ProductOut().fields)


def test_products_not_for_sale_are_hidden():
    product = make_product(is_active=False)
    assert names() == []
    assert api().get(f"{URL}/{product.pk}").status_code == 404


@pytest.mark.parametrize("typed", ["thé", "THE", "vert the", "th", "matcha", "SKU-MATCHA", "bœuf", "boeuf"])
def test_search_forgives_accents_case_and_order(typed):
    make_product("Thé vert au bœuf", description="Matcha de Kyoto", sku="SKU-MATCHA")
    make_product("Savon")
    assert names(f"search={typed}") == ["Thé vert au bœuf"]


@pytest.mark.parametrize("typed", ["confitrue", "confitures", "konfiture", "confitur fraise", "fraizes"])
def test_search_forgives_typing_errors_when_nothing_fits(typed):
    make_product("Confiture de fraises")
    make_product("Savon noir")
    assert names(f"search={typed}") == ["Confiture de fraises"]


def test_search_does_not_guess_far_away():
    make_product("Confiture de fraises")
    assert names("search=ordinateur") == []
    assert names("search=%25") == []
    assert names("search=___") == []


def test_filters_and_orders():
    make_category("Épicerie", position=0)
    books = make_category("Livres", position=1)
    make_product("B", price="5.00", stock=0)
    make_product("A", price="9.00")
    make_product("C", price="1.00", category=books)
    assert names() == ["A", "B", "C"]
    assert names("ordering=price") == ["C", "B", "A"]
    assert names("ordering=-price") == ["A", "B", "C"]
    assert names("ordering=newest") == ["C", "A", "B"]
    assert names("in_stock=true") == ["A", "C"]
    assert names("in_stock=false") == ["B"]
    assert names("min_price=2&max_price=5") == ["B"]
    assert names("category=livres") == ["C"]
    assert names(f"category={books.pk}") == ["C"]
    assert names("category=nope") == []
    assert names("merchant=nobody") == []


@pytest.mark.parametrize("query", ["ordering=stock", "min_price=abc", "min_price=-1", "in_stock=perhaps", "max_price=1.234"])
def test_a_bad_filter_names_its_field(query):
    answer = api().get(f"{URL}?{query}")
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [query.split("=")[0]]


def test_pages_link_to_their_neighbours():
    for number in range(5):
        make_product(f"P{number}")
    first = api().get(f"{URL}?page_size=2&search=p").json()
    assert (first["count"], first["previous"]) == (5, None)
    second = api().get(first["next"]).json()
    assert [r["name"] for r in second["results"]] == ["P2", "P3"]
    third = api().get(second["next"]).json()
    assert third["next"] is None
    assert [r["name"] for r in third["results"]] == ["P4"]
    assert "page=2" in third["previous"]
    for page in ("9", "0", "-1", "abc", "²"):
        assert api().get(f"{URL}?page={page}").status_code == 404
    assert len(api().get(f"{URL}?page_size=1000").json()["results"]) == 5


def test_the_list_costs_the_same_for_few_and_many_rows():
    make_product()
    with assert_max_queries(1):
        api().get(URL)
    for _ in range(30):
        make_product()
    with assert_max_queries(2):  # one for the rows, one for the count (remembered in production)
        api().get(URL)


def test_counts_are_remembered_and_forgotten_when_products_change(settings, django_capture_on_commit_callbacks):
    settings.CATALOGUE_COUNT_TTL_S = 60
    queries.remembered.forget()
    product = make_product()
    Product.objects.bulk_create(
        Product(sku=f"B{n}", slug=f"b{n}", name="B", price=1, category=product.category) for n in range(30)
    )
    assert api().get(URL).json()["count"] == 31
    with assert_max_queries(1):
        assert api().get(URL).json()["count"] == 31
    with django_capture_on_commit_callbacks(execute=True):
        services.update_product(actor=SYSTEM, product_id=product.pk, is_active=False)
    assert api().get(URL).json()["count"] == 30
    queries.remembered.forget()


def test_categories_carry_counts():
    books = make_category("Livres", position=2)
    first = make_category("Épicerie", position=1)
    make_product(category=books)
    make_product(category=books, is_active=False)
    assert api().get("/api/catalog/categories").json()["results"] == [
        {"id": first.pk, "slug": "epicerie", "name": "Épicerie", "count": 0},
        {"id": books.pk, "slug": "livres", "name": "Livres", "count": 1},
    ]


def test_facets_count_the_present_search():
    books = make_category("Livres", position=2)
    make_product("Roman", category=books)
    make_product("Roman policier", category=books)
    make_product("Romarin", category=make_category("Jardin", position=1))
    facets = queries.facets(queries.Filter(search="rom", category="livres"))
    assert [(f["slug"], f["count"]) for f in facets] == [("jardin", 1), ("livres", 2)]
    assert [f["count"] for f in queries.facets(queries.Filter(search="roman"))] == [0, 2]


@pytest.mark.parametrize("category", ["²", "nowhere", "a b"])
def test_a_category_that_cannot_be_is_not_found(category):
    assert browser().get("/boutique/", {"category": category}, follow=True).status_code == 404
