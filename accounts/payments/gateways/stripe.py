"""Stripe, through its official SDK (https://docs.stripe.com/api).

A token `pm_…` from a mobile SDK is charged by a PaymentIntent that is created and confirmed in one call. Without a
token the payer types his card on a hosted page, a Checkout Session, so that no script from outside runs on our pages.
Both carry our key as `metadata.key`; a PaymentIntent made by a Checkout Session also says `via=checkout`, for then a
refused card is not the end: the payer may try another one on the same page, until the session ends.

Every writing call carries an idempotency key: Stripe gives the first answer again, also after a lost connection.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

import stripe
from django.conf import settings
from django.utils import timezone

from accounts.payments.gateways.amounts import from_minor, to_minor
from accounts.payments.gateways.base import (
    Announcement,
    Answer,
    Direction,
    GatewayDown,
    News,
    Outcome,
    RefundRefused,
    Turn,
)
from accounts.payments.rules import BadSignature, BadToken, MalformedEvent
from config.lib.money import ZERO

logger = logging.getLogger(__name__)

TIMEOUT_S = (5, 25)  # to connect, to answer
RETRIES = 2  # by the SDK itself, with the same idempotency key
LABEL_MAX = 200
SIGNATURE_HEADER = "Stripe-Signature"
TOLERANCE_S = 300
SEARCHED = timedelta(minutes=10)  # a charge is asked within this time of its payment's row
LAST_DAY = timedelta(days=1)
VIA_CHECKOUT = "checkout"
OK, DECLINED, PENDING = Outcome.OK, Outcome.DECLINED, Outcome.PENDING


@lru_cache(maxsize=4)
def _client(key: str, base: str, version: str) -> stripe.StripeClient:
    return stripe.StripeClient(
        key, base_addresses={"api": base}, stripe_version=version, max_network_retries=RETRIES,
        http_client=stripe.RequestsClient(timeout=TIMEOUT_S),
    )


def client() -> stripe.StripeClient:
    """The SDK with the settings of this moment; connections are kept."""
    return _client(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE, settings.STRIPE_API_VERSION)


def _problem(error: stripe.StripeError) -> dict[str, Any]:
    """The `error` object of Stripe's answer (https://docs.stripe.com/api/errors)."""
    body = error.json_body if isinstance(error.json_body, dict) else {}
    found = body.get("error")
    return found if isinstance(found, dict) else {}


@contextmanager
def _asking() -> Iterator[None]:
    """What says nothing about the money becomes GatewayDown; what was refused for good passes."""
    try:
        yield
    except (stripe.CardError, stripe.InvalidRequestError):
        raise
    except stripe.StripeError as error:
        if isinstance(error, stripe.AuthenticationError | stripe.PermissionError | stripe.IdempotencyError):
            logger.error("Stripe refuses how we ask: %s", error)
        raise GatewayDown(f"{type(error).__name__}: {error}") from error


def _currency() -> str:
    return settings.CURRENCY.lower()


def _key_of(thing: Mapping[str, Any]) -> str:
    return (thing.get("metadata") or {}).get("key", "")


def _intent(intent: Mapping[str, Any]) -> Answer:
    """What a PaymentIntent says (https://docs.stripe.com/payments/paymentintents/lifecycle)."""
    currency, status, ref = intent["currency"].upper(), intent["status"], intent["id"]
    asked = from_minor(intent["amount"], currency)
    if status == "succeeded":
        return Answer(OK, ref, from_minor(intent["amount_received"], currency), currency=currency)
    if status == "canceled":
        return Answer(DECLINED, ref, asked, "cancelled", currency)
    if status == "requires_payment_method":
        error = intent.get("last_payment_error") or {}
        return Answer(DECLINED, ref, asked, _why(error), currency)
    on = ((intent.get("next_action") or {}).get("redirect_to_url") or {}).get("url") or ""
    return Answer(PENDING, ref, asked, currency=currency, redirect_url=on)


