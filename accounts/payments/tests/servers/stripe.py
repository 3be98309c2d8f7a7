"""Stripe as far as we use it: form-encoded requests, idempotency keys, PaymentIntents, Checkout Sessions, refunds,
events with their signature. Cards are Stripe's own test cards (https://docs.stripe.com/testing)."""

import hashlib
import hmac
import json
import re
import time
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from accounts.payments.tests.servers import Provider

SECRET_KEY, WEBHOOK_SECRET, VERSION = "sk_test_house", "whsec_house", "2026-10-28.endive"
CARDS = {
    "pm_card_visa": ("succeeded", "", ""),
    "pm_card_visa_chargeDeclined": ("declined", "card_declined", "generic_decline"),
    "pm_card_visa_chargeDeclinedInsufficientFunds": ("declined", "card_declined", "insufficient_funds"),
    "pm_card_threeDSecure2Required": ("requires_action", "", ""),
    "pm_card_slow": ("processing", "", ""),
}


class Refusal(Exception):
    def __init__(self, status: int, **error: Any):
        self.status, self.error = status, error


def unfold(body: bytes) -> dict[str, Any]:
    """`a[b][0]=c` → {"a": {"b": {"0": "c"}}}, the form that Stripe reads."""
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(body.decode(), keep_blank_values=True):
        *path, last = re.findall(r"[^\[\]]+", name)
        node = tree
        for step in path:
            node = node.setdefault(step, {})
        node[last] = value
    return tree


