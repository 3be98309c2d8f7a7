"""Every write of the cart. `actor` is a user, or a Guest with the token of his cookie."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Invalid, NotFound
from shop.cart import queries
from shop.cart.models import Cart, CartLine
from shop.catalogue.queries import for_sale
from shop.catalogue.services import OutOfStock

MAX_QUANTITY = 999
MAX_LINES = 100


def _open_cart(actor: Any) -> Cart:
    """The locked open cart of the actor, made when there is none."""
    for _attempt in range(3):
        found = queries.open_carts(actor).values_list("pk", flat=True).first()
        if found is None:
            try:
                with transaction.atomic():
                    return Cart.objects.create(user_id=actor.pk)
            except IntegrityError:  # the other click of a double click made it
                continue
        cart = queries.locked_cart(found)
        if cart is not None:
            return cart
    raise Invalid


def _changed(cart: Cart, *, notices: list[dict[str, Any]] | None = None) -> Cart:
    """Count a change: a checkout that read the cart before it will read again."""
    cart.notices = notices or []
    Cart.objects.filter(pk=cart.pk).update(
        version=F("version") + 1, notices=cart.notices, updated_at=timezone.now()
    )
    return cart


def _check_quantity(quantity: int) -> None:
    if not 1 <= quantity <= MAX_QUANTITY:
        raise Invalid(errors={"quantity": [_("Choose a quantity between 1 and 999.")]})


@transaction.atomic
def add_to_cart(*, actor: Any, product_id: int, quantity: int = 1) -> Cart:
    """Put pieces in the cart. NotFound: not for sale; OutOfStock when the cart would hold more than the stock."""
    _check_quantity(quantity)
    stock = for_sale().filter(pk=product_id).values_list("stock", flat=True).first()
    if stock is None:
        raise NotFound(_("This product is not for sale."))
    cart = _open_cart(actor)
    line = CartLine.objects.filter(cart=cart, product_id=product_id).first()
    wanted = quantity + (line.quantity if line else 0)
    if wanted > stock:
        raise OutOfStock({product_id: stock})
    _check_quantity(wanted)
    if line:
        CartLine.objects.filter(pk=line.pk).update(quantity=wanted)
    else:
        if cart.lines.count() >= MAX_LINES:
            raise Invalid(_("A cart holds at most 100 different products."))
        CartLine.objects.create(cart=cart, product_id=product_id, quantity=quantity)
    return _changed(cart)


@transaction.atomic
def set_quantity(*, actor: Any, product_id: int, quantity: int) -> Cart:
    """Set the pieces of a line; 0 takes it out. NotFound when it is not in the cart; OutOfStock."""
    if quantity == 0:
        return remove_from_cart(actor=actor, product_id=product_id)
    _check_quantity(quantity)
    cart = _open_cart(actor)
    stock = for_sale().filter(pk=product_id).values_list("stock", flat=True).first() or 0
    if quantity > stock:
        raise OutOfStock({product_id: stock})
    if not CartLine.objects.filter(cart=cart, product_id=product_id).update(quantity=quantity):
        raise NotFound(_("This product is not in your cart."))
    return _changed(cart)


@transaction.atomic
def remove_from_cart(*, actor: Any, product_id: int, quantity: int | None = None) -> Cart:
    """Take pieces, or the whole line, out of the cart. NotFound when it is not in it."""
    if quantity is not None:
        _check_quantity(quantity)
    cart = _open_cart(actor)
    line = CartLine.objects.filter(cart=cart, product_id=product_id).first()
    if line is None:
        raise NotFound(_("This product is not in your cart."))
    if quantity is None or quantity >= line.quantity:
        line.delete()
    else:
        CartLine.objects.filter(pk=line.pk).update(quantity=line.quantity - quantity)
    return _changed(cart)


@transaction.atomic
def clear_cart(*, actor: Any) -> Cart:
    cart = _open_cart(actor)
    cart.lines.all().delete()
    return _changed(cart)


@transaction.atomic
def merge_guest_cart(*, actor: Any, token: str) -> None:
    """At login: the browser's cart goes into the account's. Sums, capped to the stock; notices say what changed.

    Safe to run twice: the guest cart is gone after the first time.
    """
    guest_pk = queries.open_carts(queries.Guest(token)).values_list("pk", flat=True).first()
    guest = queries.locked_cart(guest_pk) if guest_pk else None
    if guest is None:
        return
    brought = queries.items_of(guest.pk)
    guest.delete()
    if not brought:
        return
    cart = _open_cart(actor)
    present = {line.product_id: line for line in cart.lines.all()}
    notices = []
    for item in brought:
        line = present.get(item.product_id)
        before = line.quantity if line else 0
        wanted = item.quantity + before
        kept = min(wanted, item.available, MAX_QUANTITY)
        about = {"product_id": item.product_id, "name": item.name, "quantity": kept}
        if kept < wanted:
            notices.append({"code": "capped" if kept else "dropped", **about})
        elif before:
            notices.append({"code": "merged", **about})
        if line and kept:
            CartLine.objects.filter(pk=line.pk).update(quantity=kept)
        elif line:
            line.delete()
        elif kept:
            CartLine.objects.create(cart=cart, product_id=item.product_id, quantity=kept)
    _changed(cart, notices=notices)
