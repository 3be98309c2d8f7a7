"""Mobile money by request-to-pay: the payer gets a message on his phone and confirms there with his secret code.

The wire protocol is that of MTN MoMo's Open API (https://momodeveloper.mtn.com/api-documentation); Orange Money Web
Payment and Wave have the same shape with other names, and are reached through an aggregator that speaks this one.

    token     POST {base}/collection/token/ or /disbursement/token/, Basic USER:SECRET -> {access_token, expires_in}
    ask       POST {base}/collection/v1_0/requesttopay -> 202, nothing in the body
              {amount, currency, externalId, payer: {partyIdType: MSISDN, partyId}, payerMessage, payeeNote}
    status    GET  {base}/collection/v1_0/requesttopay/{X-Reference-Id}
              -> {amount, currency, externalId, financialTransactionId, payer, status, reason}
                 status PENDING | SUCCESSFUL | FAILED; reason APPROVAL_REJECTED, EXPIRED, NOT_ENOUGH_FUNDS…
    refund    POST {base}/disbursement/v1_0/refund {…, referenceIdToRefund}; GET …/refund/{X-Reference-Id}
    pay out   POST {base}/disbursement/v1_0/transfer {…, payee}; GET …/transfer/{X-Reference-Id}

Every call carries `Authorization: Bearer`, `Ocp-Apim-Subscription-Key` and `X-Target-Environment`; every POST also
`X-Reference-Id`, a UUID that we derive from our key: the same key a second time is 409 RESOURCE_ALREADY_EXIST, so
nobody is asked twice. `externalId` is our key.

The end is told to `X-Callback-Url` (POST or PUT) with the body of the status. It must be signed like the webhooks of
Wave: `X-Callback-Signature: t=<seconds>,v1=<hex HMAC-SHA256 of "<t>.<body>">`. Even then it only rings the bell: what
counts is the status that we ask ourselves. MTN signs nothing; without callbacks the periodic question settles all.
"""

import base64
import hashlib
import hmac
import json
import logging
import threading
import time
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

import httpx
from django.conf import settings

from accounts.payments.gateways.amounts import as_text
from accounts.payments.gateways.base import Announcement, Answer, GatewayDown, News, Outcome, RefundRefused
from accounts.payments.rules import BadSignature, MalformedEvent, mobile_number
from config.lib.money import CENT, ZERO

logger = logging.getLogger(__name__)

TIMEOUT = httpx.Timeout(20, connect=5)
MESSAGE_MAX = 160
TOKEN_MARGIN_S = 60
TOLERANCE_S = 300
REFUND_TRIES = 8
SIGNATURE_HEADER = "X-Callback-Signature"
COLLECTION, DISBURSEMENT = "collection", "disbursement"
ASK, REFUND, TRANSFER = "requesttopay", "refund", "transfer"
PRODUCT = {ASK: COLLECTION, REFUND: DISBURSEMENT, TRANSFER: DISBURSEMENT}
OUTCOMES = {"SUCCESSFUL": Outcome.OK, "FAILED": Outcome.DECLINED}


def reference(kind: str, key: str) -> str:
    """The X-Reference-Id of a key: always the same, in the form of a UUID version 4, which is what MTN accepts."""
    return str(UUID(bytes=hashlib.sha256(f"{kind}:{key}".encode()).digest()[:16], version=4))


def sign(body: bytes, timestamp: int) -> str:
    """The signature header of a callback sent at `timestamp` (seconds since 1970)."""
    secret = settings.MOBILE_MONEY_CALLBACK_SECRET.encode()
    return f"t={timestamp},v1={hmac.new(secret, b'%d.' % timestamp + body, hashlib.sha256).hexdigest()}"


@lru_cache(maxsize=4)
def _http(base: str) -> httpx.Client:
    """Connections are kept, one pool for each address."""
    return httpx.Client(base_url=base, timeout=TIMEOUT)


