"""Orders that end otherwise: not paid in time, cancelled; and the courier who is called back."""

import logging

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.wallet.models import SystemAccount
from accounts.wallet.queries import system_account
from accounts.wallet.services import post
from config.lib.actors import SYSTEM, Actor
from delivery.deliveries.models import Delivery
from delivery.deliveries.services import cancel as cancel_delivery
from shop.catalogue.models import StockReason
from shop.catalogue.queries import still_out
from shop.catalogue.services import put_back_stock
from shop.orders import queries, refund_rules, rules
from shop.orders.models import Order, OrderRefund
from shop.orders.services.giving_back import give_back

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
    put_back_stock(
        actor=SYSTEM, quantities=still_out(order.reference), reference=order.reference,
        reason=StockReason.ANNULATION,
    )
    return True


# --- Cancelled ------------------------------------------------------------------------------------------------
@transaction.atomic
def cancel(*, actor: Actor, order_id: int, reason: str = "") -> Order:
    """Cancel before shipping: the stock comes back, and the money when it was paid. By the customer or staff.

    NotFound, IllegalMove (shipped already, ended already).
    """
    order = queries.locked_for(actor, order_id)
    was_paid = order.status == Order.Status.PAYEE
    order.move(Order.Status.ANNULEE, actor=actor, reason=reason)
    if was_paid:
        give_back(
            order=order, parts=refund_rules.everything(queries.shares(order)), kind=OrderRefund.Kind.TOTAL, actor=actor,
            reason=reason or _("order cancelled"), restock=StockReason.ANNULATION,
        )
    else:
        put_back_stock(
            actor=actor, quantities=still_out(order.reference), reference=order.reference,
            reason=StockReason.ANNULATION,
        )
    return order


# --- The courier ----------------------------------------------------------------------------------------------
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
        postings=[
            (system_account(SystemAccount.ESCROW), -fee),
            (system_account(SystemAccount.SALES), fee, rules.DELIVERY_VAT_RATE),
        ],
    )
