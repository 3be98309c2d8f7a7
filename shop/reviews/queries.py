"""Reads, rights and locks of reviews."""

from typing import Any

from django.db.models import Count, QuerySet, Sum

from accounts.users.queries import is_staff_of
from config.lib.actors import Actor, System
from config.lib.errors import Forbidden, NotFound
from shop.catalogue.models import Product
from shop.catalogue.queries import for_sale
from shop.orders.models import Order, OrderLine
from shop.reviews.models import FEWEST_STARS, MOST_STARS, Review

OWN, STAFF = "own", "staff"


def published(product_id: int, stars: int | None = None) -> QuerySet[Review]:
    """What everybody may read about a product, newest first."""
    found = Review.objects.filter(product_id=product_id, status=Review.Status.PUBLIE).select_related("user")
    return (found.filter(stars=stars) if stars else found).order_by("-pk")


def stars_of(product_id: int) -> dict[int, int]:
    """How many published reviews gave 5, 4, … 1 stars."""
    rows = Review.objects.filter(product_id=product_id, status=Review.Status.PUBLIE)
    counts = dict(rows.order_by().values_list("stars").annotate(n=Count("pk")))
    return {stars: counts.get(stars, 0) for stars in range(MOST_STARS, FEWEST_STARS - 1, -1)}


def rating_of(product_id: int) -> tuple[int, int]:
    """(sum, count) of the stars of the published reviews, counted anew."""
    rows = Review.objects.filter(product_id=product_id, status=Review.Status.PUBLIE)
    totals = rows.aggregate(total=Sum("stars"), count=Count("pk"))
    return totals["total"] or 0, totals["count"]


def delivered_line(user: Any, product_id: int) -> OrderLine | None:
    """The latest line by which this person received the product."""
    if not user.is_authenticated:
        return None
    lines = OrderLine.objects.filter(
        product_id=product_id, order__user_id=user.pk, order__status=Order.Status.LIVREE
    )
    return lines.order_by("-pk").first()


def mine(user: Any, product_id: int) -> Review | None:
    """One's own review of a product, in whatever status."""
    if not user.is_authenticated:
        return None
    return Review.objects.filter(product_id=product_id, user_id=user.pk).select_related("user").first()


def readable_product(user: Any, **where: Any) -> Product:
    """A product whose reviews this reader may see: one for sale, or one he received. NotFound."""
    product = Product.objects.filter(**where).first()
    if product is None:
        raise NotFound
    if for_sale().filter(pk=product.pk).exists() or delivered_line(user, product.pk):
        return product
    raise NotFound


def on_order(order: Order) -> list[tuple[OrderLine, Review | None]]:
    """The lines of a delivered order, one for each product, with the customer's review of it."""
    if order.status != Order.Status.LIVREE:
        return []
    lines = {line.product_id: line for line in order.lines.select_related("product")}
    written = {r.product_id: r for r in Review.objects.filter(user_id=order.user_id, product_id__in=list(lines))}
    return [(line, written.get(pk)) for pk, line in lines.items()]


def get_for(actor: Actor, pk: int, right: str = OWN) -> Review:
    """One's own review, or with the right STAFF any. A stranger gets NotFound; staff who did not write it, and
    authors who are not staff, Forbidden."""
    review = Review.objects.select_related("user", "product").filter(pk=pk).first()
    clerk = isinstance(actor, System) or is_staff_of(actor, "SHOP")
    own = review is not None and not isinstance(actor, System) and review.user_id == actor.pk
    if review is None or not (own or clerk):
        raise NotFound
    if not (own if right == OWN else clerk):
        raise Forbidden
    return review


def locked(review: Review) -> Review:
    """The review locked, and its product before it (whose rating follows), until the transaction ends. NotFound
    when it was taken back meanwhile."""
    locked_product(review.product_id)
    found = Review.objects.select_for_update().filter(pk=review.pk).first()
    if found is None:
        raise NotFound
    return found


def locked_product(pk: int) -> Product:
    """A product while its rating changes. Checkouts that only refer to it are not kept waiting."""
    return Product.objects.select_for_update(no_key=True).get(pk=pk)


def waiting() -> QuerySet[Review]:
    """What staff should read, oldest first."""
    return Review.objects.filter(status=Review.Status.EN_ATTENTE).order_by("pk")


def section(user: Any) -> list[dict[str, Any]]:
    """For the export of a person's data."""
    rows = Review.objects.filter(user=user).order_by("pk").values(
        "product__name", "stars", "title", "body", "status", "created_at"
    )
    return [{**row, "created_at": row["created_at"].isoformat()} for row in rows]
