"""People without an account: by e-mail, else by text message, once, and never lost."""

import json
from datetime import time, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from config.lib import jobs
from config.lib.jobs import JobState
from config.lib.testing import browser
from garage.clients.tests.factories import client_of
from support.notifications import rules, services
from support.notifications.models import Channel, Notification, OutsideMessage

pytestmark = pytest.mark.django_db
PHONE = "+33612345678"


@pytest.fixture(autouse=True)
def _by_day(monkeypatch):
    monkeypatch.setattr(rules, "NIGHT", (time(0), time(0)))


def tell(key="order:1", **values):
    given = {
        "number": "CMD-7", "email": "ines@email.test", "phone": "", "language": "fr", "kind": "order_shipped",
        "url": "/suivi/1/",
    }
    return services.tell_contact(dedupe_key=key, **{**given, **values})


def test_mail_goes_out_in_the_readers_language_with_the_whole_address(settings, commit):
    settings.SITE_URL = "https://site.test"
    with commit():
        tell(language="en")
    (letter,) = mail.outbox
    assert letter.to == ["ines@email.test"]
    assert letter.subject == "Order CMD-7 is on its way out"
    assert "https://site.test/suivi/1/" in letter.body
    assert "because you are a client" in letter.body
    assert "your account" not in letter.body
    assert not Notification.objects.exists()


def test_text_message_is_for_who_has_no_mail(commit, var_dir):
    with commit():
        both = tell(phone=PHONE)
        phone_only = tell(key="order:2", email="", phone=PHONE)
    assert [m.channel for m in both] == [Channel.EMAIL]
    assert [m.channel for m in phone_only] == [Channel.SMS]
    (file,) = (var_dir / "sms").iterdir()
    sent = json.loads(file.read_text())
    assert sent["to"] == PHONE
    assert "CMD-7" in sent["text"]


def test_out_of_reach_owes_nothing(commit):
    with commit():
        assert tell(email="") == []
        assert tell(email="", phone=PHONE, kind="order_paid", total="") == [], "this kind never goes by text message"


def test_same_news_twice_is_told_once(commit):
    with commit():
        tell()
        tell()
    assert OutsideMessage.objects.count() == len(mail.outbox) == 1


def test_no_text_message_at_night(commit, monkeypatch, var_dir):
    now = timezone.localtime()
    night = ((now - timedelta(minutes=5)).time(), (now + timedelta(minutes=5)).time().replace(second=0, microsecond=0))
    monkeypatch.setattr(rules, "NIGHT", night)
    with commit():
        (message,) = tell(email="", phone=PHONE)
    assert message.state == JobState.A_FAIRE
    assert timezone.localtime(message.next_attempt_at).time() == night[1]
    assert not (var_dir / "sms").exists()


def test_dead_provider_loses_nothing(settings, commit):
    settings.SMS_BACKEND, settings.SMS_HTTP_URL, settings.SMS_HTTP_TOKEN = "http", "http://127.0.0.1:9", ""
    with commit():
        (message,) = tell(email="", phone=PHONE)
    message.refresh_from_db()
    assert (message.state, message.tries) == (JobState.A_FAIRE, 1)
    settings.SMS_BACKEND = "file"
    OutsideMessage.objects.update(next_attempt_at=timezone.now() - timedelta(minutes=1))
    assert jobs.ring_overdue() == 1
    message.refresh_from_db()
    assert message.state == JobState.FAIT
    assert services.send_outside(message_id=message.pk) is False, "sent once"


def test_staff_sends_again_what_failed(admin_user, settings, commit):
    with commit():
        (message,) = tell(email="", phone=PHONE)
    OutsideMessage.objects.update(state=JobState.ECHEC)
    with commit():
        browser(admin_user).post(
            "/admin/support/outsidemessage/", {"action": "send_again", "_selected_action": [message.pk]}
        )
    message.refresh_from_db()
    assert message.state == JobState.FAIT


def test_forgotten_client_leaves_no_message(commit):
    client, other = client_of(), client_of(name="Bob")
    tell(client_id=client.pk)
    kept = tell(key="2", client_id=other.pk)
    services.forget_client(client_id=client.pk)
    assert list(OutsideMessage.objects.all()) == kept


def test_secret_is_in_the_message_and_nowhere_else(commit, monkeypatch):
    monkeypatch.setattr(services.outside, "_secrets", {})
    services.register_secret(kind="order_shipped", read=lambda pk: "482913" if pk == 5 else "")
    with commit():
        (sent,) = tell(number="{secret}", secret_id=5)
        (stale,) = tell(key="2", number="{secret}", secret_id=6)
    assert ["482913" in letter.subject for letter in mail.outbox] == [True]
    sent.refresh_from_db()
    assert "482913" not in f"{sent.subject}{sent.body}{sent.url}{sent.provider_ref}"
    stale.refresh_from_db()
    assert stale.state == JobState.ECHEC
