"""Orders that end otherwise: not paid in time, cancelled, refunded."""

import logging
from decimal import Decimal

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.payments.rules import RefundTooLarge
from accounts.payments.services import refund
from accounts.wallet.models import SystemAccount
from accounts.wallet.queries import system_account
from accounts.wallet.services import post
from config.lib.actors import SYSTEM, Actor
from config.lib.errors import IllegalMove, Invalid
from config.lib.events import emit
from config.lib.money import ZERO
from delivery.deliveries.models import Delivery
from delivery.deliveries.services import cancel as cancel_delivery
from shop.catalogue.models import StockReason
from shop.catalogue.queries import still_out
from shop.catalogue.services import put_back_stock
from shop.invoices import queries as invoices
from shop.invoices import rules as invoice_rules
from shop.invoices.models import Invoice
from shop.invoices.services import issue_credit_note
from shop.orders import queries
from shop.orders.events import order_refunded_in_part
from shop.orders.models import Order

logger = logging.getLogger(__name__)
NOT_PAID_IN_TIME = gettext_lazy("not paid in time")


# --- Not paid in time -----------------------------------------------------------------------------------------
def expire_orders() -> int:
    """Cancel the unpaid orders whose time is over, each in its own transaction; how many. Safe to run twice."""
    return sum(expire_order(order_id=pk) for pk in queries.expired_ids())


@transaction.atomic
def expire_order(*, order_id: int) -> bool:
    """Free the stock of one unpaid order; False when it was paid or cancelled meanwhile."""
    order = queries.locked_for(SYSTEM, order_id)
    if order.status not in Order.UNPAID or not order.is_expired:
        return False
    order.move(Order.Status.ANNULEE, actor=SYSTEM, reason=str(NOT_PAID_IN_TIME))
    _restock(order, actor=SYSTEM, reason=StockReason.ANNULATION)
    return True


# --- Cancelled ------------------------------------------------------------------------------------------------
@transaction.atomic
def cancel(*, actor: Actor, order_id: int, reason: str = "") -> Order:
    """Cancel before shipping: the stock comes back, and the money when it was paid. By the customer or staff.

    NotFound, IllegalMove (shipped already, ended already).
    """
    order = queries.locked_for(actor, order_id)
    was_paid = order.status == Order.Status.PAYEE
    if not order.can_move(Order.Status.ANNULEE):
        raise IllegalMove(from_status=order.status, to_status=Order.Status.ANNULEE)
    left = order.left_to_refund
    order.move(Order.Status.ANNULEE, actor=actor, reason=reason)
    if was_paid and left > ZERO:
        _give_back(order, amount=left, actor=actor, reason=reason or _("order cancelled"))
    _restock(order, actor=actor, reason=StockReason.ANNULATION)
    if was_paid and left > ZERO:
        _credit_note(order, amount=left, reason=reason)
    return order


# --- Refunded -------------------------------------------------------------------------------------------------
@transaction.atomic
def refund_order(
    *, actor: Actor, order_id: int, amount: Decimal | None = None, reason: str = "", restock: bool = False,
    of_return: bool = False,
) -> Order:
    """Give money back, with a credit note. Without `amount`, or with all that is left: in full, the order ends as
    REMBOURSEE and its goods come back to the stock when `restock`. A partial refund keeps status and stock;
    the customer is told, unless the caller tells of a return.

    NotFound, Forbidden, IllegalMove (not paid), Invalid, RefundTooLarge (`left` in the body).
    """
    order = queries.locked_for(actor, order_id, queries.STAFF)
    if order.status not in Order.REFUNDABLE:
        raise IllegalMove(from_status=order.status, to_status=Order.Status.REMBOURSEE)
    amount = order.left_to_refund if amount is None else amount
    if amount <= ZERO:
        raise Invalid(errors={"amount": [_("Give an amount above zero.")]})
    if amount > order.left_to_refund:
        raise RefundTooLarge(left=str(order.left_to_refund))
    in_full = amount == order.left_to_refund
    if in_full:
        stop_delivery(order, actor=actor, reason=reason)
    _give_back(order, amount=amount, actor=actor, reason=reason)
    if in_full:
        order.move(Order.Status.REMBOURSEE, actor=actor, reason=reason)
        if restock:
            _restock(order, actor=actor, reason=StockReason.RETOUR)
    note = _credit_note(order, amount=amount, reason=reason)
    if not in_full and not of_return:
        emit(order_refunded_in_part, order_id=order.pk, credit_note_id=note.pk)
    return order


def stop_delivery(order: Order, *, actor: Actor, reason: str) -> None:
    """Call the courier back while there is still time; a parcel under way goes on."""
    delivery = order.delivery
    if delivery is not None and delivery.picked_up_at is None and delivery.can_move(Delivery.Status.ANNULEE):
        order.delivery = cancel_delivery(actor=SYSTEM, delivery_id=delivery.pk, reason=reason)


@transaction.atomic
def keep_fee(*, order_id: int) -> None:
    """The delivery of an ended order ended unpaid: what waited in escrow for the courier is ours. Safe to run twice."""
    order = queries.locked_for(SYSTEM, order_id)
    fee = queries.fee_waiting(order)
    if order.status not in Order.ENDED or not fee:
        return
    post(
        kind="fee_kept", key=f"{order.reference}:fee_kept", actor=SYSTEM, reference=order.reference,
        postings=[(system_account(SystemAccount.ESCROW), -fee), (system_account(SystemAccount.SALES), fee)],
    )


def _give_back(order: Order, *, amount: Decimal, actor: Actor, reason: str) -> None:
    """Reverse the books by `amount` and owe it to the payer. The order is locked; it counts what was refunded."""
    invoice = _invoice(order)
    parts = invoice_rules.credit(invoices.left_to_credit(invoice), amount)
    vat = sum((part.vat for part in parts), ZERO)
    escrow = queries.fee_waiting(order) if amount == order.left_to_refund else ZERO
    key = f"{order.reference}:refund:{order.refunded}"
    post(
        kind="order_refund", key=key, actor=actor, reference=order.reference, memo=reason,
        postings=[
            (system_account(SystemAccount.SALES), -(amount - vat - escrow)),
            (system_account(SystemAccount.VAT), -vat),
            (system_account(SystemAccount.ESCROW), -escrow),
            (system_account(SystemAccount.UNAPPLIED), amount),
        ],
    )
    if order.payment is not None:
        refund(payment=order.payment, amount=amount, key=key, reason=reason, actor=actor)
    order.refunded += amount
    Order.objects.filter(pk=order.pk).update(refunded=order.refunded)


def _credit_note(order: Order, *, amount: Decimal, reason: str) -> Invoice:
    invoice = _invoice(order)
    parts = invoice_rules.credit(invoices.left_to_credit(invoice), amount)
    with translation.override(invoice.language):
        label = _("Refund of order %(number)s") % {"number": order.number}
    return issue_credit_note(
        key=f"{order.reference}:credit:{order.refunded}", invoice=invoice, parts=parts, label=label, reason=reason
    )


def _invoice(order: Order) -> Invoice:
    """The invoice of a paid order: numbered in the same transaction that paid it, so it is always there."""
    if order.invoice is None:
        raise AssertionError(f"{order.number} is paid and has no invoice")
    return order.invoice


def _restock(order: Order, *, actor: Actor, reason: str) -> None:
    """Put back what is still out: pieces that a return brought back already are in stock."""
    quantities = still_out(order.reference)
    put_back_stock(actor=actor, quantities=quantities, reference=order.reference, reason=reason)
