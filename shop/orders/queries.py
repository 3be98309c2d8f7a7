"""Reads, rights and locks of orders."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from accounts.payments.models import Payment
from accounts.users.queries import is_staff_of
from accounts.wallet.models import Posting, SystemAccount
from config.lib.actors import Actor, System
from config.lib.clock import days_ago
from config.lib.errors import Forbidden, NotFound
from config.lib.money import ZERO
from delivery.deliveries.models import Delivery, DeliveryChange
from shop.orders import rules
from shop.orders.models import Order, OrderChange, OrderRefund, OrderRefundLine
from shop.orders.refund_rules import Share

OWN, STAFF = "own", "staff"
REPEAT_WITHIN = timedelta(minutes=30)
RECENT = (Order.Status.CREE, Order.Status.VALIDEE, Order.Status.PAYEE)


def is_clerk(actor: Any) -> bool:
    return isinstance(actor, System) or is_staff_of(actor, "SHOP")


def visible_to(user: Any) -> QuerySet[Order]:
    """The orders of a customer; all of them for the shop's staff."""
    orders = Order.objects.all()
    return orders if is_clerk(user) else orders.filter(user_id=user.pk)


def require(actor: Actor, order: Order | None, right: str) -> Order:
    """The order when the actor has the right: a stranger gets NotFound, the customer without the right Forbidden."""
    if order is None:
        raise NotFound
    own = not isinstance(actor, System) and order.user_id == actor.pk
    if not (own or is_clerk(actor)):
        raise NotFound
    if right == STAFF and not is_clerk(actor):
        raise Forbidden
    return order


def get_for(actor: Actor, pk: int, right: str = OWN) -> Order:
    """NotFound, Forbidden."""
    return require(actor, Order.objects.filter(pk=pk).first(), right)


def locked_for(actor: Actor, pk: int, right: str = OWN) -> Order:
    """The order with the right on it, locked until the transaction ends. Orders are locked before payments,
    accounts, deliveries, stock and invoice counters."""
    return require(actor, Order.objects.select_for_update(of=("self",)).filter(pk=pk).first(), right)


