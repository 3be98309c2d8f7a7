"""A provider that is down loses nothing, and nothing is sent twice."""

import json
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from config.lib import jobs
from config.lib.jobs import JobState
from support.notifications import services
from support.notifications.models import Channel, Dispatch

pytestmark = pytest.mark.django_db
NOTHING_LISTENS = "http://127.0.0.1:9"


@pytest.fixture
def texter(person, settings):
    settings.SMS_BACKEND = "http"
    settings.SMS_HTTP_TOKEN = "secret"
    user = person("texter", phone="+33612345678", language="en")
    choices = {"COMMANDES": {"SMS": True, "EMAIL": False, "PUSH": False}}
    services.set_preferences(actor=user, channels=choices, keep_quiet=True)
    return user


def shipped(user):
    return services.notify(
        user=user, kind="order_shipped", dedupe_key="order:7:EXPEDIEE", id=7, number="CMD-7", url="/commandes/7/"
    )


def later(dispatch):
    Dispatch.objects.filter(pk=dispatch.pk).update(next_attempt_at=timezone.now() - timedelta(minutes=1))


def test_text_owed_to_a_dead_provider_is_kept_tried_again_and_sent_once(texter, settings, provider, commit):
    settings.SMS_HTTP_URL = NOTHING_LISTENS
    with commit():
        row = shipped(texter)
    dispatch = row.dispatches.get()
    assert (dispatch.channel, dispatch.state, dispatch.tries) == (Channel.SMS, JobState.A_FAIRE, 1)
    assert "ConnectError" in dispatch.last_error
    assert dispatch.next_attempt_at > timezone.now()
    assert services.send(dispatch_id=dispatch.pk) is False, "not before the delay is over"

    settings.SMS_HTTP_URL = f"{provider.url}/sms"
    provider.answer(503)
    provider.answer(201, {"id": "abc"})
    later(dispatch)
    assert jobs.ring_overdue() == 1
    dispatch.refresh_from_db()
    assert (dispatch.state, dispatch.tries) == (JobState.A_FAIRE, 2)
    later(dispatch)
    jobs.ring_overdue()
    dispatch.refresh_from_db()
    assert (dispatch.state, dispatch.provider_ref) == (JobState.FAIT, "abc")
    later(dispatch)
    assert jobs.ring_overdue() == 0
    assert services.send(dispatch_id=dispatch.pk) is False
    assert len(provider.requests) == 2
    keys = {r["headers"]["Idempotency-Key"] for r in provider.requests}
    assert len(keys) == 1, "both tries carry the same key, so that the provider can tell a repeat"
    sent = json.loads(provider.requests[-1]["body"])
    assert sent["to"] == "+33612345678"
    assert "/commandes/7/" in sent["text"]


def test_busy_provider_is_obeyed(texter, settings, provider, commit):
    settings.SMS_HTTP_URL = provider.url
    provider.answer(429, Retry_After="600")
    with commit():
        row = shipped(texter)
    dispatch = row.dispatches.get()
    assert dispatch.state == JobState.A_FAIRE
    assert dispatch.next_attempt_at > timezone.now() + timedelta(seconds=590)


def test_message_refused_for_good_is_not_tried_again(texter, settings, provider, commit):
    settings.SMS_HTTP_URL = provider.url
    provider.answer(400, {"error": "bad number"})
    with commit():
        row = shipped(texter)
    assert row.dispatches.get().state == JobState.ECHEC
    assert len(provider.requests) == 1


def test_staff_gives_a_failed_message_a_new_start(texter, settings, provider, commit):
    settings.SMS_HTTP_URL = provider.url
    provider.answer(400)
    provider.answer(200, {"id": "1"})
    with commit():
        row = shipped(texter)
    with commit():
        services.retry_dispatch(dispatch_id=row.dispatches.get().pk)
    assert row.dispatches.get().state == JobState.FAIT


def test_two_workers_send_a_message_once(texter, settings, provider):
    settings.SMS_HTTP_URL = provider.url
    provider.answer(200)
    row = shipped(texter)
    dispatch = row.dispatches.get()
    assert jobs.claim(Dispatch, dispatch.pk) is not None
    assert services.send(dispatch_id=dispatch.pk) is False
    assert not provider.requests


def test_mail_server_that_is_down_gets_the_mail_later(alice, settings, commit, monkeypatch):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    with commit():
        row = shipped(alice)
    dispatch = row.dispatches.get(channel=Channel.EMAIL)
    assert dispatch.state == JobState.A_FAIRE
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    later(dispatch)
    jobs.ring_overdue()
    assert len(mail.outbox) == 1


def test_default_writes_texts_to_files(texter, settings, commit, var_dir):
    settings.SMS_BACKEND = "file"
    with commit():
        row = shipped(texter)
    path = var_dir / "sms" / row.dispatches.get().provider_ref
    assert json.loads(path.read_text())["to"] == "+33612345678"
