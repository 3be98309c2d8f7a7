"""Registering, signing in and out by the API."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from rest_framework.test import APIClient

from accounts.users.models import DeviceToken, OutgoingMail, User
from accounts.users.rules import device_title
from accounts.users.tests.factories import PASSWORD, make_staff, make_user, totp_code
from config.lib.testing import api

pytestmark = pytest.mark.django_db
NEW = {"email": "Nina@Email.test", "password": "deux-roues-1912", "first_name": "Nina", "last_name": "Petit"}


def bearer(token: str) -> APIClient:
    return APIClient(HTTP_AUTHORIZATION=f"Token {token}", HTTP_ACCEPT_LANGUAGE="en")


def login(**fields):
    return api().post("/api/auth/login", {"email": "alice@email.test", "password": PASSWORD} | fields)


def test_registering_signs_in_and_asks_to_prove_the_address(commit):
    with commit():
        answer = api().post("/api/auth/register", NEW | {"phone": "06 12 34 56 78", "language": "en"})
    assert answer.status_code == 201, answer.json()
    body = answer.json()
    assert body["user"]["email"] == "nina@email.test"
    assert body["user"]["phone"] == "+33612345678"
    assert body["user"]["roles"] == ["CLIENT"]
    assert body["user"]["email_verified"] is False
    assert bearer(body["token"]).get("/api/auth/profile").json()["first_name"] == "Nina"
    assert mail.outbox[0].to == ["nina@email.test"]
    assert "/compte/" in mail.outbox[0].body
    assert OutgoingMail.objects.get().text == ""


@pytest.mark.parametrize(
    "change, field",
    [
        ({"email": "no"}, "email"),
        ({"email": "ALICE@email.test"}, "email"),
        ({"password": "123"}, "password"),
        ({"password": "nina@email.test"}, "password"),
        ({"first_name": ""}, "first_name"),
        ({"phone": "12"}, "phone"),
        ({"language": "de"}, "language"),
    ],
)
def test_a_wrong_field_is_named_and_nobody_is_made(change, field):
    make_user()
    answer = api().post("/api/auth/register", NEW | change)
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [field]
    assert User.objects.count() == 1


def test_registering_gives_no_rights():
    answer = api().post("/api/auth/register", NEW | {"is_staff": True, "roles": ["ADMIN"], "is_superuser": True})
    user = User.objects.get(pk=answer.json()["user"]["id"])
    assert not user.is_staff
    assert not user.is_superuser
    assert user.roles == ["CLIENT"]


def test_signing_in_gives_a_token_for_ninety_days():
    make_user()
    body = login(device_name="Téléphone d'Alice").json()
    assert set(body) == {"user", "token", "expires_at"}
    row = DeviceToken.objects.get()
    assert row.device_name == "Téléphone d'Alice"
    assert 89 <= (row.expiry - row.created).days <= 90
    assert body["token"] not in row.digest


@pytest.mark.parametrize(
    "fields", [{"password": "wrong"}, {"email": "nobody@email.test"}, {"email": "bob@email.test"}]
)
def test_unknown_wrong_and_closed_are_told_the_same(fields):
    make_user()
    User.objects.filter(pk=make_user("bob").pk).update(is_active=False)
    answer = login(**fields)
    assert answer.status_code == 401
    body = answer.json()
    assert (body["code"], body["detail"]) == (
        "invalid_credentials", "The e-mail, the password or the code is not right.",
    )
    assert not DeviceToken.objects.exists()


def test_guessing_is_slowed_down():
    make_user()
    answers = [login(password="wrong").status_code for _ in range(21)]
    assert answers[-1] == 429
    late = login()
    assert late.status_code == 429
    assert int(late["Retry-After"]) > 0


def test_logout_kills_the_token_on_both_paths():
    make_user()
    for path in ("logout", "logout-v2"):
        client = bearer(login().json()["token"])
        assert client.post(f"/api/auth/{path}").status_code == 204
        assert client.get("/api/auth/profile").status_code == 401


def test_logout_all_ends_every_device():
    make_user()
    clients = [bearer(login().json()["token"]) for _ in range(3)]
    assert clients[0].post("/api/auth/logout-all").status_code == 204
    assert [c.get("/api/auth/profile").status_code for c in clients] == [401, 401, 401]


def test_a_bad_token_is_401():
    assert bearer("nonsense").get("/api/auth/profile").status_code == 401
    assert bearer("é").get("/api/auth/profile").status_code == 401
    assert api().get("/api/auth/profile").status_code == 401


def test_one_device_is_ended_and_another_persons_is_not_found():
    make_user()
    make_user("bob")
    one, two = (bearer(login().json()["token"]) for _ in range(2))
    stranger = bearer(login(email="bob@email.test").json()["token"])
    rows = one.get("/api/auth/sessions").json()["results"]
    assert len(rows) == 2
    other = next(row for row in rows if not row["current"])
    assert stranger.delete(f"/api/auth/sessions/{other['id']}").status_code == 404
    assert one.delete(f"/api/auth/sessions/{other['id']}").status_code == 204
    assert two.get("/api/auth/profile").status_code == 401
    assert one.get("/api/auth/profile").status_code == 200
    for odd in ("NAVIGATEUR-1", "APPAREIL-", "x", "NAVIGATEUR-²", "NAVIGATEUR-99999999999999999999"):
        assert one.delete(f"/api/auth/sessions/{odd}").status_code == 404


def test_a_second_factor_is_asked_for_and_counts_once():
    user = make_user()
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    assert login().json()["code"] == "mfa_required"
    assert login(code="000000").json()["code"] == "invalid_credentials"
    code = totp_code(secret)
    assert login(code=code).status_code == 200
    assert login(code=code).status_code == 401


def test_staff_without_a_second_factor_get_no_token_where_it_is_required(settings):
    settings.STAFF_MFA_REQUIRED = True
    make_staff("dora")
    answer = login(email="dora@email.test")
    assert (answer.status_code, answer.json()["code"]) == (403, "mfa_setup_required")


def test_an_address_is_proved_by_the_link(commit, client):
    with commit():
        api().post("/api/auth/register", NEW)
    link = next(word for word in mail.outbox[0].body.split() if "/compte/confirm-email/" in word)
    path = "/compte/" + link.split("/compte/")[1]
    client.post(path)
    assert EmailAddress.objects.get().verified


@pytest.mark.parametrize(
    "agent, title",
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0 Safari/537.36", "Chrome, Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; rv:146.0) Gecko/20100101 Firefox/146.0", "Firefox, Windows"),
        ("Téléphone d'Alice", "Téléphone d'Alice"),
    ],
)
def test_devices_are_named_as_people_name_them(agent, title):
    assert device_title(agent) == title
