"""Orders as a subject of payments: what the reconciliation desk asks of them (accounts/payments/subjects.py)."""

from decimal import Decimal

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.payments.models import Payment, Refund
from accounts.payments.rules import CannotAbsorb
from accounts.payments.subjects import Subject, Target
from config.lib.actors import SYSTEM, Actor
from shop.orders import queries
from shop.orders.models import Order, order_reference_pk
from shop.orders.services.paying import settle_payment
from shop.orders.services.refunding import refund_order


def _id(reference: str) -> int:
    pk = order_reference_pk(reference)
    if pk is None:
        raise ValueError(f"{reference} is no order")
    return pk


def lock(reference: str) -> None:
    queries.locked_for(SYSTEM, _id(reference))


def url(reference: str) -> str:
    return reverse("admin:shop_order_change", args=[_id(reference)])


def find(text: str) -> Target | None:
    """An unpaid order by its number, `CMD-2026-000012`."""
    order = queries.search(Order.objects.all(), text).first() if text.upper().startswith("CMD-") else None
    if order is None or order.number != text.upper() or order.status not in Order.UNPAID:
        return None
    return Target(order.reference, order.total, order.number, order.user)


@transaction.atomic
def absorb_refund(*, payment: Payment, amount: Decimal, actor: Actor, reason: str) -> Refund:
    """The provider gave back `amount` euros of an order without our asking: a refund like any other, VAT and credit
    note included, that the desk marks as made. CannotAbsorb when the order has not so much left.
    """
    order = queries.locked_for(SYSTEM, _id(payment.reference))
    if order.payment_id != payment.pk or order.status not in Order.REFUNDABLE or amount > order.left_to_refund:
        raise CannotAbsorb
    refund_order(actor=actor, order_id=order.pk, amount=amount, reason=reason)
    return payment.refunds.latest("pk")


def title(payment: Payment) -> str:
    """The label of an order's payment is its number."""
    return _("Order %(number)s") % {"number": payment.label or _id(payment.reference)}


SUBJECT = Subject(lock=lock, url=url, absorb=absorb_refund, settle=settle_payment, find=find, title=title)
