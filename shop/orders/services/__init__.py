"""Every write of orders, one verb per function; a file for each part of the life cycle."""

from shop.orders.services.checkout import checkout
from shop.orders.services.ending import cancel, expire_order, expire_orders, keep_fee
from shop.orders.services.fulfilment import mark_delivered, ship, validate
from shop.orders.services.paying import pay_order, settle_payment
from shop.orders.services.refunding import plan_refund, refund_order, refund_returned

__all__ = [
    "cancel", "checkout", "expire_order", "expire_orders", "keep_fee", "mark_delivered", "pay_order",
    "plan_refund", "refund_order", "refund_returned", "settle_payment", "ship", "validate",
]
