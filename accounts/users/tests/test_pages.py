"""The pages of one's own account, signing up and in by page, and the door of the back office."""

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.urls import reverse

from accounts.users import services
from accounts.users.models import User
from accounts.users.tests.factories import PASSWORD, make_staff, make_user, totp_code
from config.lib.testing import browser

pytestmark = pytest.mark.django_db
OWN_PAGES = [
    "/compte/", "/compte/adresses/", "/compte/adresses/nouvelle/", "/compte/appareils/", "/compte/fermer/",
    "/portefeuille/", "/portefeuille/recharger/", "/portefeuille/envoyer/", "/compte/email/",
    "/compte/password/change/", "/compte/2fa/",
]


@pytest.mark.parametrize("path", OWN_PAGES)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_own_pages_open_and_visitors_sign_in_first(path, language):
    page = browser(make_user())
    answer = page.get(path, HTTP_ACCEPT_LANGUAGE=language)
    assert answer.status_code == 200
    assert f'lang="{language}"' in answer.content.decode()
    assert 'href="/portefeuille/"' in answer.content.decode().split('class="subnav"')[1]
    assert browser().get(path).status_code == 302


@pytest.mark.parametrize("path", ["/compte/login/", "/compte/signup/", "/compte/password/reset/"])
def test_entrance_pages_open(path):
    assert browser().get(path).status_code == 200


def sign_up(client, **fields):
    body = {
        "first_name": "Nina", "last_name": "Petit", "email": "nina@email.test", "password1": "deux-roues-1912",
        "language": "en",
    } | fields
    return client.post("/compte/signup/", body)


def test_signing_up_by_page_keeps_names_and_language_and_mails_a_link(client, commit):
    with commit():
        assert sign_up(client).status_code == 302
    user = User.objects.get()
    assert (user.first_name, user.last_name, user.language) == ("Nina", "Petit", "en")
    assert client.get("/compte/").status_code == 200
    link = next(word for word in mail.outbox[0].body.split() if "/confirm-email/" in word)
    client.post("/compte/" + link.split("/compte/")[1])
    assert User.objects.get().email_verified


def test_signing_up_by_page_without_a_name_is_refused_on_the_field(client):
    answer = sign_up(client, first_name="")
    assert "first_name" in answer.context["form"].errors
    assert not User.objects.exists()


def test_signing_in_and_out_by_page(client):
    make_user()
    assert client.post("/compte/login/", {"login": "alice@email.test", "password": "no"}).status_code == 200
    assert client.post("/compte/login/", {"login": "Alice@email.test", "password": PASSWORD}).status_code == 302
    assert client.get("/compte/").status_code == 200
    client.post("/compte/logout/")
    assert client.get("/compte/").status_code == 302


@pytest.mark.parametrize("factor", ["totp", "recovery"])
def test_a_second_factor_stands_between_password_and_page(client, factor):
    alice = make_user()
    secret = generate_totp_secret()
    TOTP.activate(alice, secret)
    codes = RecoveryCodes.activate(alice).get_unused_codes()
    client.post("/compte/login/", {"login": "alice@email.test", "password": PASSWORD})
    assert client.get("/compte/").status_code == 302
    totp = totp_code(secret)
    code = totp if factor == "totp" else codes[0]
    assert client.post("/compte/2fa/authenticate/", {"code": code}).status_code == 302
    assert client.get("/compte/").status_code == 200


def test_turning_the_second_factor_on_by_page():
    alice = make_user()
    page = browser()
    page.post("/compte/login/", {"login": "alice@email.test", "password": PASSWORD})
    assert page.get("/compte/2fa/totp/activate/")["Location"].startswith("/compte/reauthenticate/")
    page.post("/compte/reauthenticate/", {"password": PASSWORD})
    assert page.get("/compte/2fa/totp/activate/").status_code == 200
    secret = page.session["mfa.totp.secret"]
    code = totp_code(secret)
    assert page.post("/compte/2fa/totp/activate/", {"code": code}).status_code == 302
    assert alice.authenticator_set.count() == 2
    assert page.get("/compte/2fa/recovery-codes/").status_code == 200


def test_profile_by_page_changes_the_language_of_the_pages():
    alice = make_user()
    page = browser(alice)
    body = {"first_name": "Alix", "last_name": "Martin", "phone": "", "language": "en"}
    assert page.post("/compte/", body).status_code == 302
    alice.refresh_from_db()
    assert (alice.first_name, alice.language) == ("Alix", "en")
    assert 'lang="en"' in page.get("/compte/", HTTP_ACCEPT_LANGUAGE="fr").content.decode()
    assert page.post("/compte/", body | {"phone": "12"}).status_code == 422


def test_devices_page_ends_one_and_all(client):
    alice = make_user()
    services.issue_token(user=alice, device_name="Téléphone")
    client.post("/compte/login/", {"login": "alice@email.test", "password": PASSWORD})
    page = client.get("/compte/appareils/")
    assert "Téléphone" in page.content.decode()
    device = next(d for d in page.context["devices"] if not d.current)
    client.post(reverse("accounts:session_end", args=[device.id]))
    assert not alice.auth_token_set.exists()
    client.post("/compte/appareils/tous/")
    assert client.get("/compte/").status_code == 302


def test_the_back_office_signs_in_through_the_common_door():
    answer = browser().get("/admin/login/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/compte/login/")
    assert browser(make_user()).get("/admin/").status_code in (302, 403)


def test_staff_without_a_second_factor_are_sent_to_set_it_up(settings):
    dora = make_staff()
    assert browser(dora).get("/admin/").status_code == 200
    settings.STAFF_MFA_REQUIRED = True
    answer = browser(dora).get("/admin/")
    assert (answer.status_code, answer["Location"]) == (302, "/compte/2fa/totp/activate/")
    TOTP.activate(dora, generate_totp_secret())
    assert browser(dora).get("/admin/").status_code == 200


def test_links_in_mails_begin_with_the_sites_own_address(commit, settings):
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://shop.example", ["*"]
    make_user()
    visitor = browser()
    with commit():
        visitor.post("/compte/password/reset/", {"email": "alice@email.test"}, HTTP_HOST="evil.example")
        sign_up(visitor, email="new@email.test")
    assert len(mail.outbox) == 2
    for message in mail.outbox:
        assert "https://shop.example/compte/" in message.body
        assert "evil.example" not in message.body


def test_with_mandatory_proof_the_page_answers_alike_for_a_known_address(commit, settings):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    make_user()
    with commit():
        known, new = sign_up(browser(), email="alice@email.test"), sign_up(browser(), email="new@email.test")
    assert (known.status_code, known["Location"]) == (new.status_code, new["Location"])
    assert sorted(message.to for message in mail.outbox) == [["alice@email.test"], ["new@email.test"]]
    assert User.objects.count() == 2
