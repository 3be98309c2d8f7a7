"""Topping up and the webhook door."""

import time
from decimal import Decimal as D

import pytest

from accounts.payments.gateways.simulated import event_body, sign
from accounts.payments.models import Payment, SimulatedCharge, WebhookEvent
from accounts.wallet.queries import balance_of, wallet_of
from config.lib.testing import api, browser

pytestmark = pytest.mark.django_db


def top_up(user, token="tok_ok", **fields):
    body = {"amount": "20", "method": "CARTE", "payment_token": token} | fields
    return api(user).post("/api/wallet/topup", body)


def test_a_top_up_by_api(alice):
    answer = top_up(alice)
    assert answer.status_code == 200
    assert answer.json()["wallet"]["balance"] == "20.00"
    assert answer.json()["payment"]["status"] == "REUSSI"


def test_a_pending_top_up_is_202_and_credited_by_the_webhook(alice, commit):
    answer = top_up(alice, "tok_pending")
    assert (answer.status_code, answer.json()["wallet"]["balance"]) == (202, "0.00")
    body = event_body(SimulatedCharge.objects.get())
    for _ in range(5):
        with commit():
            called = api().generic(
                "POST", "/api/payments/webhooks/simulated", body, content_type="application/json",
                HTTP_SIMULATED_SIGNATURE=sign(body, int(time.time())),
            )
        assert called.status_code == 200
    assert WebhookEvent.objects.count() == 1
    assert balance_of(wallet_of(alice)) == D("20")


def test_a_declined_top_up_is_402(alice):
    answer = top_up(alice, "tok_declined")
    assert (answer.status_code, answer.json()["code"]) == (402, "payment_declined")
    assert balance_of(wallet_of(alice)) == 0


def test_a_top_up_with_a_key_is_made_once(alice):
    for _ in range(2):
        api(alice).post(
            "/api/wallet/topup", {"amount": "20", "payment_token": "tok_ok"}, HTTP_IDEMPOTENCY_KEY="k"
        )
    assert Payment.objects.count() == 1


@pytest.mark.parametrize("fields, field", [({"method": "PORTEFEUILLE"}, "method"), ({"amount": "0"}, "amount")])
def test_a_bad_top_up_names_the_field(alice, fields, field):
    answer = top_up(alice, **fields)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])


def test_a_top_up_by_page(alice):
    page = browser(alice)
    key = page.get("/portefeuille/recharger/").context["form"]["key"].value()
    body = {"key": key, "amount": "20", "method": "CARTE", "token": "tok_declined"}
    refused = page.post("/portefeuille/recharger/", body)
    assert refused.status_code == 422
    assert refused.context["form"]["amount"].value() == "20"
    again = body | {"key": refused.context["form"]["key"].value(), "token": "tok_ok"}
    for _ in range(2):
        assert page.post("/portefeuille/recharger/", again).status_code == 302
    assert balance_of(wallet_of(alice)) == D("20")


@pytest.mark.parametrize(
    "provider, header, status",
    [("simulated", "", 400), ("simulated", "t=1,v1=x", 400), ("nobody", "", 404)],
)
def test_a_webhook_without_a_good_signature_is_refused(provider, header, status):
    answer = api().generic(
        "POST", f"/api/payments/webhooks/{provider}", b"{}", content_type="application/json",
        HTTP_SIMULATED_SIGNATURE=header,
    )
    assert answer.status_code == status
    assert answer["Content-Type"].startswith("application/problem+json")


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", b'{"id": 1, "type": "payment.succeeded", "data": {}}'])
def test_a_signed_webhook_that_cannot_be_read_is_400(body):
    answer = api().generic(
        "POST", "/api/payments/webhooks/simulated", body, content_type="application/json",
        HTTP_SIMULATED_SIGNATURE=sign(body, int(time.time())),
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
