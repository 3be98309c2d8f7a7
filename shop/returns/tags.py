"""Part for the order's page: `{% load returns %}{% order_returns order %}`."""

from typing import Any

from django import template
from django.utils import timezone

from shop.orders.models import Order
from shop.returns import queries
from shop.returns.api import photo_url
from shop.returns.shapes import timeline

register = template.Library()
SENT = (Order.Status.EXPEDIEE, Order.Status.LIVREE, Order.Status.REMBOURSEE)


def returns_context(order: Order, reader: Any) -> dict[str, Any]:
    """The returns of an order with their timelines, whether the reader may ask for one, and until when."""
    if order.status not in SENT:
        return {"order": order, "returns": [], "can_ask": False, "until": None}
    end = queries.window_end(order)
    own = order.user_id == reader.pk
    return {
        "order": order, "until": end, "over": bool(end and timezone.now() >= end),
        "can_ask": own and queries.can_ask(order),
        "returns": [
            {
                "it": back, "events": timeline(back),
                "photos": [photo_url(back, photo.pk) for photo in back.photos.all()],
            }
            for back in queries.of_order(order)
        ],
    }


@register.inclusion_tag("shop/returns/_order.html", takes_context=True)
def order_returns(context: template.Context, order: Order) -> dict[str, Any]:
    return returns_context(order, context["request"].user)
