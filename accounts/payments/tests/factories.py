"""Payments for tests, and what a provider says of them, signed like the real thing."""

import json
import time
from decimal import Decimal
from typing import Any
from uuid import uuid4

from accounts.payments import services
from accounts.payments.gateways.simulated import SIGNATURE_HEADER, sign
from accounts.payments.models import Payment, WebhookEvent
from config.lib.money import to_cents


def pay(user: Any, amount: str = "20", *, token: str = "tok_ok", reference: str = "", key: str = "") -> Payment:
    return services.charge(
        actor=user, reference=reference or f"thing:{uuid4().hex}", amount=Decimal(amount), method="CARTE",
        token=token, key=key or uuid4().hex,
    )


def tell(
    news: str, payment: Payment | None = None, *, amount: str = "", ref: str = "", key: str = "", currency: str = "",
    event: str = "",
) -> WebhookEvent:
    """The simulated provider says `news` (succeeded, failed, refunded) of a payment, through the webhook's own door."""
    if payment is not None:
        payment.refresh_from_db()
        ref, key, amount = ref or payment.provider_ref, key or payment.key, amount or str(payment.amount)
    body = json.dumps({
        "id": event or f"evt_{uuid4().hex}", "type": "refund.succeeded" if news == "refunded" else f"payment.{news}",
        "data": {"ref": ref, "key": key, "amount": to_cents(amount), "currency": currency},
    }).encode()  # fmt: skip
    row = services.ingest(
        provider="simulated", headers={SIGNATURE_HEADER: sign(body, int(time.time()))}, body=body
    )
    services.handle_webhook(event_id=row.pk)
    row.refresh_from_db()
    assert row.state == "FAIT", row.last_error
    return row
