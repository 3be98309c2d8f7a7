"""POST /api/catalog/products/{id}/reviews and the page's form: by buyers of a delivered line, once, 1 to 5 stars."""

import pytest
from django.urls import reverse

from config.lib.testing import api, browser
from shop.catalogue.models import Product
from shop.catalogue.tests.factories import make_product
from shop.orders import services as orders
from shop.orders.tests.factories import paid_order, place_order
from shop.reviews.models import Review, ReviewChange
from shop.reviews.tests.factories import delivered_order, make_review, rating

pytestmark = pytest.mark.django_db
BODY = {"stars": 4, "title": "Bonne", "body": "Un peu sucrée."}


def url(product):
    return f"/api/catalog/products/{product.pk}/reviews"


@pytest.fixture
def jam():
    return make_product(stock=100)


def test_a_buyer_writes_and_waits_to_be_read(alice, jam, commit):
    delivered_order(alice, (jam, 1))
    with commit():
        answer = api(alice).post(url(jam), BODY)
    assert answer.status_code == 201, answer.content
    shown = answer.json()
    assert shown.items() >= {**BODY, "status": "EN_ATTENTE", "author": "Alice", "product_id": jam.pk}.items()
    review = Review.objects.get()
    assert (review.line.order.user, review.line.product) == (alice, jam)
    assert rating(jam) == (0, 0)
    assert api().get(url(jam)).json()["results"] == []
    assert api(alice).get(url(jam)).json()["mine"]["id"] == shown["id"]
    assert ReviewChange.objects.get().announced_at is not None


def test_not_before_delivery_nor_without_buying(alice, bob, charlie, jam, dora):
    place_order(alice, (jam, 1))
    paid_order(bob, (jam, 1))
    for person in (alice, bob, charlie, dora):
        answer = api(person).post(url(jam), BODY)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_a_buyer")
    assert api().post(url(jam), BODY).status_code == 401
    assert not Review.objects.exists()


def test_another_product_of_the_same_order_gives_no_right(alice, jam):
    delivered_order(alice, (jam, 1))
    assert api(alice).post(url(make_product("Thé")), BODY).json()["code"] == "not_a_buyer"


def test_who_was_refunded_in_full_is_no_buyer_any_more(alice, jam, dora):
    order = delivered_order(alice, (jam, 1))
    orders.refund_order(actor=dora, order_id=order.pk, reason="x")
    assert api(alice).post(url(jam), BODY).json()["code"] == "not_a_buyer"


def test_once_for_each_product_however_often_it_was_bought(alice, bob, jam):
    first = make_review(alice, jam)
    delivered_order(alice, (jam, 1))
    answer = api(alice).post(url(jam), BODY)
    assert (answer.status_code, answer.json()["code"], answer.json()["review_id"]) == (409, "already_reviewed", first.pk)
    make_review(bob, jam)
    assert Review.objects.count() == 2


@pytest.mark.parametrize("change, field", [
    ({"stars": 0}, "stars"), ({"stars": 6}, "stars"), ({"stars": "many"}, "stars"), ({"stars": 4.5}, "stars"),
    ({"stars": None}, "stars"), ({"body": " "}, "body"), ({"body": "x" * 4001}, "body"), ({"title": "x" * 121}, "title"),
])
def test_bad_input_names_the_field_and_changes_nothing(alice, jam, change, field):
    delivered_order(alice, (jam, 1))
    answer = api(alice).post(url(jam), BODY | change)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert field in answer.json()["errors"]
    page = browser(alice).post(reverse("shop:reviews", args=[jam.slug]), {k: v for k, v in (BODY | change).items() if v is not None})
    assert page.status_code == 422
    assert page.context["form"].errors[field]
    assert not Review.objects.exists()


def test_a_product_that_is_not_there_is_404(alice):
    assert api(alice).post("/api/catalog/products/99/reviews", BODY).status_code == 404


def test_the_page_does_the_same(alice, bob, jam):
    page = reverse("shop:reviews", args=[jam.slug])
    delivered_order(alice, (jam, 1))
    assert "form" in browser(alice).get(page).context
    answer = browser(alice).post(page, BODY)
    assert (answer.status_code, answer["Location"]) == (302, page)
    assert Review.objects.get().stars == 4
    answer = browser(bob).post(page, BODY)
    assert answer.status_code == 403
    assert browser().post(page, BODY)["Location"].startswith(reverse("account_login"))
    assert Review.objects.count() == 1


def test_posting_the_page_again_changes_ones_own(alice, jam):
    make_review(alice, jam)
    browser(alice).post(reverse("shop:reviews", args=[jam.slug]), BODY)
    assert Review.objects.get().body == BODY["body"]


def test_a_buyer_may_write_about_what_is_no_longer_sold(alice, bob, jam):
    delivered_order(alice, (jam, 1))
    Product.objects.update(is_active=False)
    assert api(alice).post(url(jam), BODY).status_code == 201
    assert browser(alice).get(reverse("shop:reviews", args=[jam.slug])).status_code == 200
    assert browser(bob).get(reverse("shop:reviews", args=[jam.slug])).status_code == 404
    assert api(bob).get(url(jam)).status_code == 404