class Tokens:
    """Bearer tokens by address, user and product, fetched when needed and kept until shortly before they end."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.kept: dict[tuple[str, str, str], tuple[str, float]] = {}

    def _name(self, product: str) -> tuple[str, str, str]:
        return settings.MOBILE_MONEY_URL, settings.MOBILE_MONEY_USER, product

    def get(self, product: str) -> str:
        with self.lock:
            token, until = self.kept.get(self._name(product), ("", 0.0))
            if time.monotonic() >= until:
                token, lives = _fetch_token(product)
                self.kept[self._name(product)] = token, time.monotonic() + lives - TOKEN_MARGIN_S
            return token

    def forget(self, product: str) -> None:
        with self.lock:
            self.kept.pop(self._name(product), None)


tokens = Tokens()


def _subscription(product: str) -> str:
    """MTN sells collections and disbursements apart, each with its key."""
    own = settings.MOBILE_MONEY_PAYOUT_KEY if product == DISBURSEMENT else ""
    return own or settings.MOBILE_MONEY_SUBSCRIPTION_KEY


def _send(method: str, path: str, **kwargs: Any) -> httpx.Response:
    try:
        response = _http(settings.MOBILE_MONEY_URL).request(method, path, **kwargs)
    except httpx.HTTPError as error:
        raise GatewayDown(f"{type(error).__name__}: {error}") from error
    if response.status_code >= 500 or response.status_code in (403, 408, 429):
        raise GatewayDown(f"{response.status_code} {response.text[:200]}")
    return response


def _fetch_token(product: str) -> tuple[str, float]:
    login = f"{settings.MOBILE_MONEY_USER}:{settings.MOBILE_MONEY_SECRET}".encode()
    response = _send(
        "POST", f"/{product}/token/",
        headers={
            "Authorization": f"Basic {base64.b64encode(login).decode()}",
            "Ocp-Apim-Subscription-Key": _subscription(product),
        },
    )
    if response.status_code != 200:
        logger.error("mobile money refuses our login: %s %s", response.status_code, response.text[:200])
        raise GatewayDown(f"token: {response.status_code}")
    data = response.json()
    return data["access_token"], float(data.get("expires_in", 3600))


def _call(method: str, kind: str, ref: str, body: dict[str, Any] | None = None) -> httpx.Response:
    """One call about the request `ref`; a token that ended early is fetched again once."""
    product = PRODUCT[kind]
    path = f"/{product}/v1_0/{kind}" if body is not None else f"/{product}/v1_0/{kind}/{ref}"
    for last in (False, True):
        headers = {
            "Authorization": f"Bearer {tokens.get(product)}",
            "Ocp-Apim-Subscription-Key": _subscription(product),
            "X-Target-Environment": settings.MOBILE_MONEY_ENVIRONMENT,
        }
        if body is not None:
            headers |= {
                "X-Reference-Id": ref, "X-Callback-Url": f"{settings.SITE_URL}/api/payments/webhooks/mobile_money",
            }
        response = _send(method, path, headers=headers, json=body)
        if response.status_code != 401:
            return response
        tokens.forget(product)
        if last:
            break
    raise GatewayDown("401: the access token is refused")


def _reason(data: Any) -> str:
    """The provider's code in lower case; it comes as a text or as {code, message}."""
    reason = data.get("reason", data) if isinstance(data, dict) else data
    code = reason.get("code", "") if isinstance(reason, dict) else reason
    return str(code or "failed").lower()


def _submit(kind: str, key: str, amount: Decimal, body: dict[str, Any]) -> Answer | None:
    """Ask once; None when the request stands (now or since an earlier call), else the refusal."""
    ref = reference(kind, key)
    try:
        text = as_text(amount, settings.CURRENCY)
    except ValueError:
        return Answer(Outcome.DECLINED, ref, amount, "amount_not_payable", settings.CURRENCY)
    money = {"amount": text, "currency": settings.CURRENCY, "externalId": key}
    response = _call("POST", kind, ref, money | body)
    if response.status_code in (202, 409):
        return None
    try:
        why = _reason(response.json())
    except ValueError:
        why = f"http_{response.status_code}"
    return Answer(Outcome.DECLINED, ref, amount, why, settings.CURRENCY)


def _status(kind: str, key: str) -> Answer | None:
    """What the provider says of a request now; None when it never heard of it."""
    ref = reference(kind, key)
    response = _call("GET", kind, ref)
    if response.status_code == 404:
        return None
    if response.status_code != 200:
        raise GatewayDown(f"status: {response.status_code} {response.text[:200]}")
    data = response.json()
    outcome = OUTCOMES.get(data["status"], Outcome.PENDING)
    reason = _reason(data.get("reason")) if outcome == Outcome.DECLINED else ""
    return Answer(outcome, ref, Decimal(str(data["amount"])).quantize(CENT), reason, str(data["currency"]).upper())


