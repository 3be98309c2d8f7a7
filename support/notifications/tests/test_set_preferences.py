"""What a person chose, and the hours in which no phone rings."""

from datetime import time
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.utils import timezone

from config.lib.jobs import JobState
from config.lib.testing import api, browser
from support.notifications import services
from support.notifications.models import Channel, Dispatch, QuietHours
from support.notifications.rules import is_quiet, may_text, not_before

pytestmark = pytest.mark.django_db
URL = "/api/notifications/preferences"


def shipped(user, key="1"):
    return services.notify(user=user, kind="order_shipped", dedupe_key=key, number="CMD-1", url="/commandes/1/")


def test_defaults_are_mail_and_push(alice):
    topics = {row["topic"]: row["channels"] for row in api(alice).get(URL).json()["topics"]}
    assert topics["COMMANDES"] == {"EMAIL": True, "SMS": False, "PUSH": True}


def test_what_is_switched_off_is_not_sent(alice, commit):
    body = {"topics": [{"topic": "COMMANDES", "channels": {"EMAIL": False}}]}
    data = api(alice).put(URL, body).json()
    assert data["topics"][0]["channels"] == {"EMAIL": False, "SMS": False, "PUSH": True}
    with commit():
        row = shipped(alice)
    assert not row.dispatches.exists()
    assert not mail.outbox
    assert row.pk, "the feed keeps it all the same"


def test_security_of_the_account_cannot_be_switched_off(alice, commit):
    services.set_preferences(actor=alice, channels={"COURSIER": {"EMAIL": False}})
    with commit():
        row = services.notify(user=alice, kind="courier_suspended", dedupe_key="x", url="/aide/")
    assert row.dispatches.filter(channel=Channel.EMAIL).exists()


def test_page_and_api_store_the_same(alice, bob):
    api(alice).put(URL, {
        "topics": [{"topic": "AIDE", "channels": {"EMAIL": False, "SMS": True, "PUSH": False}}],
        "quiet_from": "22:00", "quiet_until": "07:30",
    })
    form = {t["topic"]: [c for c, on in t["channels"].items() if on] for t in api(bob).get(URL).json()["topics"]}
    form |= {"AIDE": ["SMS"], "quiet_from": "22:00", "quiet_until": "07:30"}
    assert browser(bob).post("/notifications/preferences/", form).status_code == 302
    assert api(alice).get(URL).json() == api(bob).get(URL).json()
    page = browser(bob).get("/notifications/preferences/").content.decode()
    assert 'value="22:00"' in page


def test_wrong_choices_are_refused(alice):
    client = api(alice)
    assert client.put(URL, {"topics": [{"topic": "X", "channels": {}}]}).status_code == 422
    answer = client.put(URL, {"quiet_from": "22:00"})
    assert answer.status_code == 422
    assert "quiet_until" in answer.json()["errors"]
    assert browser(alice).post("/notifications/preferences/", {"quiet_from": "22:00"}).status_code == 422
    assert not QuietHours.objects.exists()


def test_quiet_hours_are_removed_by_null_and_kept_when_not_named(alice):
    client = api(alice)
    client.put(URL, {"quiet_from": "22:00", "quiet_until": "07:00"})
    client.put(URL, {"topics": []})
    assert QuietHours.objects.exists()
    client.put(URL, {"quiet_from": None, "quiet_until": None})
    assert not QuietHours.objects.exists()


@pytest.mark.parametrize("at,quiet", [
    (time(21, 59), False), (time(22), True), (time(23, 59), True), (time(0), True), (time(6, 59), True),
    (time(7), False), (time(12), False),
])
def test_hours_past_midnight(at, quiet):
    assert is_quiet(at=at, starts=time(22), ends=time(7)) is quiet


def test_phone_waits_for_the_morning():
    paris = ZoneInfo("Europe/Paris")
    night = timezone.datetime(2026, 3, 1, 23, 30, tzinfo=paris)
    assert not_before(now=night, quiet=(time(22), time(7))) == timezone.datetime(2026, 3, 2, 7, 0, tzinfo=paris)
    early = timezone.datetime(2026, 3, 2, 5, 0, tzinfo=paris)
    assert not_before(now=early, quiet=(time(22), time(7))) == timezone.datetime(2026, 3, 2, 7, 0, tzinfo=paris)
    noon = timezone.datetime(2026, 3, 2, 12, 0, tzinfo=paris)
    assert not_before(now=noon, quiet=(time(22), time(7))) == noon


def test_text_in_the_quiet_hours_is_owed_but_not_sent(person, commit, var_dir):
    user = person("sleeper", phone="+33612345678")
    services.set_preferences(
        actor=user, channels={"COMMANDES": {"SMS": True}}, quiet=(time(0), time(23, 59, 59))
    )
    with commit():
        shipped(user)
    text = Dispatch.objects.get(channel=Channel.SMS)
    assert text.state == JobState.A_FAIRE
    assert text.next_attempt_at > timezone.now()
    assert not (var_dir / "sms").exists()
    assert len(mail.outbox) == 1, "e-mail rings nowhere"


@pytest.mark.parametrize("number,fine", [
    ("+33612345678", True), ("+33899700123", False), ("+3312", False), ("+447911123456", True), ("3615", False),
    ("", False),
])
def test_premium_rate_and_wrong_numbers_are_refused(number, fine):
    assert may_text(number) is fine


def test_text_to_a_premium_rate_number_is_never_sent(person, commit, var_dir):
    user = person("premium", phone="+33899700123")
    services.set_preferences(actor=user, channels={"COMMANDES": {"SMS": True}})
    with commit():
        shipped(user)
    assert Dispatch.objects.get(channel=Channel.SMS).state == JobState.ECHEC
    assert not (var_dir / "sms").exists()