class StripeServer(Provider):
    def __init__(self) -> None:
        super().__init__()
        self.things: dict[str, dict[str, Any]] = {}
        self.kept: dict[str, tuple[str, bytes, int, Any]] = {}
        self.number = count(1)

    # --- the API -----------------------------------------------------------------------------------------------
    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], Any]:
        if headers.get("authorization") != f"Bearer {SECRET_KEY}":
            return 401, {}, {"error": {"type": "invalid_request_error", "message": "Invalid API Key provided"}}
        if headers.get("stripe-version") != VERSION:
            return 400, {}, {"error": {"type": "invalid_request_error", "message": "unknown version"}}
        key = headers.get("idempotency-key", "")
        known = self.kept.get(key) if method == "POST" else None
        if known is not None:
            if known[:2] != (path, body):
                problem = {"type": "idempotency_error", "message": "Keys for idempotent requests can only be used with the same parameters"}
                return 400, {}, {"error": problem}
            return known[2], {"Idempotent-Replayed": "true"}, known[3]
        url = urlsplit(path)
        try:
            status, data = 200, self.route(method, url.path, unfold(body) if method == "POST" else unfold(url.query.encode()))
        except Refusal as refusal:
            status, data = refusal.status, {"error": refusal.error}
        data = json.loads(json.dumps(data))
        if key and method == "POST" and status in (200, 402):
            self.kept[key] = path, body, status, data
        return status, {}, data

    def route(self, method: str, path: str, data: dict[str, Any]) -> Any:
        parts = path.removeprefix("/v1/").split("/")
        if path == "/v1/payment_intents" and method == "POST":
            return self.create_intent(data)
        if path == "/v1/checkout/sessions" and method == "POST":
            return self.create_session(data)
        if path == "/v1/refunds" and method == "POST":
            return self.create_refund(data)
        if path == "/v1/refunds":
            rows = self.listed("re_", path, data)
            rows["data"] = [row for row in rows["data"] if row["charge"] == data["charge"]]
            return rows
        if path in ("/v1/payment_intents", "/v1/checkout/sessions"):
            return self.listed("pi_" if "intents" in path else "cs_", path, data)
        if parts[-1] in ("cancel", "expire"):
            return self.end(self.thing(parts[-2]))
        return self.thing(parts[-1])

    def thing(self, ref: str) -> dict[str, Any]:
        if ref not in self.things:
            raise Refusal(404, type="invalid_request_error", code="resource_missing", message=f"No such object: '{ref}'", param="id")
        return self.things[ref]

    def new(self, prefix: str, kind: str, **fields: Any) -> dict[str, Any]:
        ref = f"{prefix}{next(self.number):024}"
        self.things[ref] = {"id": ref, "object": kind, "created": int(time.time()), "livemode": False, **fields}
        return self.things[ref]

    def listed(self, prefix: str, path: str, data: dict[str, Any]) -> dict[str, Any]:
        """Newest first, one page a time."""
        window = {edge: int(value) for edge, value in (data.get("created") or {}).items()}
        rows = [
            thing for ref, thing in reversed(self.things.items())
            if ref.startswith(prefix) and window.get("gte", 0) <= thing["created"] <= window.get("lte", 2**40)
        ]
        after, limit = data.get("starting_after"), int(data.get("limit", 10))
        if after:
            rows = rows[[row["id"] for row in rows].index(after) + 1:]
        return {"object": "list", "data": rows[:limit], "has_more": len(rows) > limit, "url": path}

    def create_intent(self, data: dict[str, Any]) -> dict[str, Any]:
        if "payment_method_types" in data:
            raise Refusal(400, type="invalid_request_error", code="payment_method_types_no_longer_supported", message="gone")
        card = data["payment_method"]
        if card not in CARDS:
            raise Refusal(400, type="invalid_request_error", code="resource_missing", param="payment_method", message=f"No such PaymentMethod: '{card}'")
        assert data["confirm"] == "true", "an intent that nobody confirms takes no money"
        intent = self.intent(int(data["amount"]), data["currency"], data.get("metadata") or {}, data["payment_method"])
        intent["payment_method_types"] = list(data.get("allowed_payment_method_types", {}).values())
        kind, code, decline = CARDS[card]
        if kind == "succeeded":
            return self.pay(intent["id"])
        if kind == "requires_action":
            url = f"https://hooks.stripe.com/3d_secure_2/hosted?payment_intent={intent['id']}"
            intent |= {
                "status": "requires_action",
                "next_action": {"type": "redirect_to_url", "redirect_to_url": {"url": url, "return_url": data["return_url"]}},
            }
            return intent
        if kind == "processing":
            intent["status"] = "processing"
            return intent
        error = self.decline(intent, code, decline)
        raise Refusal(402, **error, payment_intent=dict(intent))

    def intent(self, amount: int, currency: str, metadata: dict[str, str], method: str | None = None) -> dict[str, Any]:
        return self.new(
            "pi_", "payment_intent", amount=amount, amount_received=0, amount_capturable=0, currency=currency,
            capture_method="automatic_async", confirmation_method="automatic", client_secret="secret", description=None,
            last_payment_error=None, latest_charge=None, metadata=metadata, next_action=None, payment_method=method,
            status="requires_payment_method", canceled_at=None, cancellation_reason=None,
        )

    def decline(self, intent: dict[str, Any], code: str, decline: str) -> dict[str, Any]:
        error = {"type": "card_error", "code": code, "decline_code": decline, "message": "Your card was declined.", "charge": f"ch_{next(self.number):024}"}
        intent |= {"status": "requires_payment_method", "last_payment_error": error, "next_action": None}
        return error

    def create_session(self, data: dict[str, Any]) -> dict[str, Any]:
        line = data["line_items"]["0"]["price_data"]
        if int(line["unit_amount"]) < 50 and line["currency"] == "eur":
            raise Refusal(400, type="invalid_request_error", code="amount_too_small", message="The Checkout Session's total amount must convert to at least 50 cents.")
        assert line["product_data"]["name"]
        session = self.new(
            "cs_test_", "checkout.session", mode=data["mode"], amount_total=int(line["unit_amount"]), currency=line["currency"],
            amount_subtotal=int(line["unit_amount"]), metadata=data.get("metadata") or {}, payment_intent=None, payment_status="unpaid",
            status="open", success_url=data["success_url"], cancel_url=data["cancel_url"], expires_at=int(time.time()) + 86400,
            client_reference_id=None, customer=None,
        )
        session["url"] = f"https://checkout.stripe.com/c/pay/{session['id']}"
        session["_intent_data"] = data.get("payment_intent_data") or {}
        return session

    def create_refund(self, data: dict[str, Any]) -> dict[str, Any]:
        intent = self.thing(data["payment_intent"])
        if not intent["latest_charge"]:
            raise Refusal(400, type="invalid_request_error", message="This PaymentIntent does not have a successful charge to refund.")
        charge = self.thing(intent["latest_charge"])
        amount = int(data["amount"])
        if amount > charge["amount"] - charge["amount_refunded"]:
            raise Refusal(400, type="invalid_request_error", code="charge_already_refunded", message="Refund amount is greater than unrefunded amount on charge")
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        return self.new(
            "re_", "refund", amount=amount, charge=charge["id"], currency=charge["currency"], metadata=data.get("metadata") or {},
            payment_intent=intent["id"], status="succeeded", reason=None, failure_reason=None,
        )

    def end(self, thing: dict[str, Any]) -> dict[str, Any]:
        if thing["status"] not in ("open", "requires_action", "requires_payment_method", "requires_confirmation", "processing"):
            raise Refusal(400, type="invalid_request_error", code="payment_intent_unexpected_state", message="too late")
        thing["status"] = "expired" if thing["object"] == "checkout.session" else "canceled"
        return thing

    # --- what payers and the people at Stripe do ----------------------------------------------------------------
    def pay(self, ref: str) -> dict[str, Any]:
        """The payer pays: an intent succeeds, a session is complete with an intent of its own."""
        thing = self.things[ref]
        if thing["object"] == "checkout.session":
            meta = thing["_intent_data"].get("metadata") or {}
            intent = self.pay(self.intent(thing["amount_total"], thing["currency"], meta)["id"])
            thing |= {"status": "complete", "payment_status": "paid", "payment_intent": intent["id"], "url": None}
            return thing
        charge = self.new(
            "ch_", "charge", amount=thing["amount"], amount_captured=thing["amount"], amount_refunded=0, currency=thing["currency"],
            captured=True, paid=True, refunded=False, status="succeeded", metadata=thing["metadata"], payment_intent=ref,
        )
        thing |= {
            "status": "succeeded", "amount_received": thing["amount"], "latest_charge": charge["id"], "next_action": None,
            "last_payment_error": None,
        }
        return thing

    def refuse(self, ref: str) -> dict[str, Any]:
        """The payer fails at his bank (3-D Secure)."""
        self.decline(self.things[ref], "payment_intent_authentication_failure", "")
        return self.things[ref]

    def expire(self, ref: str) -> dict[str, Any]:
        return self.end(self.things[ref])

    def refund_by_hand(self, intent: str, amount: int) -> dict[str, Any]:
        """Somebody refunds in Stripe's dashboard; returns the charge."""
        self.create_refund({"payment_intent": intent, "amount": amount})
        return self.things[self.things[intent]["latest_charge"]]

    def fail_refund(self, ref: str, why: str = "expired_or_canceled_card") -> dict[str, Any]:
        """The customer's bank sends a refund back, days later; returns the refund."""
        refund = self.things[ref]
        charge = self.things[refund["charge"]]
        charge["amount_refunded"] -= refund["amount"]
        charge["refunded"] = False
        refund |= {"status": "failed", "failure_reason": why, "failure_balance_transaction": f"txn_{next(self.number):024}"}
        return refund

    def dispute(self, intent: str, amount: int, currency: str = "eur") -> dict[str, Any]:
        """The payer goes to his bank, which takes the money, and Stripe takes its fee; returns the dispute."""
        made = self.new(
            "du_", "dispute", amount=amount, charge=self.things[intent]["latest_charge"], currency=currency, metadata={},
            payment_intent=intent, reason="fraudulent", status="needs_response", is_charge_refundable=False,
            evidence_details={"due_by": int(time.time()) + 86400, "has_evidence": False}, balance_transactions=[],
        )
        self.move_dispute(made, -amount)
        return made

    def win(self, ref: str) -> dict[str, Any]:
        made = self.things[ref]
        self.move_dispute(made, made["amount"])
        made["status"] = "won"
        return made

    def move_dispute(self, dispute: dict[str, Any], amount: int) -> None:
        lost = amount < 0
        dispute["balance_transactions"] = [*dispute["balance_transactions"], {
            "id": f"txn_{next(self.number):024}", "object": "balance_transaction", "amount": amount, "currency": dispute["currency"],
            "fee": 2000 if lost else -2000, "net": amount - 2000 if lost else amount + 2000, "type": "adjustment",
            "reporting_category": "dispute" if lost else "dispute_reversal", "source": dispute["id"],
        }]

    # --- events -------------------------------------------------------------------------------------------------
    def event(self, kind: str, thing: dict[str, Any], **over: Any) -> bytes:
        """An event as it would be sent now; `over` falsifies fields of its object."""
        shown = {name: value for name, value in thing.items() if not name.startswith("_")} | over
        return json.dumps({
            "id": f"evt_{next(self.number):024}", "object": "event", "api_version": VERSION, "created": int(time.time()),
            "data": {"object": shown}, "livemode": False, "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None}, "type": kind,
        }).encode()


def signature(body: bytes, at: int | None = None, secret: str = WEBHOOK_SECRET) -> str:
    at = int(time.time()) if at is None else at
    mac = hmac.new(secret.encode(), b"%d." % at + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={mac},v0=0000"
