"""Bodies that no provider should send, signed all the same: 400, never 500, and nothing is written."""

import json
import time

import pytest
from django.test import Client

from accounts.payments.gateways import mobile_money, simulated
from accounts.payments.models import Disagreement, Payment, WebhookEvent

pytestmark = pytest.mark.django_db


def event(**changes):
    """A good event of the simulated provider, made odd."""
    data = {"ref": "r", "key": "k", "amount": 500} | changes.pop("data", {})
    return json.dumps({"id": "e", "type": "payment.succeeded", "data": data} | changes).encode()


ODD = {
    "empty": b"", "no text": b"\xff\xfe", "a list": b"[]", "a number": b"1", "nothing": b"null", "no fields": b"{}",
    "another encoding": '{"externalId": "é", "status": "FAILED"}'.encode("utf-16"),
    "a null character": event(id="e\x00"), "a long name": event(id="e" * 5000), "no name": event(id=""),
    "a number for a type": event(type=7), "endless": event(data={"amount": float("inf")}),
    "no amount": event(data={"amount": None}), "deep": b"[" * 100_000,
}  # fmt: skip


@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
def test_odd_bodies_are_refused_as_malformed(settings, body):
    settings.MOBILE_MONEY_CALLBACK_SECRET = "secret"
    now = int(time.time())
    signed = {
        "simulated": {simulated.SIGNATURE_HEADER: simulated.sign(body, now)},
        "mobile_money": {mobile_money.SIGNATURE_HEADER: mobile_money.sign(body, now)},
    }
    for provider, headers in signed.items():
        answer = Client(raise_request_exception=False).post(
            f"/api/payments/webhooks/{provider}", body, content_type="application/json", headers=headers
        )
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed"), provider
    for model in (WebhookEvent, Payment, Disagreement):
        assert not model.objects.exists()


@pytest.mark.parametrize("provider, header, setting", [
    ("stripe", "Stripe-Signature", "STRIPE_WEBHOOK_SECRET"),
    ("mobile_money", mobile_money.SIGNATURE_HEADER, "MOBILE_MONEY_CALLBACK_SECRET"),
    ("simulated", simulated.SIGNATURE_HEADER, "PAYMENT_WEBHOOK_SECRET"),
])
def test_a_provider_without_a_secret_is_heard_by_nobody(settings, provider, header, setting):
    """An empty secret is one that everybody knows."""
    settings.PAYMENT_WEBHOOK_SECRET, body = "", event()  # with which it is signed here
    setattr(settings, setting, "")
    answer = Client().post(
        f"/api/payments/webhooks/{provider}", body, content_type="application/json",
        headers={header: simulated.sign(body, int(time.time()))},
    )
    assert answer.status_code == 400
    assert not WebhookEvent.objects.exists()