def with_details(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Everything an order's JSON or page shows, in a fixed number of queries."""
    return orders.select_related("delivery", "invoice", "user", "company").defer("invoice__pdf").prefetch_related(
        "lines", Prefetch("history", OrderChange.objects.select_related("by")), Prefetch("refunds", refunds()),
    )


def refunds() -> QuerySet[OrderRefund]:
    """Refunds with all that is said of one, in two queries."""
    rows = OrderRefund.objects.select_related("credit_note", "payment_refund", "by").defer("credit_note__pdf")
    return rows.prefetch_related(Prefetch("lines", OrderRefundLine.objects.select_related("line"))).order_by("pk")


def refund_for(reader: Any, order_id: int, pk: int) -> OrderRefund:
    """A refund, for the customer and the shop's staff. NotFound."""
    get_for(reader, order_id)
    refund = OrderRefund.objects.select_related("credit_note", "order").filter(pk=pk, order_id=order_id).first()
    if refund is None:
        raise NotFound
    return refund


def shares(order: Order) -> list[Share]:
    """What is left to refund of every line, and last of the courier's fee; together `order.left_to_refund`."""
    lines = list(order.lines.all())
    paid = rules.paid_for(order.subtotal - order.discount, [line.line_total for line in lines])
    found = [
        Share(line.pk, line.vat_rate, line.kept, was - line.refunded) for line, was in zip(lines, paid, strict=True)
    ]
    fee = order.delivery_fee - order.fee_refunded
    return [*found, Share(None, rules.DELIVERY_VAT_RATE, 1, fee)] if fee else found


def detailed(actor: Actor, pk: int) -> Order:
    """One order with its details, for a reader with the right. NotFound."""
    return require(actor, with_details(Order.objects.filter(pk=pk)).first(), OWN)


def payments_of(orders: list[Order]) -> dict[str, list[Payment]]:
    """Payments by order reference, oldest first, in one query."""
    found: dict[str, list[Payment]] = {order.reference: [] for order in orders}
    for payment in Payment.objects.filter(reference__in=list(found)).order_by("pk"):
        found[payment.reference].append(payment)
    return found


def fee_waiting(order: Order) -> Decimal:
    """What of this order's delivery fee stands in escrow and no courier can earn any more (euros, excl. VAT)."""
    if order.delivery is not None and order.delivery.status not in (Delivery.Status.ANNULEE, Delivery.Status.RETOURNEE):
        return ZERO
    rows = Posting.objects.filter(account__code=SystemAccount.ESCROW, transaction__reference=order.reference)
    return rows.aggregate(total=Sum("amount"))["total"] or ZERO


def deliveries_of(order: Order) -> QuerySet[Delivery]:
    """Every delivery made for an order: the present one and those that it replaced, oldest first."""
    return Delivery.objects.filter(
        Q(origin=order.reference) | Q(origin__startswith=f"{order.reference}#")
    ).order_by("pk")


def delivery_changes_of(order: Order) -> QuerySet[DeliveryChange]:
    """The history of all deliveries made for an order, oldest first."""
    changes = DeliveryChange.objects.filter(subject__in=deliveries_of(order).values("pk"))
    return changes.select_related("by").order_by("pk")


def order_of_cart(cart_id: int, user: Any) -> Order | None:
    return Order.objects.filter(cart_id=cart_id, user_id=user.pk).first()


def recent_order(user: Any) -> Order | None:
    """The order that a checkout repeated with an empty cart means."""
    return (
        Order.objects.filter(user_id=user.pk, status__in=RECENT, created_at__gte=timezone.now() - REPEAT_WITHIN)
        .order_by("-pk")
        .first()
    )


def underway(user: Any, limit: int = 3) -> list[Order]:
    """The customer's orders that are not over, newest first, with their delivery; an unpaid one until its end."""
    paid = Q(status__in=(Order.Status.PAYEE, Order.Status.EXPEDIEE))
    unpaid = Q(status__in=Order.UNPAID, expires_at__gt=timezone.now())
    return list(Order.objects.filter(paid | unpaid, user_id=user.pk).select_related("delivery").order_by("-pk")[:limit])


def expired_ids(limit: int = 500) -> list[int]:
    """Unpaid orders whose time is over, oldest first."""
    late = Order.objects.filter(status__in=Order.UNPAID, expires_at__lte=timezone.now())
    return list(late.order_by("expires_at").values_list("pk", flat=True)[:limit])


def search(orders: QuerySet[Order], text: str) -> QuerySet[Order]:
    """Orders by number (`CMD-2026-000012`, or its last digits), customer's e-mail or article."""
    text = text.strip()
    digits = text.rsplit("-", 1)[-1]
    if digits.isascii() and digits.isdecimal() and len(digits) < 12:
        return orders.filter(pk=int(digits))
    if "@" in text:
        return orders.filter(user__email__icontains=text)
    return orders.filter(lines__name__icontains=text).distinct()


@dataclass(frozen=True)
class Stats:
    total: int
    by_status: dict[str, int]
    revenue: Decimal


def stats() -> Stats:
    """How many orders stand where; the revenue is what was paid less refunds, in euros incl. VAT."""
    rows = dict(Order.objects.order_by().values_list("status").annotate(n=Count("pk")))
    by_status = {status: rows.get(status, 0) for status in Order.Status.values}
    money = Order.objects.exclude(payment=None).aggregate(paid=Sum("total"), back=Sum("refunded"))
    return Stats(sum(by_status.values()), by_status, (money["paid"] or ZERO) - (money["back"] or ZERO))


def paid_by_day(days: int) -> dict[date, Decimal]:
    """Euros incl. VAT of the orders paid on each of the last `days` days, today included; days without are absent."""
    rows = (
        Order.objects.filter(history__to_status=Order.Status.PAYEE, history__at__gte=days_ago(days - 1))
        .order_by()
        .values_list(TruncDate("history__at"))
        .annotate(sum=Sum("total"))
    )
    return dict(rows)