def _why(error: Mapping[str, Any]) -> str:
    """The bank's word where there is one, else Stripe's (https://docs.stripe.com/declines/codes)."""
    if error.get("code") == "payment_intent_authentication_failure":
        return "authentication_failed"
    return error.get("decline_code") or error.get("code") or "card_declined"


def _session(session: Mapping[str, Any]) -> Answer:
    """What a Checkout Session says. Once paid, the reference is the PaymentIntent: that is what refunds name."""
    currency = session["currency"].upper()
    amount = from_minor(session["amount_total"], currency)
    ref = session.get("payment_intent") or session["id"]
    if session["payment_status"] == "paid":
        return Answer(OK, ref, amount, currency=currency)
    if session["status"] == "expired":
        return Answer(DECLINED, session["id"], amount, "expired", currency)
    return Answer(PENDING, session["id"], amount, currency=currency, redirect_url=session.get("url") or "")


class StripeGateway:
    name = "stripe"

    def clean_token(self, token: str) -> str:
        if token and not token.startswith("pm_"):
            raise BadToken(errors={"payment_token": [BadToken.message]})
        return token

    def charge(self, *, key: str, amount: Decimal, token: str, label: str, return_url: str = "") -> Answer:
        try:
            units = to_minor(amount, settings.CURRENCY)
        except ValueError:
            return Answer(DECLINED, "", amount, "amount_not_payable", settings.CURRENCY)
        try:
            with _asking():
                if not token:
                    return self._hosted_page(key, units, label, return_url)
                # house: allow writes, in Stripe's books
                intent = client().v1.payment_intents.create(
                    params={
                        "amount": units, "currency": _currency(), "payment_method": token, "confirm": True,
                        "allowed_payment_method_types": ["card"], "return_url": return_url or settings.SITE_URL,
                        "description": label[:LABEL_MAX], "metadata": {"key": key},
                    },
                    options={"idempotency_key": key},
                )
                return _intent(intent.to_dict())
        except (stripe.CardError, stripe.InvalidRequestError) as refused:
            problem = _problem(refused)
            ref = (problem.get("payment_intent") or {}).get("id", "")
            if isinstance(refused, stripe.InvalidRequestError):
                logger.warning("Stripe cannot charge %s: %s", key, refused)
            return Answer(DECLINED, ref, amount, _why(problem), settings.CURRENCY)

    def _hosted_page(self, key: str, units: int, label: str, return_url: str) -> Answer:
        back = return_url or settings.SITE_URL
        # house: allow writes, in Stripe's books
        session = client().v1.checkout.sessions.create(
            params={
                "mode": "payment",
                "line_items": [{
                    "quantity": 1,
                    "price_data": {
                        "currency": _currency(), "unit_amount": units,
                        "product_data": {"name": label[:LABEL_MAX] or key},
                    },
                }],
                "success_url": back, "cancel_url": back, "metadata": {"key": key},
                "payment_intent_data": {
                    "description": label[:LABEL_MAX], "metadata": {"key": key, "via": VIA_CHECKOUT},
                },
            },
            options={"idempotency_key": key},
        )
        return _session(session.to_dict())

    def find(self, *, key: str, ref: str = "", since: datetime | None = None) -> Answer | None:
        """By reference; else among what was made around `since`. Stripe's search would lag behind by a minute or more
        (https://docs.stripe.com/search#data-freshness), its lists do not."""
        try:
            with _asking():
                if ref:
                    return self._read(ref)
                start = since or timezone.now() - LAST_DAY
                created: Any = {"gte": int((start - SEARCHED).timestamp())}
                if since:
                    created["lte"] = int((since + SEARCHED).timestamp())
                sessions = client().v1.checkout.sessions.list(params={"created": created, "limit": 100})
                for session in sessions.auto_paging_iter():
                    if _key_of(session.to_dict()) == key:
                        return _session(session.to_dict())
                intents = client().v1.payment_intents.list(params={"created": created, "limit": 100})
                for intent in intents.auto_paging_iter():
                    if _key_of(intent.to_dict()) == key:
                        return _intent(intent.to_dict())
                return None
        except stripe.InvalidRequestError as wrong:
            if _problem(wrong).get("code") == "resource_missing":
                return None
            raise GatewayDown(str(wrong)) from wrong

    def _read(self, ref: str) -> Answer:
        if ref.startswith("cs_"):
            return _session(client().v1.checkout.sessions.retrieve(ref).to_dict())
        return _intent(client().v1.payment_intents.retrieve(ref).to_dict())

    def cancel(self, *, key: str, ref: str) -> Answer:
        try:
            with _asking():
                try:
                    if ref.startswith("cs_"):
                        return _session(client().v1.checkout.sessions.expire(ref).to_dict())
                    return _intent(client().v1.payment_intents.cancel(ref).to_dict())
                except stripe.InvalidRequestError:  # paid, processing or over already: that is the answer
                    return self._read(ref)
        except stripe.InvalidRequestError as wrong:
            raise GatewayDown(str(wrong)) from wrong

    def refund(self, *, key: str, provider_ref: str, amount: Decimal) -> str:
        """Pending is done as well: Stripe has taken the money off our balance and tells if the bank refuses it."""
        try:
            with _asking():
                intent = provider_ref
                if intent.startswith("cs_"):
                    intent = client().v1.checkout.sessions.retrieve(intent).to_dict()["payment_intent"] or ""
                # house: allow writes, in Stripe's books
                made = client().v1.refunds.create(
                    params={
                        "payment_intent": intent, "amount": to_minor(amount, settings.CURRENCY),
                        "metadata": {"key": key},
                    },
                    options={"idempotency_key": key},
                ).to_dict()
        except (stripe.InvalidRequestError, stripe.CardError) as refused:
            raise RefundRefused(str(refused)) from refused
        if made["status"] in ("failed", "canceled"):
            raise RefundRefused(made.get("failure_reason") or made["status"])
        return made["id"]

    def pay_out(self, *, key: str, to: str, amount: Decimal, label: str) -> Answer:
        """Stripe sends no money to phones."""
        return Answer(DECLINED, "", amount, "not_supported", settings.CURRENCY)

    def find_payout(self, *, key: str) -> Answer | None:
        return None

    def read(self, *, headers: Mapping[str, str], body: bytes) -> Announcement:
        """https://docs.stripe.com/webhooks#verify-manually"""
        try:
            stripe.WebhookSignature.verify_header(
                body, headers.get(SIGNATURE_HEADER), settings.STRIPE_WEBHOOK_SECRET, TOLERANCE_S
            )
        except (stripe.SignatureVerificationError, UnicodeDecodeError):
            raise BadSignature
        try:
            event = json.loads(body)
            ref = str(event["data"]["object"].get("id", ""))
            return Announcement(str(event["id"]), "", Answer(PENDING, ref, ZERO), News.OTHER)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise MalformedEvent

    def parse(self, *, body: str) -> Announcement:
        """May ask Stripe: news of a refund do not tell what was refunded in all, those of a dispute not our key."""
        event = json.loads(body)
        kind, thing = event["type"], event["data"]["object"]
        key, via = _key_of(thing), (thing.get("metadata") or {}).get("via")
        news, answer, turns = News.CHARGE, Answer(PENDING, str(thing.get("id", "")), ZERO), ()
        if kind == "payment_intent.succeeded" or (kind in INTENT_NEWS and via != VIA_CHECKOUT):
            answer = _intent(thing)
        elif kind in SESSION_NEWS:
            answer = _session(thing)
            if kind == "checkout.session.async_payment_failed":
                answer = Answer(DECLINED, answer.provider_ref, answer.amount, "card_declined", answer.currency)
        elif kind == "charge.refunded":
            news, (answer, turns) = News.REFUND, _refunds(thing)
        elif kind in REFUND_NEWS and thing.get("status") in FAILED and thing.get("charge"):
            charge = _charge(thing["charge"])
            news, key, (answer, turns) = News.REFUND, _key_of(charge), _refunds(charge)
        elif kind.startswith("charge.dispute.") and (turns := _dispute(kind, thing)):
            news, key, currency = News.DISPUTE, _key_of(_charge(thing["charge"])), thing["currency"].upper()
            ref = thing.get("payment_intent") or thing["charge"]
            answer = Answer(OK, ref, from_minor(thing["amount"], currency), currency=currency)
        else:
            news = News.OTHER
        return Announcement(event["id"], key, answer, news, turns)


