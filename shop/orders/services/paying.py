"""Paying an order: the charge stands outside transactions, its application inside one."""

from typing import Any
from uuid import uuid4

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.payments.models import Disagreement, Payment
from accounts.payments.services import apply_payment, charge, open_case
from accounts.wallet.services import Postings
from config.lib.actors import SYSTEM, Actor
from config.lib.errors import Forbidden, IllegalMove
from shop.invoices.rules import SERVICE, Line
from shop.invoices.services import issue_invoice
from shop.orders import queries, rules
from shop.orders.billing import buyer_of, delivered_to
from shop.orders.models import Order, OrderLine, order_reference_pk
from shop.orders.rules import OrderExpired
from shop.orders.services.books import by_rate


def pay_order(*, actor: Any, order_id: int, method: str, token: str = "", key: str = "") -> tuple[Payment, Order]:
    """Ask the customer's payment and, once received, apply it. Call it outside a transaction.

    A payment that is still pending is returned in EN_COURS; a listener settles it later. The same `key` gives the
    same payment. Raises NotFound, Forbidden (staff), IllegalMove, OrderExpired, PaymentDeclined, InsufficientFunds,
    PaymentInProgress.
    """
    order = queries.get_for(actor, order_id)
    if order.user_id != actor.pk:
        raise Forbidden
    if order.status not in Order.UNPAID and not key:
        raise IllegalMove(from_status=order.status, to_status=Order.Status.PAYEE)
    if order.status in Order.UNPAID and order.is_expired:
        raise OrderExpired
    name = f"{order.reference}:{actor.pk}:{key or uuid4().hex}"
    if order.status not in Order.UNPAID and not Payment.objects.filter(key=name).exists():
        raise IllegalMove(from_status=order.status, to_status=Order.Status.PAYEE)
    payment = charge(
        actor=actor, reference=order.reference, amount=order.total, method=method, token=token, key=name,
        label=order.number, return_to=reverse("shop:order_pay", args=[order.pk]),
    )
    if payment.status == Payment.Status.REUSSI:
        settle_payment(payment_id=payment.pk)
    payment.refresh_from_db()
    return payment, queries.get_for(actor, order_id)


@transaction.atomic
def settle_payment(*, payment_id: int, actor: Actor = SYSTEM) -> Order | None:
    """Apply a received payment to its order; safe to call any number of times, from the answer of the payment
    call, from the listener and from a webhook alike. None when the payment is of something else or not received.

    Money that comes too late (order expired or cancelled) stays on UNAPPLIED: the reconciliation desk decides. So
    does a second payment of a paid order, which has its case already. The payer is the author
    unless `actor` decided.
    """
    payment = Payment.objects.get(pk=payment_id)
    pk = order_reference_pk(payment.reference)
    if pk is None or payment.status != Payment.Status.REUSSI or payment.extra:
        return None
    order = queries.locked_for(SYSTEM, pk)
    payment.refresh_from_db()  # a manager may have attached it to another order while we waited for the lock
    if order.payment_id == payment.pk:
        return order
    if payment.reference != order.reference or payment.status != Payment.Status.REUSSI:
        return None
    if order.status not in Order.UNPAID or payment.amount != order.total:
        open_case(
            kind=Disagreement.Kind.TROP_PERCU if order.payment_id else Disagreement.Kind.PAYE_ANNULE,
            key=f"late:{payment.pk}", amount=payment.amount, payment=payment, number=order.number, status=order.status,
        )
        return order
    payer = (payment.user or SYSTEM) if actor is SYSTEM else actor
    lines = list(order.lines.all())
    apply_payment(
        payment=payment, postings=_postings(order, lines), actor=payer, kind="order_payment",
        reference=order.reference,
    )
    order.move(Order.Status.PAYEE, actor=payer, payment=payment, expires_at=None)
    with translation.override(order.user.language):
        invoice = issue_invoice(
            key=order.reference, buyer=buyer_of(order), buyer_user=order.user, lines=_invoice_lines(order, lines),
            payment={"order": order.number, "method": str(payment.get_method_display()), "code": payment.method},
            language=order.user.language, delivery=delivered_to(order),
        )
    Order.objects.filter(pk=order.pk).update(invoice=invoice)
    order.invoice = invoice
    return order


def _postings(order: Order, lines: list[OrderLine]) -> Postings:
    """Where the money of an order goes: the couriers' part to escrow, VAT and sales by rate as on the invoice."""
    return by_rate(rules.totals(lines, order.delivery_fee).vat, escrow=rules.fee_net(order.delivery_fee))


def _invoice_lines(order: Order, lines: list[OrderLine]) -> list[Line]:
    """The lines of an order as its invoice shows them."""
    result = [
        Line(line.name, line.quantity, line.unit_price, line.vat_rate, line.line_total, reference=line.sku)
        for line in lines
    ]
    if order.delivery_fee:
        fee = order.delivery_fee
        result.append(Line(_("Delivery by courier"), 1, fee, rules.DELIVERY_VAT_RATE, fee, nature=SERVICE))
    return result
