"""Paying an order: the charge stands outside transactions, its application inside one."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.payments.models import Payment
from accounts.payments.services import apply_payment, charge, refund
from accounts.wallet.models import Account, SystemAccount
from accounts.wallet.queries import system_account
from config.lib.actors import SYSTEM
from config.lib.errors import Forbidden, IllegalMove
from config.lib.money import ZERO
from shop.invoices.rules import Line
from shop.invoices.services import issue_invoice
from shop.orders import queries, rules
from shop.orders.models import Order, OrderLine, order_reference_pk
from shop.orders.rules import OrderExpired


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
        label=order.number,
    )
    if payment.status == Payment.Status.REUSSI:
        settle_payment(payment_id=payment.pk)
    payment.refresh_from_db()
    return payment, queries.get_for(actor, order_id)


@transaction.atomic
def settle_payment(*, payment_id: int) -> Order | None:
    """Apply a received payment to its order; safe to call any number of times, from the answer of the payment
    call, from the listener and from a webhook alike. None when the payment is of something else or not received.

    Money that comes too late (order expired, cancelled, or paid otherwise) stays on UNAPPLIED and goes back.
    """
    payment = Payment.objects.get(pk=payment_id)
    pk = order_reference_pk(payment.reference)
    if pk is None or payment.status != Payment.Status.REUSSI:
        return None
    order = queries.locked_for(SYSTEM, pk)
    if order.payment_id == payment.pk:
        return order
    if order.status not in Order.UNPAID or payment.amount != order.total:
        refund(
            payment=payment, amount=payment.amount, key=f"late:{payment.pk}", actor=SYSTEM,
            reason=f"{order.number}: {order.status}",
        )
        return order
    payer = payment.user or SYSTEM
    apply_payment(
        payment=payment, postings=_postings(order), actor=payer, kind="order_payment", reference=order.reference
    )
    lines = list(order.lines.all())
    order.move(Order.Status.PAYEE, actor=payer, payment=payment, expires_at=None)
    with translation.override(order.user.language):
        invoice = issue_invoice(
            key=order.reference, buyer=_buyer(order), buyer_user=order.user, lines=_invoice_lines(order, lines),
            payment={"order": order.number, "method": str(payment.get_method_display())},
            language=order.user.language,
        )
    Order.objects.filter(pk=order.pk).update(invoice=invoice)
    order.invoice = invoice
    return order


def _postings(order: Order) -> list[tuple[Account, Decimal]]:
    """Where the money of an order goes: the couriers' part to escrow, VAT apart, the rest is sales."""
    escrow = rules.fee_net(order.delivery_fee)
    parts = [
        (SystemAccount.SALES, order.total - order.vat_total - escrow), (SystemAccount.VAT, order.vat_total),
        (SystemAccount.ESCROW, escrow),
    ]
    return [(system_account(code), amount) for code, amount in parts if amount != ZERO]


def _invoice_lines(order: Order, lines: list[OrderLine]) -> list[Line]:
    """The lines of an order as its invoice shows them."""
    result = [Line(line.name, line.quantity, line.unit_price, line.vat_rate, line.line_total) for line in lines]
    if order.delivery_fee:
        fee = order.delivery_fee
        result.append(Line(_("Delivery by courier"), 1, fee, rules.DELIVERY_VAT_RATE, fee))
    return result


def _buyer(order: Order) -> dict[str, Any]:
    place = order.address or {}
    user = order.user
    return {
        "name": user.get_full_name() or place.get("name") or user.email, "email": user.email,
        "line1": place.get("line1", ""), "line2": place.get("instructions", ""),
        "postal_code": place.get("postal_code", ""), "city": place.get("city", ""),
        "country": place.get("country", ""),
    }
