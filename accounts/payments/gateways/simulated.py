"""A payment provider that lives in our own database, for demonstrations and tests.

The token chooses the outcome: `tok_ok`, `tok_declined`, `tok_pending` (settled a few seconds later by a signed
webhook); any other token is declined. Like a real provider it keeps its own books, answers a repeated key with
the first answer, and signs its webhooks: HMAC-SHA256 over `<timestamp>.<body>`, in the header
`Simulated-Signature: t=<timestamp>,v1=<hex>`, accepted for five minutes.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.payments.gateways.base import Announcement, Answer, Outcome
from accounts.payments.models import SimulatedCharge
from accounts.payments.rules import BadSignature, MalformedEvent
from config.lib.jobs import JobState, ring
from config.lib.money import from_cents, to_cents

OUTCOMES = {
    "tok_ok": (Outcome.OK, ""),
    "tok_declined": (Outcome.DECLINED, "card_declined"),
    "tok_pending": (Outcome.PENDING, ""),
}
UNKNOWN_TOKEN = (Outcome.DECLINED, "unknown_token")
SETTLES_AFTER_S = 3
TOLERANCE_S = 300
SIGNATURE_HEADER = "Simulated-Signature"


def sign(body: bytes, timestamp: int) -> str:
    """The signature header of a webhook body sent at `timestamp` (seconds since 1970)."""
    mac = hmac.new(settings.PAYMENT_WEBHOOK_SECRET.encode(), b"%d." % timestamp + body, hashlib.sha256)
    return f"t={timestamp},v1={mac.hexdigest()}"


def event_body(charge: SimulatedCharge, outcome: str = Outcome.OK) -> bytes:
    """The webhook that settles a charge."""
    return json.dumps(
        {
            "id": f"evt_{charge.provider_ref}_{outcome}",
            "type": "payment.succeeded" if outcome == Outcome.OK else "payment.failed",
            "data": {"ref": charge.provider_ref, "key": charge.key, "amount": to_cents(charge.amount)},
        }
    ).encode()


def _answer(charge: SimulatedCharge) -> Answer:
    return Answer(Outcome(charge.outcome), charge.provider_ref, charge.amount, charge.reason)


class SimulatedGateway:
    name = "simulated"

    def charge(self, *, key: str, amount: Decimal, token: str, label: str) -> Answer:
        outcome, reason = OUTCOMES.get(token, UNKNOWN_TOKEN)
        pending = outcome == Outcome.PENDING
        with transaction.atomic():
            # house: allow writes, these are the provider's books, not ours
            charge, fresh = SimulatedCharge.objects.get_or_create(
                key=key,
                defaults={
                    "provider_ref": f"sim_{uuid4().hex[:20]}",
                    "amount": amount,
                    "outcome": outcome,
                    "reason": reason,
                    "state": JobState.A_FAIRE if pending else JobState.FAIT,
                    "next_attempt_at": timezone.now() + timedelta(seconds=SETTLES_AFTER_S),
                },
            )
        if fresh and pending:
            ring(charge, after_s=SETTLES_AFTER_S)
        return _answer(charge)

    def find(self, *, key: str) -> Answer | None:
        charge = SimulatedCharge.objects.filter(key=key).first()
        return _answer(charge) if charge else None

    def refund(self, *, key: str, provider_ref: str, amount: Decimal) -> str:
        return f"simref_{hashlib.sha256(key.encode()).hexdigest()[:20]}"

    def read(self, *, headers: Mapping[str, str], body: bytes) -> Announcement:
        parts = dict(
            part.split("=", 1) for part in headers.get(SIGNATURE_HEADER, "").split(",") if "=" in part
        )
        if not parts.get("t", "").isdecimal() or len(parts["t"]) > 12:
            raise BadSignature
        timestamp = int(parts["t"])
        good = hmac.compare_digest(sign(body, timestamp).encode(), f"t={timestamp},v1={parts.get('v1', '')}".encode())
        if not good or abs(time.time() - timestamp) > TOLERANCE_S:
            raise BadSignature
        try:
            return self.parse(body=body.decode())
        except (ValueError, KeyError, TypeError):
            raise MalformedEvent

    def parse(self, *, body: str) -> Announcement:
        event = json.loads(body)
        data = event["data"]
        outcome = Outcome.OK if event["type"] == "payment.succeeded" else Outcome.DECLINED
        answer = Answer(outcome, data["ref"], from_cents(int(data["amount"])), data.get("reason", ""))
        return Announcement(event_id=event["id"], key=data["key"], answer=answer)
