"""Money that does not fit, as the simulated provider can make it: for the demo and `manage.py simulate_disagreement`.

All of it comes through the webhook's own door, signed like the real thing.
"""

import json
import time
from decimal import Decimal
from uuid import uuid4

from accounts.payments import queries
from accounts.payments import services as payments
from accounts.payments.gateways.simulated import SIGNATURE_HEADER, sign
from accounts.payments.models import Disagreement, Method, Payment
from accounts.reconciliation import services as desk
from accounts.users.models import User
from config.demo.people import Cast
from config.lib.money import to_cents
from shop.cart import services as carts
from shop.catalogue.models import Product
from shop.orders import services as orders

Kind = Disagreement.Kind
SILENT = "+33612345699"  # a phone on which nobody answers: the payment stays pending


def say(news: str, *, ref: str, key: str, amount: Decimal) -> None:
    """The provider calls our webhook: `payment.succeeded`, `refund.succeeded` with the euros refunded in all."""
    body = json.dumps(
        {"id": f"evt_{uuid4().hex}", "type": news, "data": {"ref": ref, "key": key, "amount": to_cents(amount)}}
    ).encode()
    headers = {SIGNATURE_HEADER: sign(body, int(time.time()))}
    event = payments.ingest(provider="simulated", headers=headers, body=body)
    payments.handle_webhook(event_id=event.pk)


def _waiting_top_up(user: User, amount: str) -> Payment:
    return payments.top_up(
        actor=user, amount=Decimal(amount), method=Method.MOBILE_MONEY, token=SILENT, key=uuid4().hex
    )


def paid_but_cancelled(user: User) -> None:
    """An order is cancelled while its payment waits on a phone, and paid after all."""
    product = Product.objects.filter(stock__gt=0, is_active=True).order_by("price", "pk").first()
    if product is None:
        raise ValueError("there is nothing to buy")
    carts.add_to_cart(actor=user, product_id=product.pk, quantity=1)
    order, _new = orders.checkout(actor=user, delivery_method="RETRAIT")
    payment, _order = orders.pay_order(
        actor=user, order_id=order.pk, method=Method.MOBILE_MONEY, token=SILENT, key=uuid4().hex
    )
    orders.cancel(actor=user, order_id=order.pk)
    say("payment.succeeded", ref=payment.provider_ref, key=payment.key, amount=payment.amount)
    orders.settle_payment(payment_id=payment.pk)


def paid_too_much(user: User) -> None:
    payment = _waiting_top_up(user, "15.00")
    say("payment.succeeded", ref=payment.provider_ref, key=payment.key, amount=Decimal("18.00"))


def paid_too_little(user: User) -> None:
    payment = _waiting_top_up(user, "25.00")
    say("payment.succeeded", ref=payment.provider_ref, key=payment.key, amount=Decimal("20.00"))


def unknown(user: User) -> None:
    say("payment.succeeded", ref=f"sim_{uuid4().hex[:20]}", key=f"lost:{uuid4().hex[:8]}", amount=Decimal("24.90"))


def refunded_there(user: User) -> None:
    """A manager refunded three euros in the provider's own pages."""
    payment = payments.top_up(actor=user, amount=Decimal("10.00"), method=Method.CARTE, token="tok_ok", key=uuid4().hex)
    total = queries.refunded(payment) + Decimal("3.00")
    say("refund.succeeded", ref=payment.provider_ref, key=payment.key, amount=total)


TROUBLES = {
    Kind.PAYE_ANNULE: paid_but_cancelled, Kind.TROP_PERCU: paid_too_much, Kind.MONTANT_DIFFERENT: paid_too_little,
    Kind.PAIEMENT_INCONNU: unknown, Kind.REMBOURSE_AILLEURS: refunded_there,
}  # fmt: skip


def tell(cast: Cast) -> None:
    """Three cases wait for a manager, one is settled."""
    paid_too_much(cast.charlie)
    case = queries.disagreements().get(kind=Kind.TROP_PERCU)
    desk.resolve(actor=cast.admin, case_id=case.pk, outcome="CREDITE", reason="Laissé dans le portefeuille du client")
    paid_but_cancelled(cast.lea)
    paid_too_little(cast.karim)
    unknown(cast.lea)
