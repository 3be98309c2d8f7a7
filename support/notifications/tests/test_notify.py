import re
from decimal import Decimal

import pytest
from django.core import mail
from django.db import transaction

from config.lib.jobs import JobState
from config.lib.testing import assert_max_queries
from support.notifications import services
from support.notifications.catalogue import ENTRIES
from support.notifications.models import Dispatch, Notification

pytestmark = pytest.mark.django_db


def paid(user, **extra):
    values = {"id": 7, "number": "CMD-2026-000007", "total": Decimal("42.50"), "url": "/commandes/7/", **extra}
    return services.notify(user=user, kind="order_paid", dedupe_key="order:7:PAYEE", **values)


def test_one_event_reaches_the_feed_and_the_mailbox_in_the_persons_language(alice, commit):
    with commit():
        row = paid(alice)
    assert row.url == "/commandes/7/"
    assert "CMD-2026-000007" in row.subject
    assert "42,50" in row.body
    message = mail.outbox[0]
    assert message.to == [alice.email]
    assert "/commandes/7/" in message.body
    assert "/commandes/7/" in message.alternatives[0][0]
    dispatch = row.dispatches.get()
    assert (dispatch.state, dispatch.tries) == (JobState.FAIT, 1)
    assert dispatch.provider_ref.startswith(f"<notification-{row.pk}-")


def test_english_reader_gets_english_text(person, commit):
    eve = person("eve", language="en")
    with commit():
        row = paid(eve)
    assert row.subject == "Order CMD-2026-000007 is paid"
    assert "€42.50" in row.body


def test_the_same_news_twice_is_told_once(alice, commit):
    with commit():
        first = paid(alice)
    with commit():
        again = paid(alice)
    assert first == again
    assert Notification.objects.count() == Dispatch.objects.count() == len(mail.outbox) == 1


def test_rolled_back_news_is_not_told(alice, django_capture_on_commit_callbacks):
    def tell_and_fail():
        with transaction.atomic():
            paid(alice)
            raise RuntimeError

    with django_capture_on_commit_callbacks(execute=True), pytest.raises(RuntimeError):
        tell_and_fail()
    assert not Notification.objects.exists()
    assert not mail.outbox


def test_closed_account_is_told_nothing(person, commit):
    gone = person("gone", is_active=False)
    with commit():
        assert paid(gone) is None
    assert not mail.outbox


def test_every_entry_of_the_catalogue_can_be_written_in_both_languages(person):
    for language in ("fr", "en"):
        reader = person(f"reader-{language}", language=language)
        for kind, entry in ENTRIES.items():
            gaps = {"id", *entry.route_args, *re.findall(r"%\((\w+)\)s", f"{entry.subject} {entry.body}")}
            row = services.notify(
                user=reader, kind=kind, dedupe_key=f"{language}:{kind}", url="/", **dict.fromkeys(gaps, Decimal("1"))
            )
            assert row.subject
            assert "%(" not in row.subject + row.body


def test_telling_costs_a_fixed_number_of_queries(alice):
    with assert_max_queries(11):
        paid(alice)
