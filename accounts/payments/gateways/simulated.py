"""A payment provider that lives in our own database, for demonstrations and tests.

The token chooses the outcome: `tok_ok`, `tok_declined`, `tok_pending` (settled a few seconds later by a signed
webhook), `tok_3ds` (pending until the payer answers on a page of ours that plays his bank, or fails as expired). A
phone number is asked to confirm, and does so after a few seconds; one that ends in 00 is refused at once, one that
ends in 99 never answers. Any other token is declined. Like a real provider it keeps its own books, answers a repeated
key with the first answer, and signs its webhooks: HMAC-SHA256 over `<timestamp>.<body>`, in the header
`Simulated-Signature: t=<timestamp>,v1=<hex>`, accepted for five minutes.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.payments.gateways.base import Announcement, Answer, News, Outcome
from accounts.payments.models import SimulatedCharge
from accounts.payments.rules import BadSignature, MalformedEvent, mobile_number
from config.lib.jobs import JobState, ring
from config.lib.money import from_cents, to_cents

SETTLES_AFTER_S = 3
EXPIRES_AFTER_S = 15 * 60


@dataclass(frozen=True)
class Script:
    """What happens to a charge: the answer now and, when that is PENDING, what the webhook tells later."""

    outcome: Outcome
    reason: str = ""
    verdict: Outcome = Outcome.OK
    after_s: int = SETTLES_AFTER_S
    page: bool = False  # the payer has to answer on his bank's page


LATER = Script(Outcome.PENDING)
NEVER = Script(Outcome.PENDING, "expired", Outcome.DECLINED, EXPIRES_AFTER_S)
SCRIPTS = {
    "tok_ok": Script(Outcome.OK),
    "tok_declined": Script(Outcome.DECLINED, "card_declined"),
    "tok_pending": LATER,
    "tok_3ds": Script(Outcome.PENDING, "expired", Outcome.DECLINED, EXPIRES_AFTER_S, page=True),
}
UNKNOWN_TOKEN = Script(Outcome.DECLINED, "unknown_token")
REFUSED_NUMBER = Script(Outcome.DECLINED, "refused_on_phone")
UNKNOWN_NUMBER = Script(Outcome.DECLINED, "unknown_number")
TOLERANCE_S = 300
SIGNATURE_HEADER = "Simulated-Signature"
PAYOUT = "simpo_"  # references of money that we sent begin like this


def sign(body: bytes, timestamp: int) -> str:
    """The signature header of a webhook body sent at `timestamp` (seconds since 1970)."""
    mac = hmac.new(settings.PAYMENT_WEBHOOK_SECRET.encode(), b"%d." % timestamp + body, hashlib.sha256)
    return f"t={timestamp},v1={mac.hexdigest()}"


def event_body(charge: SimulatedCharge, outcome: str = Outcome.OK) -> bytes:
    """The webhook that settles a charge or a payout."""
    thing = "payout" if charge.provider_ref.startswith(PAYOUT) else "payment"
    return json.dumps(
        {
            "id": f"evt_{charge.provider_ref}_{outcome}",
            "type": f"{thing}.succeeded" if outcome == Outcome.OK else f"{thing}.failed",
            "data": {
                "ref": charge.provider_ref, "key": charge.key, "amount": to_cents(charge.amount),
                "reason": "" if outcome == Outcome.OK else charge.reason,
            },
        }
    ).encode()


def script_of(token: str) -> Script:
    """What a token or a phone number (E.164) does."""
    if token.startswith("+"):
        return REFUSED_NUMBER if token.endswith("00") else NEVER if token.endswith("99") else LATER
    return SCRIPTS.get(token, UNKNOWN_TOKEN)


def _answer(charge: SimulatedCharge) -> Answer:
    pending = charge.outcome == Outcome.PENDING
    return Answer(
        Outcome(charge.outcome), charge.provider_ref, charge.amount, "" if pending else charge.reason,
        redirect_url=charge.redirect_url if pending else "",
    )


class SimulatedGateway:
    name = "simulated"

    def clean_token(self, token: str) -> str:
        return token if not token or token.startswith("tok_") else mobile_number(token)

    def charge(self, *, key: str, amount: Decimal, token: str, label: str, return_url: str = "") -> Answer:
        return self._book(key=key, amount=amount, script=script_of(token), return_url=return_url)

    def _book(
        self, *, key: str, amount: Decimal, script: Script, prefix: str = "sim_", return_url: str = ""
    ) -> Answer:
        """Write the first answer to a key; a pending one is settled by a webhook later."""
        pending = script.outcome == Outcome.PENDING
        ref = f"{prefix}{uuid4().hex[:20]}"
        with transaction.atomic():
            # house: allow writes, these are the provider's books, not ours
            charge, fresh = SimulatedCharge.objects.get_or_create(
                key=key,
                defaults={
                    "provider_ref": ref,
                    "amount": amount,
                    "outcome": script.outcome,
                    "reason": script.reason,
                    "verdict": script.verdict,
                    "redirect_url": reverse("accounts:simulated_bank", args=[ref]) if script.page else "",
                    "return_url": return_url,
                    "state": JobState.A_FAIRE if pending else JobState.FAIT,
                    "next_attempt_at": timezone.now() + timedelta(seconds=script.after_s),
                },
            )
        if fresh and pending:
            ring(charge, after_s=script.after_s)
        return _answer(charge)

    def find(self, *, key: str, ref: str = "", since: datetime | None = None) -> Answer | None:
        charge = SimulatedCharge.objects.filter(key=key).first()
        return _answer(charge) if charge else None

    def cancel(self, *, key: str, ref: str) -> Answer:
        """A bank's page can be closed; a phone that was asked cannot be asked less."""
        # house: allow writes, these are the provider's books, not ours
        SimulatedCharge.objects.filter(key=key, outcome=Outcome.PENDING).exclude(redirect_url="").update(
            outcome=Outcome.DECLINED, reason="cancelled", state=JobState.FAIT
        )
        return _answer(SimulatedCharge.objects.get(key=key))

    def refund(self, *, key: str, provider_ref: str, amount: Decimal) -> str:
        return f"simref_{hashlib.sha256(key.encode()).hexdigest()[:20]}"

    def pay_out(self, *, key: str, to: str, amount: Decimal, label: str) -> Answer:
        """Paid at once; a number that ends in 00 is refused, one that ends in 99 is paid a few seconds later."""
        script = UNKNOWN_NUMBER if to.endswith("00") else LATER if to.endswith("99") else SCRIPTS["tok_ok"]
        return self._book(key=key, amount=amount, script=script, prefix=PAYOUT)

    def find_payout(self, *, key: str) -> Answer | None:
        return self.find(key=key)

    def read(self, *, headers: Mapping[str, str], body: bytes) -> Announcement:
        parts = dict(
            part.split("=", 1) for part in headers.get(SIGNATURE_HEADER, "").split(",") if "=" in part
        )
        if not parts.get("t", "").isdecimal() or len(parts["t"]) > 12:
            raise BadSignature
        timestamp = int(parts["t"])
        good = hmac.compare_digest(sign(body, timestamp).encode(), f"t={timestamp},v1={parts.get('v1', '')}".encode())
        if not good or abs(time.time() - timestamp) > TOLERANCE_S or not settings.PAYMENT_WEBHOOK_SECRET:
            raise BadSignature
        try:
            return self.parse(body=body.decode())
        except (ValueError, KeyError, TypeError):
            raise MalformedEvent

    def parse(self, *, body: str) -> Announcement:
        event = json.loads(body)
        data = event["data"]
        thing, _dot, news = event["type"].partition(".")
        outcome = Outcome.OK if news == "succeeded" else Outcome.DECLINED
        answer = Answer(
            outcome, data["ref"], from_cents(int(data["amount"])), data.get("reason", ""), data.get("currency", "")
        )
        kind = {"payment": News.CHARGE, "refund": News.REFUND, "payout": News.PAYOUT}.get(thing, News.OTHER)
        return Announcement(event["id"], data["key"], answer, kind)
