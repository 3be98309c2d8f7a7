"""Reads of the cart: whose it is, what is in it, what its owner should know."""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet, Sum
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.lib.money import CENT, ZERO, from_cents
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


# One statement for the cart and its lines, written by hand: checkout reads it, and building it anew by the ORM each
# time cost a third of the whole checkout.
CART = """
SELECT c.id, c.version, c.notices, l.quantity, p.id, p.sku, p.slug, p.name, p.price, p.vat_rate, p.weight_g,
       p.parcel_size, p.stock, p.is_active, p.pictures
  FROM shop_cart c
  LEFT JOIN shop_cartline l ON l.cart_id = c.id
  LEFT JOIN shop_product p ON p.id = l.product_id
 WHERE c.status = 'OUVERT' AND {where}
 ORDER BY l.id
"""


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str | bytes) else value


def _read(where: str, value: int) -> tuple[int, int, list[dict[str, Any]], list[Item]] | None:
    """Id, version, stored notices and items of an open cart; None when there is none."""
    with connection.cursor() as cursor:
        cursor.execute(CART.format(where=where), [value])
        rows = cursor.fetchall()
    if not rows:
        return None
    items = [
        Item(
            product_id=row[4], quantity=row[3], sku=row[5], slug=row[6], name=row[7], unit_price=from_cents(row[8]),
            vat_rate=Decimal(str(row[9])).quantize(CENT), weight_g=row[10], parcel_size=row[11],
            available=row[12] if row[13] else 0, pictures=_json(row[14]),
        )
        for row in rows
        if row[4] is not None
    ]
    return rows[0][0], rows[0][1], _json(rows[0][2]), items


def items_of(cart_id: int) -> list[Item]:
    """What is in an open cart, in the order it was put in."""
    found = _read("c.id = %s", cart_id)
    return found[3] if found else []


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
    """The open cart of a user or guest, with what its owner should know. One query (a guest: two)."""
    if actor.pk is not None:
        cart = _read("c.user_id = %s", actor.pk)
    else:
        known = open_carts(actor).order_by().values_list("pk", flat=True).first()
        cart = _read("c.id = %s", known) if known else None
    if cart is None:
        return Contents(None, 0, [], [])
    pk, version, stored, items = cart
    notices = [_told(n) for n in stored] + [_lacking(item) for item in items if not item.enough]
    return Contents(pk, version, items, notices)


def cart_count(request: HttpRequest) -> int:
    """Pieces in the cart, for the header. No query for a visitor without a cart."""
    actor = visitor(request)
    if actor.pk is None and not actor.token:
        return 0
    lines = CartLine.objects.filter(cart__in=open_carts(actor).order_by())
    return lines.aggregate(pieces=Sum("quantity"))["pieces"] or 0
