"""Showing again that it is oneself before money leaves: by API and by page, with and without a second factor."""

import time
from datetime import timedelta
from decimal import Decimal as D

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.users.models import DeviceToken
from accounts.users.tests.factories import PASSWORD, make_user, totp_code
from accounts.wallet import services
from accounts.wallet.models import Transaction
from accounts.wallet.queries import balance_of, system_account, wallet_of
from config.lib.actors import SYSTEM
from config.lib.testing import browser

pytestmark = pytest.mark.django_db
SEND = {"to": "bob@email.test", "amount": "5"}


@pytest.fixture
def alice():
    user = make_user()
    make_user("bob")
    services.post(
        kind="gift", key="g", actor=SYSTEM, postings=[(system_account("REWARDS"), -D("50")), (wallet_of(user), D("50"))]
    )
    return user


def signed_in(**fields) -> APIClient:
    body = {"email": "alice@email.test", "password": PASSWORD} | fields
    token = APIClient().post("/api/auth/login", body).json()["token"]
    return APIClient(HTTP_AUTHORIZATION=f"Token {token}", HTTP_ACCEPT_LANGUAGE="en")


def later(minutes: int) -> None:
    past = timezone.now() - timedelta(minutes=minutes)
    DeviceToken.objects.update(confirmed_at=past)


def sent() -> int:
    return Transaction.objects.filter(kind="transfer").count()


def test_a_token_just_made_sends_money_and_an_older_one_asks(alice):
    phone = signed_in()
    assert phone.post("/api/wallet/transfer", SEND).status_code == 200
    later(14)
    assert phone.post("/api/wallet/transfer", SEND).status_code == 200
    later(15)
    refused = phone.post("/api/wallet/transfer", SEND)
    assert (refused.status_code, refused.json()["code"]) == (403, "step_up_required")
    assert refused.json()["step_up_url"] == "/api/auth/step-up"
    assert refused["Content-Type"] == "application/problem+json"
    assert sent() == 2
    assert phone.get("/api/wallet").status_code == 200  # looking needs no step-up


def test_registering_counts_as_showing_who_one_is(alice):
    body = {"email": "new@email.test", "password": "deux-roues-1912", "first_name": "N", "last_name": "P"}
    token = APIClient().post("/api/auth/register", body).json()["token"]
    phone = APIClient(HTTP_AUTHORIZATION=f"Token {token}")
    assert phone.post("/api/wallet/transfer", SEND).json()["code"] == "insufficient_funds"


def test_the_password_makes_this_device_fresh_and_no_other(alice):
    phone, tablet = signed_in(), signed_in()
    later(60)
    answer = phone.post("/api/auth/step-up", {"password": PASSWORD})
    assert answer.status_code == 200
    until = timezone.datetime.fromisoformat(answer.json()["until"])
    assert timedelta(minutes=14) < until - timezone.now() <= timedelta(minutes=15)
    assert phone.post("/api/wallet/transfer", SEND).status_code == 200
    assert tablet.post("/api/wallet/transfer", SEND).status_code == 403


@pytest.mark.parametrize("body", [{"password": "wrong"}, {}, {"password": ""}, {"code": "123456"}])
def test_a_wrong_confirmation_is_told_and_changes_nothing(alice, body):
    phone = signed_in()
    later(60)
    answer = phone.post("/api/auth/step-up", body)
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_credentials")
    assert phone.post("/api/wallet/transfer", SEND).status_code == 403


def test_guessing_confirmations_is_slowed_down_per_person(alice):
    phone = signed_in()
    answers = [
        phone.post("/api/auth/step-up", {"password": "wrong"}, REMOTE_ADDR=f"10.0.0.{i}").status_code for i in range(21)
    ]
    assert answers == [401] * 20 + [429]
    assert phone.post("/api/auth/step-up", {"password": PASSWORD}).status_code == 429


def test_a_refusal_is_not_what_the_same_idempotency_key_gets_after_the_confirmation(alice):
    phone = signed_in()
    later(60)
    assert phone.post("/api/wallet/transfer", SEND, HTTP_IDEMPOTENCY_KEY="k").status_code == 403
    phone.post("/api/auth/step-up", {"password": PASSWORD})
    assert phone.post("/api/wallet/transfer", SEND, HTTP_IDEMPOTENCY_KEY="k").status_code == 200
    assert sent() == 1