def _notes(label: str) -> dict[str, str]:
    return {"payerMessage": label[:MESSAGE_MAX], "payeeNote": label[:MESSAGE_MAX]}


def _party(number: str) -> dict[str, str]:
    """E.164 without its plus sign, which is how MSISDNs are written."""
    return {"partyIdType": "MSISDN", "partyId": number.removeprefix("+")}


class MobileMoneyGateway:
    name = "mobile_money"

    def clean_token(self, token: str) -> str:
        return mobile_number(token)

    def charge(self, *, key: str, amount: Decimal, token: str, label: str, return_url: str = "") -> Answer:
        return self._start(ASK, key, amount, {"payer": _party(token), **_notes(label)})

    def _start(self, kind: str, key: str, amount: Decimal, body: dict[str, Any]) -> Answer:
        """Ask, then look once: numbers without an account fail at once. A look that fails changes nothing."""
        refused = _submit(kind, key, amount, body)
        if refused is not None:
            return refused
        pending = Answer(Outcome.PENDING, reference(kind, key), amount, currency=settings.CURRENCY)
        try:
            return _status(kind, key) or pending
        except GatewayDown:
            return pending

    def find(self, *, key: str, ref: str = "", since: datetime | None = None) -> Answer | None:
        return _status(ASK, key)

    def cancel(self, *, key: str, ref: str) -> Answer:
        """A phone that was asked cannot be asked less: the request ends by itself within minutes."""
        return _status(ASK, key) or Answer(Outcome.PENDING, ref, ZERO)

    def refund(self, *, key: str, provider_ref: str, amount: Decimal) -> str:
        """A refund that failed for good may be asked again under another reference, so each try looks at the earlier
        ones first. RefundRefused tells why the last one failed."""
        for attempt in range(REFUND_TRIES):
            name = f"{key}#{attempt}"
            known = _status(REFUND, name)
            if known is not None and known.outcome == Outcome.DECLINED:
                continue
            if known is None:
                body = {"referenceIdToRefund": provider_ref, **_notes(key)}
                known = _submit(REFUND, name, amount, body) or _status(REFUND, name)
            if known is None or known.outcome == Outcome.PENDING:
                raise GatewayDown("the refund is under way")
            if known.outcome == Outcome.DECLINED:
                raise RefundRefused(known.reason)
            return known.provider_ref
        raise RefundRefused("refused at every try")

    def pay_out(self, *, key: str, to: str, amount: Decimal, label: str) -> Answer:
        return self._start(TRANSFER, key, amount, {"payee": _party(to), **_notes(label)})

    def find_payout(self, *, key: str) -> Answer | None:
        return _status(TRANSFER, key)

    def read(self, *, headers: Mapping[str, str], body: bytes) -> Announcement:
        parts = dict(part.split("=", 1) for part in headers.get(SIGNATURE_HEADER, "").split(",") if "=" in part)
        if not (parts.get("t", "").isascii() and parts.get("t", "").isdecimal() and len(parts["t"]) <= 12):
            raise BadSignature
        timestamp = int(parts["t"])
        good = hmac.compare_digest(sign(body, timestamp).encode(), f"t={timestamp},v1={parts.get('v1', '')}".encode())
        if not good or abs(time.time() - timestamp) > TOLERANCE_S or not settings.MOBILE_MONEY_CALLBACK_SECRET:
            raise BadSignature
        try:
            told = json.loads(body)
            key, status = str(told["externalId"]), str(told["status"])
        except (ValueError, KeyError, TypeError):
            raise MalformedEvent
        ref = reference(TRANSFER if "payee" in told else ASK, key)
        return Announcement(f"{ref}:{status}"[:120], key, Answer(Outcome.PENDING, ref, ZERO), News.OTHER)

    def parse(self, *, body: str) -> Announcement:
        """Asks the provider: nothing in the callback is believed but which request it speaks of."""
        told = json.loads(body)
        key, status = str(told["externalId"]), str(told["status"])
        kind, news = (TRANSFER, News.PAYOUT) if "payee" in told else (ASK, News.CHARGE)
        answer = _status(kind, key)
        if answer is None:  # a refund, or a request that is not ours
            answer, news = Answer(Outcome.PENDING, reference(kind, key), ZERO), News.OTHER
        return Announcement(f"{reference(kind, key)}:{status}"[:120], key, answer, news)
