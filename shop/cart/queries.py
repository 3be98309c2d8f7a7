"""Reads of the cart: whose it is, what is in it, what its owner should know."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Sum
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.lib.money import ZERO
from shop.cart.models import Cart, CartLine, CartStatus

COOKIE = "cart"
COOKIE_SALT = "shop.cart"


@dataclass(frozen=True)
class Guest:
    """A visitor, known by the token in his signed cookie (none before his first article)."""

    token: str = ""
    pk = None
    is_authenticated = False


@dataclass(frozen=True)
class Item:
    product_id: int
    sku: str
    slug: str
    name: str
    quantity: int
    unit_price: Decimal
    vat_rate: Decimal
    weight_g: int
    parcel_size: str
    available: int
    pictures: list[dict[str, Any]]

    @property
    def line_total(self) -> Decimal:
        return self.unit_price * self.quantity

    @property
    def enough(self) -> bool:
        return self.available >= self.quantity


@dataclass(frozen=True)
class Contents:
    """A cart as it stands: `id` and `version` are None and 0 while nothing was ever put in."""

    id: int | None
    version: int
    items: list[Item]
    notices: list[dict[str, Any]]

    @property
    def subtotal(self) -> Decimal:
        return sum((item.line_total for item in self.items), ZERO)

    @property
    def total(self) -> Decimal:
        return self.subtotal

    @property
    def count(self) -> int:
        return sum(item.quantity for item in self.items)

    @property
    def can_order(self) -> bool:
        return bool(self.items) and all(item.enough for item in self.items)


def visitor(request: HttpRequest) -> Any:
    """Whose cart this request is about: the user, or a Guest with the token of the cookie."""
    if request.user.is_authenticated:
        return request.user
    return Guest(request.get_signed_cookie(COOKIE, default="", salt=COOKIE_SALT) or "")


def open_carts(actor: Any) -> QuerySet[Cart]:
    """The open cart of a user or guest (none or one)."""
    carts = Cart.objects.filter(status=CartStatus.OUVERT)
    if actor.pk is not None:
        return carts.filter(user_id=actor.pk)
    try:
        return carts.filter(user=None, token=UUID(actor.token))
    except ValueError:
        return carts.none()


def locked_cart(pk: int) -> Cart | None:
    """An open cart for a change, or None when it was ordered meanwhile."""
    return Cart.objects.select_for_update().filter(pk=pk, status=CartStatus.OUVERT).first()


def items_of(cart_id: int) -> list[Item]:
    rows = CartLine.objects.filter(cart_id=cart_id).order_by("pk").values_list(
        "product_id", "quantity", "product__sku", "product__slug", "product__name", "product__price",
        "product__vat_rate", "product__weight_g", "product__parcel_size", "product__stock", "product__is_active",
        "product__pictures",
    )
    return [
        Item(
            product_id=row[0], quantity=row[1], sku=row[2], slug=row[3], name=row[4], unit_price=row[5],
            vat_rate=row[6], weight_g=row[7], parcel_size=row[8], available=row[9] if row[10] else 0, pictures=row[11],
        )
        for row in rows
    ]


def _lacking(item: Item) -> dict[str, Any]:
    if not item.available:
        text = _("%(name)s is no longer available.") % {"name": item.name}
    else:
        text = ngettext(
            "Only %(left)d left of %(name)s.", "Only %(left)d left of %(name)s.", item.available
        ) % {"left": item.available, "name": item.name}
    return {"code": "not_enough", "product_id": item.product_id, "available": item.available, "message": text}


def _told(notice: dict[str, Any]) -> dict[str, Any]:
    """A stored notice in the reader's language."""
    texts = {
        "merged": _("%(name)s: your two carts were put together, %(quantity)s in all."),
        "capped": _("%(name)s: reduced to %(quantity)s, all that is left."),
        "dropped": _("%(name)s is no longer available and left the cart."),
    }
    text = texts.get(notice["code"], "%(name)s")
    return {**notice, "message": text % notice}


def contents(actor: Any) -> Contents:
    """The open cart of a user or guest, with what its owner should know. Two queries."""
    cart = open_carts(actor).order_by().values_list("pk", "version", "notices").first()
    if cart is None:
        return Contents(None, 0, [], [])
    pk, version, stored = cart
    items = items_of(pk)
    notices = [_told(n) for n in stored] + [_lacking(item) for item in items if not item.enough]
    return Contents(pk, version, items, notices)


def cart_count(request: HttpRequest) -> int:
    """Pieces in the cart, for the header. No query for a visitor without a cart."""
    actor = visitor(request)
    if actor.pk is None and not actor.token:
        return 0
    lines = CartLine.objects.filter(cart__in=open_carts(actor).order_by())
    return lines.aggregate(pieces=Sum("quantity"))["pieces"] or 0
