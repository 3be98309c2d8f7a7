"""Forgotten, chosen anew, changed."""

import re

import pytest
from django.core import mail
from rest_framework.test import APIClient

from accounts.users import services
from accounts.users.models import OutgoingMail, User
from accounts.users.tests.factories import PASSWORD, make_user
from config.lib.testing import api, browser

pytestmark = pytest.mark.django_db
NEW = "un-vélo-à-trois-roues"


def forgot(email, commit):
    with commit():
        return api().post("/api/auth/password/forgot", {"email": email})


def link():
    return re.search(r"/compte/password/reset/key/([0-9a-z]+)-([^/]+)/", mail.outbox[-1].body)


def test_forgot_answers_the_same_and_mails_only_the_known(commit):
    make_user()
    answers = [forgot(email, commit) for email in ("alice@email.test", "nobody@email.test")]
    assert [(a.status_code, a.content) for a in answers] == [(202, b"")] * 2
    assert [m.to for m in mail.outbox] == [["alice@email.test"]]
    assert OutgoingMail.objects.filter(state="FAIT").count() == 2


def test_the_mail_speaks_the_readers_language(commit):
    make_user("bob", language="en")
    forgot("bob@email.test", commit)
    assert "Choose a new password" in mail.outbox[0].body


def test_the_link_works_once_and_ends_the_old_tokens(commit):
    user = make_user()
    token = services.issue_token(user=user).token
    forgot("alice@email.test", commit)
    uid, key = link().groups()
    body = {"uid": uid, "token": key, "new_password": NEW}
    assert api().post("/api/auth/password/reset", body).status_code == 204
    assert APIClient(HTTP_AUTHORIZATION=f"Token {token}").get("/api/auth/profile").status_code == 401
    assert api().post("/api/auth/login", {"email": user.email, "password": NEW}).status_code == 200
    again = api().post("/api/auth/password/reset", body)
    assert (again.status_code, list(again.json()["errors"])) == (422, ["token"])


def test_the_same_link_opens_the_page(commit, client):
    make_user()
    forgot("alice@email.test", commit)
    page = client.get(link().group(0), follow=True)
    done = client.post(page.request["PATH_INFO"], {"password1": NEW, "password2": NEW})
    assert done.status_code == 302
    assert User.objects.get().check_password(NEW)


@pytest.mark.parametrize("uid, token", [("x", "y"), ("1", "y"), ("zzzzzzzzzzzzzzzzzz", "a-b"), ("", ""), ("é", "é")])
def test_a_bad_link_is_refused(uid, token):
    make_user()
    answer = api().post("/api/auth/password/reset", {"uid": uid, "token": token, "new_password": NEW})
    assert answer.status_code == 422


def test_a_weak_new_password_is_refused_on_its_field(commit):
    user = make_user()
    forgot("alice@email.test", commit)
    uid, key = link().groups()
    answer = api().post("/api/auth/password/reset", {"uid": uid, "token": key, "new_password": "123"})
    assert list(answer.json()["errors"]) == ["new_password"]
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)


def test_changing_keeps_this_device_and_ends_the_others():
    user = make_user()
    this, other = (
        APIClient(HTTP_AUTHORIZATION=f"Token {services.issue_token(user=user).token}") for _ in range(2)
    )
    body = {"old_password": PASSWORD, "new_password": NEW}
    assert this.post("/api/auth/password/change", body).status_code == 204
    assert this.get("/api/auth/profile").status_code == 200
    assert other.get("/api/auth/profile").status_code == 401
    wrong = this.post("/api/auth/password/change", body)
    assert list(wrong.json()["errors"]) == ["old_password"]


def test_changing_by_the_page_ends_the_tokens():
    user = make_user()
    token = APIClient(HTTP_AUTHORIZATION=f"Token {services.issue_token(user=user).token}")
    page = browser(user).post(
        "/compte/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    )
    assert page.status_code == 302
    assert User.objects.get().check_password(NEW)
    assert token.get("/api/auth/profile").status_code == 401


def test_a_post_office_that_is_down_keeps_the_mail_owed(commit, monkeypatch):
    make_user()
    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.message.EmailMessage.send", lambda self: 1 / 0)
        forgot("alice@email.test", commit)
    row = OutgoingMail.objects.get()
    assert (row.state, row.tries) == ("A_FAIRE", 1)
    assert "division" in row.last_error
