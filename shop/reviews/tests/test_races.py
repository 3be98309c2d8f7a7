"""Reviews at once from several connections."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from accounts.users.tests.factories import make_user
from config.lib.actors import SYSTEM
from shop.catalogue.tests.factories import make_product
from shop.reviews import queries, services
from shop.reviews.models import Review
from shop.reviews.rules import AlreadyReviewed
from shop.reviews.tests.factories import delivered_order, make_review, rating

pytestmark = [pytest.mark.postgres_race, pytest.mark.django_db(transaction=True)]


def at_once(count, work):
    gate = Barrier(count)

    def run(i):
        try:
            gate.wait()
            return work(i)
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_the_same_review_sent_six_times_at_once_is_one():
    alice, jam = make_user("alice"), make_product(stock=100)
    delivered_order(alice, (jam, 1))
    results = at_once(
        6, lambda i: services.write_review(actor=alice, product_id=jam.pk, stars=5, body="Bien.")
    )
    assert sum(isinstance(r, Review) for r in results) == 1
    assert {type(r) for r in results} == {Review, AlreadyReviewed}
    assert Review.objects.count() == 1


@pytest.fixture
def _slow_count(monkeypatch):
    """Time passes between counting and writing, as it may."""
    count = queries.rating_of

    def slow(product_id):
        counted = count(product_id)
        time.sleep(0.05)
        return counted

    monkeypatch.setattr(queries, "rating_of", slow)


def publish_all():
    jam = make_product(stock=100)
    reviews = [make_review(make_user(f"p{i}"), jam, 1 + i % 5) for i in range(8)]
    at_once(8, lambda i: services.publish(actor=SYSTEM, review_id=reviews[i].pk))
    assert Review.objects.filter(status="PUBLIE").count() == 8
    return jam


@pytest.mark.usefixtures("_slow_count")
def test_eight_published_at_once_all_count():
    assert rating(publish_all()) == (1 + 2 + 3 + 4 + 5 + 1 + 2 + 3, 8)


@pytest.mark.usefixtures("_slow_count")
def test_canary_without_the_products_lock_some_are_not_counted(monkeypatch):
    monkeypatch.setattr(queries, "locked_product", lambda pk: None)
    jam = publish_all()
    jam.refresh_from_db()
    assert jam.rating_count < 8
