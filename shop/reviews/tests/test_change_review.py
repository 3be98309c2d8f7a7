"""Edit and delete one's own; the rating follows; others cannot."""

import pytest
from django.urls import reverse

from config.lib.actors import SYSTEM
from config.lib.testing import api, browser
from shop.catalogue.tests.factories import make_product
from shop.reviews import services
from shop.reviews.models import Review
from shop.reviews.tests.factories import make_review, rating

pytestmark = pytest.mark.django_db


@pytest.fixture
def jam():
    return make_product(stock=100)


def url(review):
    return f"/api/catalog/reviews/{review.pk}"


def test_a_changed_review_is_read_again_before_it_counts(alice, jam):
    review = make_review(alice, jam, 5, published=True)
    assert rating(jam) == (5, 1)
    answer = api(alice).patch(url(review), {"stars": 1})
    assert (answer.status_code, answer.json()["stars"], answer.json()["status"]) == (200, 1, "EN_ATTENTE")
    assert rating(jam) == (0, 0)
    services.publish(actor=SYSTEM, review_id=review.pk)
    assert rating(jam) == (1, 1)
    assert list(review.history.values_list("to_status", flat=True)) == ["EN_ATTENTE", "PUBLIE", "EN_ATTENTE", "PUBLIE"]


def test_the_same_again_changes_nothing(alice, jam):
    review = make_review(alice, jam, 5, published=True)
    assert api(alice).patch(url(review), {"stars": 5, "title": review.title}).json()["status"] == "PUBLIE"
    assert review.history.count() == 2


def test_while_it_waits_it_is_changed_in_place(alice, jam):
    review = make_review(alice, jam)
    api(alice).patch(url(review), {"body": "Autrement.", "title": ""})
    review.refresh_from_db()
    assert (review.body, review.title, review.history.count()) == ("Autrement.", "", 1)


def test_bad_changes_are_refused(alice, jam):
    review = make_review(alice, jam)
    for body in ({"stars": 9}, {"body": ""}, {"title": "x" * 200}):
        assert api(alice).patch(url(review), body).status_code == 422
    review.refresh_from_db()
    assert review.stars == 5


def test_taken_back_it_no_longer_counts_and_may_be_written_anew(alice, bob, jam):
    review = make_review(alice, jam, 5, published=True)
    make_review(bob, jam, 2, published=True)
    assert api(alice).delete(url(review)).status_code == 204
    assert rating(jam) == (2, 1)
    assert api(alice).get(url(review)).status_code == 404
    services.write_review(actor=alice, product_id=jam.pk, stars=3, body="Encore.")


def test_the_page_deletes_too(alice, bob, jam):
    review = make_review(alice, jam)
    target = reverse("shop:review_delete", args=[jam.slug, review.pk])
    assert browser(alice).get(target).status_code == 405
    assert browser(bob).post(target).status_code == 404
    assert browser().post(target).status_code == 302
    assert Review.objects.exists()
    assert browser(alice).post(target)["Location"] == reverse("shop:reviews", args=[jam.slug])
    assert not Review.objects.exists()


@pytest.mark.parametrize("published", [False, True])
def test_nobody_else_changes_it(alice, bob, dora, jam, published):
    review = make_review(alice, jam, published=published)
    for who, expected in ((None, 401), (bob, 404), (dora, 403)):
        assert api(who).patch(url(review), {"stars": 1}).status_code == expected
        assert api(who).delete(url(review)).status_code == expected
        assert api(who).get(url(review)).status_code == expected
    review.refresh_from_db()
    assert review.stars == 5