def test_with_a_second_factor_a_password_alone_is_not_enough(alice):
    before = signed_in()
    secret = generate_totp_secret()
    TOTP.activate(alice, secret)
    assert before.post("/api/wallet/transfer", SEND).status_code == 403  # made by password, the factor came after
    assert before.post("/api/auth/step-up", {"password": PASSWORD}).json()["code"] == "mfa_required"
    assert before.post("/api/auth/step-up", {"code": "000000"}).json()["code"] == "invalid_credentials"
    code = totp_code(secret)
    assert before.post("/api/auth/step-up", {"code": code}).status_code == 200
    assert before.post("/api/wallet/transfer", SEND).status_code == 200
    assert before.post("/api/auth/step-up", {"code": code}).status_code == 401  # counts once
    spare = RecoveryCodes.activate(alice).get_unused_codes()[0]
    later(60)
    assert before.post("/api/auth/step-up", {"code": spare}).status_code == 200


def test_signing_in_with_the_code_counts(alice):
    secret = generate_totp_secret()
    TOTP.activate(alice, secret)
    assert signed_in(code=totp_code(secret)).post("/api/wallet/transfer", SEND).status_code == 200


# --- pages ------------------------------------------------------------------------------------------------------
def sign_in_by_page(client) -> None:
    assert client.post("/compte/login/", {"login": "alice@email.test", "password": PASSWORD}).status_code == 302


def forget(client) -> None:
    """As if the browser had signed in an hour ago."""
    session = client.session
    session["account_authentication_methods"] = [
        {**record, "at": time.time() - 3600} for record in session["account_authentication_methods"]
    ]
    session.save()


def test_a_page_sends_right_after_signing_in(alice, client):
    sign_in_by_page(client)
    assert client.post("/portefeuille/envoyer/", SEND | {"key": "a"})["Location"] == "/portefeuille/"
    assert sent() == 1


def test_a_page_asks_keeps_what_was_typed_and_sends_nothing_by_itself(alice, client):
    sign_in_by_page(client)
    forget(client)
    typed = {"key": "one", "to": "bob@email.test", "amount": "5,25", "note": "Pour la pizza"}
    asked = client.post("/portefeuille/envoyer/", typed)
    assert asked["Location"] == "/compte/reauthenticate/?next=%2Fportefeuille%2Fenvoyer%2F"
    page = client.get(asked["Location"], HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "Nothing has been sent yet" in page
    assert client.post("/compte/reauthenticate/", {"password": "wrong", "next": "/portefeuille/envoyer/"}).status_code == 200
    back = client.post("/compte/reauthenticate/", {"password": PASSWORD, "next": "/portefeuille/envoyer/"})
    assert back["Location"] == "/portefeuille/envoyer/"
    assert sent() == 0
    form = client.get("/portefeuille/envoyer/")
    values = {name: form.context["form"][name].value() for name in typed}
    assert values == typed
    assert "Pour la pizza" in form.content.decode()
    assert client.post("/portefeuille/envoyer/", values).status_code == 302
    assert sent() == 1
    again = client.get("/portefeuille/envoyer/").context["form"]
    assert not again["note"].value()
    assert again["key"].value() != "one"


def test_a_page_asks_for_the_code_where_a_second_factor_is_set_up(alice, client):
    sign_in_by_page(client)
    secret = generate_totp_secret()
    TOTP.activate(alice, secret)
    asked = client.post("/portefeuille/envoyer/", SEND | {"key": "a"})
    assert asked["Location"].startswith("/compte/2fa/reauthenticate/?next=")
    # The password's page leads to the code's: it would be the weaker one.
    assert client.get("/compte/reauthenticate/?next=/x")["Location"].startswith("/compte/2fa/reauthenticate/")
    client.post("/compte/reauthenticate/", {"password": PASSWORD})
    assert client.post("/portefeuille/envoyer/", SEND | {"key": "a"}).status_code == 302
    assert sent() == 0
    client.post("/compte/2fa/reauthenticate/", {"code": totp_code(secret), "next": "/portefeuille/envoyer/"})
    client.post("/portefeuille/envoyer/", SEND | {"key": "a"})
    assert sent() == 1


def test_a_session_at_the_api_is_confirmed_at_the_api_too(alice, client):
    sign_in_by_page(client)
    forget(client)
    assert client.post("/api/wallet/transfer", SEND, content_type="application/json").status_code == 403
    answer = client.post("/api/auth/step-up", {"password": PASSWORD}, content_type="application/json")
    assert answer.status_code == 200
    assert client.post("/api/wallet/transfer", SEND, content_type="application/json").status_code == 200


def test_what_one_person_confirmed_does_not_count_for_the_next_in_the_same_browser(alice, client):
    sign_in_by_page(client)
    client.force_login(make_user("charlie"))
    assert client.post("/portefeuille/envoyer/", SEND | {"key": "a"})["Location"].startswith("/compte/reauthenticate/")


def test_the_balance_is_untouched_by_all_the_asking(alice):
    page = browser(alice)
    forget(page)
    page.post("/portefeuille/envoyer/", SEND | {"key": "a"})
    assert balance_of(wallet_of(alice)) == D("50")
