"""What pages of other features show about orders. `{% load orders %}`."""

from typing import Any

from django import template
from django.template.context import Context
from django.utils.functional import SimpleLazyObject

from shop.orders import queries, timeline

register = template.Library()


@register.inclusion_tag("shop/orders/_underway.html", takes_context=True)
def underway(context: Context) -> dict[str, Any]:
    """The reader's orders that are not over: where each stands, in a line. Nothing, and no query, for visitors."""
    user: Any | SimpleLazyObject = context["request"].user
    if not user.is_authenticated:
        return {"orders": []}
    return {"orders": [(order, timeline.standing(order)) for order in queries.underway(user)]}
