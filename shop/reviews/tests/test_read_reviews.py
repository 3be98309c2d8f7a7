"""GET …/reviews and the parts on pages: public, paged, with the mean; only what staff published."""

import pytest
from django.template import engines
from django.test import RequestFactory
from django.urls import reverse

from config.lib.testing import api, assert_max_queries, browser
from shop.catalogue.queries import product_row
from shop.catalogue.tests.factories import make_product
from shop.reviews.tests.factories import delivered_order, make_review

pytestmark = pytest.mark.django_db


def url(product, query=""):
    return f"/api/catalog/products/{product.pk}/reviews{query}"


@pytest.fixture
def jam():
    return make_product(stock=100)


def test_everybody_reads_the_published_ones_newest_first(alice, bob, charlie, jam):
    make_review(alice, jam, 5, published=True)
    make_review(bob, jam, 4, published=True, title="")
    make_review(charlie, jam, 1)
    answer = api().get(url(jam))
    assert answer.status_code == 200
    shown = answer.json()
    assert [(r["author"], r["stars"], r["status"]) for r in shown["results"]] == [("Bob", 4, "PUBLIE"), ("Alice", 5, "PUBLIE")]
    assert all(r["verified_purchase"] for r in shown["results"])
    assert "Martin" not in answer.content.decode()
    assert (shown["count"], shown["next"], shown["rating"]) == (2, None, {"average": 4.5, "count": 2})
    assert shown["stars"] == {"5": 1, "4": 1, "3": 0, "2": 0, "1": 0}
    assert (shown["mine"], shown["can_review"]) == (None, False)


def test_the_product_shows_its_rating(alice, bob, charlie, jam):
    assert api().get(f"/api/catalog/products/{jam.pk}").json()["rating"] is None
    for person, stars in ((alice, 5), (bob, 4), (charlie, 4)):
        make_review(person, jam, stars, published=True)
    assert api().get(f"/api/catalog/products/{jam.pk}").json()["rating"] == {"average": 4.33, "count": 3}
    assert api().get("/api/catalog/products").json()["results"][0]["rating"] == {"average": 4.33, "count": 3}


def test_pages_and_a_filter_by_stars(person, jam):
    for i in range(3):
        make_review(person(f"p{i}"), jam, 5 - i % 2, published=True)
    first = api().get(url(jam, "?page_size=2")).json()
    assert (first["count"], len(first["results"])) == (3, 2)
    assert len(api().get(first["next"]).json()["results"]) == 1
    assert api().get(url(jam, "?stars=4")).json()["count"] == 1
    assert api().get(url(jam, "?stars=9")).status_code == 422
    assert api().get(url(jam, "?page=9")).status_code == 404


def test_a_buyer_learns_that_he_may_write(alice, bob, jam):
    delivered_order(alice, (jam, 1))
    assert api(alice).get(url(jam)).json()["can_review"] is True
    assert api(bob).get(url(jam)).json()["can_review"] is False


def test_of_a_product_not_for_sale_or_not_there_404():
    assert api().get(url(make_product(is_active=False))).status_code == 404
    assert api().get("/api/catalog/products/99/reviews").status_code == 404


def test_no_query_more_for_more_reviews(person, jam):
    make_review(person("p0"), jam, published=True)
    with assert_max_queries(5) as few:
        api().get(url(jam))
    for i in range(1, 6):
        make_review(person(f"p{i}"), jam, published=True)
    with assert_max_queries(len(few)):
        api().get(url(jam))


def test_the_page_of_all_reviews(alice, bob, jam):
    page = reverse("shop:reviews", args=[jam.slug])
    empty = browser().get(page)
    assert empty.status_code == 200
    assert "No opinion yet" in empty.content.decode()
    make_review(alice, jam, 4, published=True, body="<b>Bonne</b>")
    shown = browser().get(page).content.decode()
    assert "&lt;b&gt;Bonne" in shown
    assert "<strong>4.0</strong>" in shown
    assert "Log in to give your opinion" in shown
    assert "once you have bought" in browser(bob).get(page).content.decode()


def part(source, user, **context):
    request = RequestFactory().get("/")
    request.user = user
    return engines["django"].from_string("{% load reviews %}" + source).render(context, request)


def test_the_part_on_the_product_page(alice, bob, jam):
    make_review(alice, jam, 4, published=True)
    delivered_order(bob, (jam, 1))
    row = product_row(pk=jam.pk)
    assert "name=\"stars\"" in part("{% product_reviews product %}", bob, product=row)
    mine = part("{% product_reviews product %}", alice, product=row)
    assert "name=\"stars\"" not in mine
    assert "Change or delete your opinion" in mine or "Modifier" in mine
    with assert_max_queries(0):
        assert reverse("shop:reviews", args=[jam.slug]) in part("{% rating product %}", alice, product=row)


def test_the_links_on_a_delivered_order(alice, bob, jam):
    order = delivered_order(alice, (jam, 2), (make_product("Thé"), 1))
    shown = part("{% order_reviews order %}", alice, order=order)
    assert shown.count("/avis/#mine") == 2
    assert "/avis/" not in part("{% order_reviews order %}", bob, order=order)
