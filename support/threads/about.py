"""What a conversation may be about: the asker's own order, delivery or quote."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from config.lib.errors import DomainError, Invalid, NotFound
from delivery.deliveries import queries as deliveries
from shop.orders import queries as orders
from support.threads.models import About


@dataclass(frozen=True)
class Topic:
    type: str
    id: int
    label: str


Finder = Callable[[Any, int], str]


def _delivery(asker: Any, pk: int) -> str:
    """Its reference, when the asker sends, receives, carries or pays it."""
    reference = deliveries.mine(asker).filter(pk=pk).values_list("reference", flat=True).first()
    if reference is None:
        raise NotFound
    return str(reference)


def _order(asker: Any, pk: int) -> str:
    """Its number, when the asker made it."""
    order = orders.get_for(asker, pk)
    if order.user_id != asker.pk:
        raise NotFound
    return order.number


FINDERS: dict[str, Finder] = {About.ORDER: _order, About.DELIVERY: _delivery}
ROUTES = {About.ORDER: "shop:order", About.DELIVERY: "delivery:delivery"}


def resolve(asker: Any, about: dict[str, Any] | None) -> Topic | None:
    """The thing, when the asker may see it as his own; Invalid on `about` otherwise (also when it does not exist)."""
    if not about:
        return None
    kind, pk = str(about.get("type", "")), str(about.get("id", ""))
    finder = FINDERS.get(kind)
    if finder is None or not pk.isdecimal() or len(pk) > 18:
        raise _unknown()
    try:
        return Topic(kind, int(pk), finder(asker, int(pk)))
    except DomainError:
        raise _unknown() from None


def _unknown() -> Invalid:
    return Invalid(errors={"about": [_("This does not exist or is not yours.")]})


def url_of(kind: str, pk: int | None) -> str:
    """The page of the thing, empty when it has none."""
    route = ROUTES.get(About(kind)) if kind else None
    return reverse(route, args=[pk]) if route else ""