INTENT_NEWS = {
    "payment_intent.payment_failed", "payment_intent.canceled", "payment_intent.processing",
    "payment_intent.requires_action",
}
SESSION_NEWS = {
    "checkout.session.completed", "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed", "checkout.session.expired",
}
REFUND_NEWS = {"refund.updated", "refund.failed", "charge.refund.updated"}
FAILED = ("failed", "canceled")


def _charge(ref: str) -> dict[str, Any]:
    """A Charge carries the metadata of its PaymentIntent."""
    try:
        with _asking():
            return client().v1.charges.retrieve(ref).to_dict()
    except stripe.InvalidRequestError as wrong:
        raise GatewayDown(str(wrong)) from wrong


def _refunds(charge: Mapping[str, Any]) -> tuple[Answer, tuple[Turn, ...]]:
    """All that was ever refunded on a charge, and what of it came back. `amount_refunded` of the charge sinks when a
    refund fails (https://docs.stripe.com/refunds#failed-refunds), so the refunds themselves are asked: their sum never
    sinks, whatever the order of the news."""
    currency = charge["currency"].upper()
    total, turns = 0, []
    try:
        with _asking():
            rows = client().v1.refunds.list(params={"charge": charge["id"], "limit": 100})
            for row in (made.to_dict() for made in rows.auto_paging_iter()):
                total += row["amount"]
                if row["status"] in FAILED:
                    why = row.get("failure_reason") or row["status"]
                    amount = from_minor(row["amount"], currency)
                    turns.append(Turn(Direction.FAILED, row["id"], amount, _key_of(row).removeprefix("refund:"), why))
    except stripe.InvalidRequestError as wrong:
        raise GatewayDown(str(wrong)) from wrong
    ref = charge.get("payment_intent") or charge["id"]
    return Answer(OK, ref, from_minor(max(total, charge["amount_refunded"]), currency), currency=currency), tuple(turns)


def _dispute(kind: str, dispute: Mapping[str, Any]) -> tuple[Turn, ...]:
    """What a dispute moved until now, without its fee (https://docs.stripe.com/api/disputes/object). Its balance
    transactions say so in every event; they may be of another currency, that of our account there."""
    moved = {Direction.WITHDRAWN: 0, Direction.REINSTATED: 0}
    for row in dispute.get("balance_transactions") or []:
        direction = Direction.WITHDRAWN if row["amount"] < 0 else Direction.REINSTATED
        moved[direction] += abs(row["amount"]) if row["currency"] == dispute["currency"] else dispute["amount"]
    if kind.endswith(".funds_reinstated"):
        moved[Direction.REINSTATED] = moved[Direction.REINSTATED] or dispute["amount"]
    if kind.endswith(".funds_withdrawn") or moved[Direction.REINSTATED]:
        moved[Direction.WITHDRAWN] = moved[Direction.WITHDRAWN] or dispute["amount"]
    currency, why = dispute["currency"].upper(), str(dispute.get("reason") or "")
    return tuple(
        Turn(direction, dispute["id"], from_minor(units, currency), reason=why)
        for direction, units in moved.items() if units
    )
