"""Payments of the demo that took more than a moment: by phone, and with a word from the bank (3-D Secure)."""

import time
from decimal import Decimal

from accounts.payments import services as payments
from accounts.payments.gateways.simulated import SIGNATURE_HEADER, event_body, sign
from accounts.payments.models import Method, Payment, SimulatedCharge
from config.demo.people import Cast
from shop.cart import services as carts
from shop.catalogue.models import Product
from shop.orders import services as orders

PROVIDER = "simulated"


def _confirmed(payment: Payment) -> None:
    """The provider's signed webhook arrives, twice as such webhooks do: the payment counts once."""
    body = event_body(SimulatedCharge.objects.get(key=payment.key))
    for _time in range(2):
        headers = {SIGNATURE_HEADER: sign(body, int(time.time()))}
        event = payments.ingest(provider=PROVIDER, headers=headers, body=body)
        payments.handle_webhook(event_id=event.pk)


def by_phone(cast: Cast) -> None:
    """Alice topped up her wallet by mobile money and confirmed on her phone."""
    payment = payments.top_up(
        actor=cast.alice, amount=Decimal("40.00"), method=Method.MOBILE_MONEY, token=str(cast.alice.phone),
        key="demo-phone",
    )
    _confirmed(payment)


def with_the_bank(cast: Cast) -> None:
    """Karim’s bank wanted to hear from him before it paid his order."""
    carts.add_to_cart(actor=cast.karim, product_id=Product.objects.get(sku="C-001").pk, quantity=2)
    order, _new = orders.checkout(actor=cast.karim, delivery_method="RETRAIT")
    payment, _order = orders.pay_order(
        actor=cast.karim, order_id=order.pk, method=Method.CARTE, token="tok_3ds", key="demo-3ds"
    )
    payments.answer_simulated_bank(ref=payment.provider_ref, confirm=True)
    _confirmed(payment)


def tell(cast: Cast) -> None:
    by_phone(cast)
    with_the_bank(cast)
