"""Parts for the pages of other features: `{% load reviews %}`.

    {% rating product %}            stars beside a product's name; a row of the catalogue or a Product; no query
    {% product_reviews product %}   the reviews on the product's page, with the form of a buyer; six queries at most
    {% order_reviews order %}       on a delivered order's page, a link for each article; two queries
"""

from typing import Any

from django import template

from shop.catalogue import rules
from shop.orders.models import Order
from shop.reviews import queries
from shop.reviews.forms import form_for

register = template.Library()
SHOWN = 3


def _of(product: Any, name: str) -> Any:
    return product[name] if isinstance(product, dict) else getattr(product, name)


def rating_context(product: Any) -> dict[str, Any]:
    """`average` (None without a review) and `count`."""
    known = rules.rating(_of(product, "rating_sum"), _of(product, "rating_count"))
    return known or {"average": None, "count": 0}


@register.inclusion_tag("shop/reviews/_rating.html")
def rating(product: Any) -> dict[str, Any]:
    return {**rating_context(product), "slug": _of(product, "slug")}


@register.inclusion_tag("shop/reviews/_product.html", takes_context=True)
def product_reviews(context: template.Context, product: Any) -> dict[str, Any]:
    request = context["request"]
    pk, user = _of(product, "id"), request.user
    known = rating_context(product)
    mine = queries.mine(user, pk)
    may_write = bool(mine or queries.delivered_line(user, pk))
    return {
        **known, "request": request, "csrf_token": context.get("csrf_token"), "slug": _of(product, "slug"),
        "reviews": queries.published(pk)[:SHOWN] if known["count"] else [], "mine": mine, "may_write": may_write,
        "stars": queries.stars_of(pk).items() if known["count"] else [],
        "form": form_for(None) if may_write and not mine else None, "more": known["count"] > SHOWN,
    }


@register.inclusion_tag("shop/reviews/_order.html", takes_context=True)
def order_reviews(context: template.Context, order: Order) -> dict[str, Any]:
    own = order.user_id == context["request"].user.pk
    return {"lines": queries.on_order(order) if own else []}
