"""Reviews for tests: a product really bought and delivered."""

from typing import Any

from config.lib.actors import SYSTEM
from shop.catalogue.models import Product
from shop.orders import services as orders
from shop.orders.models import Order
from shop.orders.tests.factories import fresh, paid_order
from shop.reviews import services
from shop.reviews.models import Review


def delivered_order(user: Any, *lines: tuple[Product, int], **fields: Any) -> Order:
    order = paid_order(user, *lines, **fields)
    orders.ship(actor=SYSTEM, order_id=order.pk)
    orders.mark_delivered(actor=SYSTEM, order_id=order.pk)
    return fresh(order)


def make_review(user: Any, product: Product, stars: int = 5, *, published: bool = False, **fields: Any) -> Review:
    """A review by somebody who received the product."""
    delivered_order(user, (product, 1))
    fields = {"title": "Très bien", "body": "Elle est partie en deux jours.", **fields}
    review = services.write_review(actor=user, product_id=product.pk, stars=stars, **fields)
    return services.publish(actor=SYSTEM, review_id=review.pk) if published else review


def rating(product: Product) -> tuple[int, int]:
    """(sum, count) as the product keeps them, checked against the reviews themselves."""
    product.refresh_from_db()
    stars = list(Review.objects.filter(product=product, status="PUBLIE").values_list("stars", flat=True))
    assert (product.rating_sum, product.rating_count) == (sum(stars), len(stars))
    return product.rating_sum, product.rating_count
