"""What every page may show around its content; lazy, so that a page which does not show it pays nothing."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from shop.cart.queries import cart_count
from support.notifications.queries import unread_count


def persona(request: HttpRequest) -> str:
    """Whose phone bar to draw: visitor, customer or courier."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return "visitor"
    return "courier" if "COURSIER" in getattr(user, "roles", ()) else "customer"


def page(request: HttpRequest) -> dict[str, Any]:
    return {
        "site_name": settings.SITE_NAME,
        "debug": settings.DEBUG,
        "persona": SimpleLazyObject(lambda: persona(request)),
        "cart_count": SimpleLazyObject(lambda: cart_count(request)),
        "unread_count": SimpleLazyObject(lambda: unread_count(request.user)),
        "map_tiles": settings.MAP_TILE_URL,
        "map_attribution": settings.MAP_ATTRIBUTION,
    }
