"""From cart to order: everything is computed before the first lock, the stock rows are written last."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Invalid
from config.lib.money import ZERO
from config.lib.sql import insert
from shop.cart import queries as carts
from shop.cart.queries import Contents
from shop.catalogue.services import OutOfStock, take_stock
from shop.orders import queries, rules, shipping
from shop.orders.billing import company_for
from shop.orders.models import DeliveryMethod, Order, OrderLine
from shop.orders.rules import CartChanged, CartEmpty

TRIES = 8  # each means that the cart was changed on another device within a few milliseconds


def checkout(
    *, actor: Any, delivery_method: str, address_id: int | None = None, shipping_address: dict[str, Any] | None = None,
    note: str = "", coupon: str = "", cart_id: int | None = None, expected_total: Decimal | None = None,
    company_id: int | None = None,
) -> tuple[Order, bool]:
    """Order what is in the cart of `actor`; the order, and whether it is new. `company_id`: a company of the
    customer's that is billed instead of him.

    Sent twice it gives the first order: by the cart the page showed (`cart_id`), else, when the cart is empty,
    the customer's order of the last half hour. Call it outside a transaction (it asks the geocoder). Raises
    CartEmpty, OutOfStock, Invalid, NotFound (address), AddressNotFound, CartChanged (`expected_total` differs).
    """
    if delivery_method not in DeliveryMethod.values:
        raise Invalid(errors={"delivery_method": [_("Choose pick up or delivery by courier.")]})
    if coupon:
        raise Invalid(errors={"coupon": [_("This code is not valid.")]})
    company = company_for(actor, company_id)
    place: dict[str, Any] | None = None
    for _attempt in range(TRIES):
        cart = carts.contents(actor)
        known = _already_ordered(actor, cart, cart_id)
        if known is not None:
            return known, False
        lacking = {item.product_id: item.available for item in cart.items if not item.enough}
        if lacking:
            raise OutOfStock(lacking)
        fee = ZERO
        if delivery_method == DeliveryMethod.COURSIER:
            if place is None:
                place = shipping.customer_place(
                    user=actor, address_id=address_id, shipping_address=shipping_address
                )
            fee = shipping.delivery_fee(place, cart.items)
        order = _prepared(actor, cart, delivery_method, place, fee, note)
        order.company = company
        if expected_total is not None and expected_total != order.total:
            raise CartChanged
        if _place(actor=actor, cart=cart, order=order):
            return order, True
    raise CartChanged


def _already_ordered(actor: Any, cart: Contents, cart_id: int | None) -> Order | None:
    """The order that this call repeats, if it does. CartEmpty when there is nothing to order."""
    if cart_id is not None and cart_id != cart.id:
        known = queries.order_of_cart(cart_id, actor)
        if known is not None:
            return known
    if cart.items:
        return None
    known = queries.recent_order(actor)
    if known is None:
        raise CartEmpty
    return known


def _prepared(
    actor: Any, cart: Contents, method: str, place: dict[str, Any] | None, fee: Decimal, note: str
) -> Order:
    """The unsaved order of a cart."""
    sums = rules.totals(cart.items, fee)
    now = timezone.now()
    return Order(
        user_id=actor.pk, cart_id=cart.id, delivery_method=method, address=place, note=note[:300],
        subtotal=sums.subtotal, delivery_fee=fee, vat_total=sums.vat_total, total=sums.total,
        currency=settings.CURRENCY, created_at=now,
        expires_at=now + timedelta(minutes=settings.ORDER_EXPIRY_MINUTES),
    )


def _lines(order: Order, cart: Contents) -> list[OrderLine]:
    return [
        OrderLine(
            order_id=order.pk, product_id=item.product_id, sku=item.sku, name=item.name, quantity=item.quantity,
            unit_price=item.unit_price, vat_rate=item.vat_rate, line_total=item.line_total, weight_g=item.weight_g,
            parcel_size=item.parcel_size,
        )
        for item in cart.items
    ]


def _take_cart(cart: Contents) -> bool:
    """Mark the cart as ordered if it is still as it was read. By hand for the same reason as its reading."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE shop_cart SET status = 'COMMANDE', version = version + 1 "
            "WHERE id = %s AND status = 'OUVERT' AND version = %s",
            [cart.id, cart.version],
        )
        return bool(cursor.rowcount)


@transaction.atomic
def _place(*, actor: Any, cart: Contents, order: Order) -> bool:
    """Write the order; False when the cart changed or was ordered since it was read (nothing is written then).

    The conditional update of the cart is the verdict between two checkouts of one cart: the second one waits for
    the row of the first and then finds another status. The hot stock rows come last, locked only until the commit.
    """
    if not _take_cart(cart):
        return False
    insert([order])
    insert(_lines(order, cart))
    order.record(actor=actor)
    take_stock(
        actor=actor, quantities={item.product_id: item.quantity for item in cart.items}, reference=order.reference
    )
    return True
