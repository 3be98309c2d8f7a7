"""What orders do when payments and deliveries move."""

from typing import Any

from accounts.payments.events import payment_moved
from accounts.payments.models import Payment
from config.lib.actors import SYSTEM
from delivery.deliveries.events import delivery_moved
from delivery.deliveries.models import Delivery
from shop.orders import services
from shop.orders.models import Order


@payment_moved.listener
def settle_when_received(*, payment_id: int, to_status: str, **ids: Any) -> None:
    if to_status == Payment.Status.REUSSI:
        services.settle_payment(payment_id=payment_id)


@delivery_moved.listener
def deliver_when_handed_over(*, delivery_id: int, to_status: str, **ids: Any) -> None:
    """A handover delivers the order; a delivery that ends unpaid after its order leaves its fee to the shop."""
    if to_status in (Delivery.Status.ANNULEE, Delivery.Status.RETOURNEE):
        ended = Order.objects.filter(delivery_id=delivery_id, status__in=Order.ENDED).first()
        if ended is not None:
            services.keep_fee(order_id=ended.pk)
    if to_status != Delivery.Status.LIVREE:
        return
    order = Order.objects.filter(delivery_id=delivery_id, status=Order.Status.EXPEDIEE).first()
    if order is not None:
        services.mark_delivered(actor=SYSTEM, order_id=order.pk)
