"""Every write of reviews. The product's rating is a copy, counted anew under the product's lock."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from config.lib.actors import Actor
from config.lib.errors import Invalid, NotFound
from shop.catalogue.models import Product
from shop.reviews import queries
from shop.reviews.models import FEWEST_STARS, MOST_STARS, Review
from shop.reviews.rules import AlreadyReviewed, NotABuyer

LONGEST_TITLE = 120
LONGEST_BODY = 4000
Status = Review.Status


def _checked(stars: int, title: str, body: str) -> dict[str, Any]:
    errors: dict[str, list] = {}
    title = " ".join(title.replace("\x00", "").split())
    body = body.replace("\x00", "").strip()
    if not FEWEST_STARS <= stars <= MOST_STARS:
        errors["stars"] = [_("Give one to five stars.")]
    if len(title) > LONGEST_TITLE:
        errors["title"] = [_("At most %d characters.") % LONGEST_TITLE]
    if not body:
        errors["body"] = [_("Write something here.")]
    elif len(body) > LONGEST_BODY:
        errors["body"] = [_("At most %d characters.") % LONGEST_BODY]
    if errors:
        raise Invalid(errors=errors)
    return {"stars": stars, "title": title, "body": body}


@transaction.atomic
def write_review(*, actor: Any, product_id: int, stars: int, body: str, title: str = "") -> Review:
    """Give one's opinion on a product that was delivered; staff read it before it is public.

    NotFound, NotABuyer, AlreadyReviewed (`review_id` in the body), Invalid (stars 1 to 5, title, body).
    """
    if not Product.objects.filter(pk=product_id).exists():
        raise NotFound
    line = queries.delivered_line(actor, product_id)
    if line is None:
        raise NotABuyer
    fields = _checked(stars, title, body)
    try:
        with transaction.atomic():
            review = Review.objects.create(product_id=product_id, user=actor, line=line, **fields)
    except IntegrityError:
        known = queries.mine(actor, product_id)
        if known is None:
            raise
        raise AlreadyReviewed(review_id=known.pk)
    review.record(actor=actor)
    return review


@transaction.atomic
def edit_review(
    *, actor: Any, review_id: int, stars: int | None = None, title: str | None = None, body: str | None = None
) -> Review:
    """Change one's own review: until it is read again it is not public. NotFound, Forbidden, Invalid."""
    review = queries.locked(queries.get_for(actor, review_id))
    fields = _checked(
        review.stars if stars is None else stars, review.title if title is None else title,
        review.body if body is None else body,
    )
    if all(getattr(review, name) == value for name, value in fields.items()):
        return review
    if review.status == Status.EN_ATTENTE:
        Review.objects.filter(pk=review.pk).update(**fields, updated_at=timezone.now())
        for name, value in fields.items():
            setattr(review, name, value)
        return review
    review.move(Status.EN_ATTENTE, actor=actor, **fields)
    _recount(review.product_id)
    return review


@transaction.atomic
def delete_review(*, actor: Any, review_id: int) -> None:
    """Take one's own review back, with its history. NotFound, Forbidden."""
    review = queries.locked(queries.get_for(actor, review_id))
    review.delete()
    _recount(review.product_id)


@transaction.atomic
def publish(*, actor: Actor, review_id: int) -> Review:
    """Staff: show a review. NotFound, Forbidden, IllegalMove."""
    review = queries.locked(queries.get_for(actor, review_id, queries.STAFF))
    review.move(Status.PUBLIE, actor=actor)
    _recount(review.product_id)
    return review


@transaction.atomic
def hide(*, actor: Actor, review_id: int, reason: str) -> Review:
    """Staff: do not show a review; the author is told why, as French consumer code L111-7-2 asks.

    NotFound, Forbidden, IllegalMove, Invalid (no reason).
    """
    reason = reason.strip()
    if not reason:
        raise Invalid(errors={"reason": [_("Say why: the author reads it.")]})
    review = queries.locked(queries.get_for(actor, review_id, queries.STAFF))
    review.move(Status.MASQUE, actor=actor, reason=reason)
    _recount(review.product_id)
    return review


def _recount(product_id: int) -> None:
    """Copy the rating onto the product, whose lock the caller holds: two writers cannot both count too early."""
    total, count = queries.rating_of(product_id)
    Product.objects.filter(pk=product_id).update(rating_sum=total, rating_count=count)
