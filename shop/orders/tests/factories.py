"""Orders for tests, made through the services that make real ones."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.db.models import Sum

from accounts.wallet.models import Posting, SystemAccount
from accounts.wallet.queries import system_account
from shop.cart.services import add_to_cart
from shop.catalogue.models import Product
from shop.catalogue.tests.factories import make_product
from shop.orders import services
from shop.orders.models import Order

HOME = {
    "name": "Alice Martin", "line1": "14 rue Commines", "postal_code": "75003", "city": "Paris", "lat": 48.862038,
    "lon": 2.36603,
}


def place_order(user: Any, *lines: tuple[Product, int], method: str = "RETRAIT", **fields: Any) -> Order:
    """An order in CREE; without lines, of two jars at 6.50."""
    for product, quantity in lines or ((make_product(), 2),):
        add_to_cart(actor=user, product_id=product.pk, quantity=quantity)
    if method == "COURSIER":
        fields.setdefault("shipping_address", HOME)
    order, _new = services.checkout(actor=user, delivery_method=method, **fields)
    return order


def pay(order: Order, *, method: str = "CARTE", token: str = "tok_ok") -> Order:
    services.pay_order(actor=order.user, order_id=order.pk, method=method, token=token, key=uuid4().hex)
    return fresh(order)


def paid_order(user: Any, *lines: tuple[Product, int], **fields: Any) -> Order:
    return pay(place_order(user, *lines, **fields))


def fresh(order: Order) -> Order:
    return Order.objects.select_related("invoice", "delivery", "payment").get(pk=order.pk)


def statuses(order: Order) -> list[str]:
    return list(order.history.values_list("to_status", flat=True))


def balance(code: str) -> Decimal:
    """What the postings on a system account add up to, in euros."""
    account = system_account(SystemAccount(code))
    return Posting.objects.filter(account=account).aggregate(total=Sum("amount"))["total"] or Decimal("0.00")


def stock_of(product: Product) -> int:
    """The stock figure, checked against the ledger that explains it."""
    product.refresh_from_db()
    assert product.movements.aggregate(total=Sum("delta"))["total"] == product.stock
    return product.stock
