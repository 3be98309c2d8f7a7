"""What clients of the garage, with or without an account, and its staff hear of quotes."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from config.lib.actors import SYSTEM
from config.lib.testing import browser
from garage.clients import services as clients
from garage.clients.tests.factories import client_of
from garage.quotes import queries, services
from garage.quotes.events import quote_follow_up_due
from garage.quotes.models import Quote, SignCode
from garage.quotes.services import signing
from garage.quotes.tests.factories import accept, quote_of
from garage.vehicles.tests.factories import vehicle_of
from support.notifications import rules
from support.notifications.models import Channel, Notification, OutsideMessage, Preference, Topic

pytestmark = pytest.mark.django_db
PHONE = "+33612345678"


@pytest.fixture(autouse=True)
def _by_day(monkeypatch):
    monkeypatch.setattr(rules, "NIGHT", rules.NIGHT[:1] * 2)


@pytest.fixture
def visitor(db):
    """A client without an account, who reads English."""
    return client_of(name="Inès Roy", email="ines@email.test", phone=PHONE, language="en")


def quote_for(client, **values) -> Quote:
    return quote_of(vehicle=vehicle_of(client), **values)


def told(user):
    return list(Notification.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))


def outside():
    return list(OutsideMessage.objects.order_by("pk").values_list("kind", "channel"))


def test_client_without_account_gets_the_signed_link_by_the_ways_that_staff_chose(visitor, commit):
    quote = quote_for(visitor)
    with commit():
        services.send_quote(actor=SYSTEM, quote_id=quote.pk, email=True, sms=True)
    quote.refresh_from_db()
    assert outside() == [("quote_sent", "EMAIL"), ("quote_sent", "SMS")]
    (letter,) = mail.outbox
    assert letter.to == ["ines@email.test"]
    assert letter.subject == f"Your quote {quote.number} for Renault Kangoo AB-123-CD"
    assert queries.public_url(quote) in letter.body
    assert "€90.00" in letter.body


def test_client_with_account_hears_in_his_feed_and_by_his_preferences(alice, commit):
    Preference.objects.create(user=alice, topic=Topic.GARAGE, channel=Channel.EMAIL, enabled=False)
    quote = quote_of(alice)
    with commit():
        services.send_quote(actor=SYSTEM, quote_id=quote.pk)
    assert told(alice) == ["quote_sent"]
    assert not mail.outbox
    assert not outside()
    assert Notification.objects.get().url == f"/garage/mes-devis/{quote.pk}/"


def test_the_mail_of_a_client_with_account_opens_on_a_phone_that_is_not_signed_in(alice, commit):
    quote = quote_of(alice)
    with commit():
        services.send_quote(actor=SYSTEM, quote_id=quote.pk)
    quote.refresh_from_db()
    (letter,) = mail.outbox
    link = queries.public_url(quote)
    assert link in letter.body
    assert "/mes-devis/" not in letter.body
    assert browser().get(link).status_code == 200


def test_text_message_that_staff_chose_reaches_a_client_with_account_once(alice, commit):
    quote = quote_for(client_of(alice, phone=PHONE, email=alice.email))
    with commit():
        services.send_quote(actor=SYSTEM, quote_id=quote.pk, email=False, sms=True)
    assert told(alice) == ["quote_sent"]
    assert outside() == [("quote_sent", "SMS")]


def test_acceptance_at_a_distance_is_confirmed_with_the_right_to_withdraw(alice, dora, commit):
    quote = quote_of(alice)
    with commit():
        services.send_quote(actor=SYSTEM, quote_id=quote.pk)
    mail.outbox.clear()
    with commit():
        accept(quote, actor=alice, signed_by="Alice Martin", start_now=True)
    assert told(alice)[-1] == "quote_accepted_distance"
    assert told(dora) == ["quote_accepted_staff"]
    for user in (alice, dora):
        for row in Notification.objects.filter(user=user):
            assert browser(user).get(row.url).status_code == 200, row.kind
    (letter,) = [m for m in mail.outbox if m.to == [alice.email]]
    for words in ("Vidange", "90,00", "Alice Martin"):
        assert words in letter.body
    body = Notification.objects.get(kind="quote_accepted_distance").body
    assert quote.acceptances.get().withdraw_until.strftime("%Y") in body


def test_acceptance_at_the_counter_names_no_right_to_withdraw_and_staff_who_did_it_hear_nothing(alice, dora, commit):
    quote = quote_of(alice)
    with commit():
        accept(quote, actor=dora)
    assert told(alice) == ["quote_accepted"]
    assert told(dora) == []


def test_confirmation_cannot_be_switched_off(alice, commit):
    Preference.objects.create(user=alice, topic=Topic.GARAGE, channel=Channel.EMAIL, enabled=False)
    quote = quote_of(alice, sent=True)
    with commit():
        accept(quote)
    assert [m.to for m in mail.outbox] == [[alice.email]]


def test_declining_tells_staff_why(visitor, dora, commit):
    quote = quote_for(visitor, sent=True)
    with commit():
        services.refuse_quote(actor=SYSTEM, quote_id=quote.pk, reason="Trop cher")
    assert outside() == [("quote_declined", "EMAIL")]
    row = Notification.objects.get(user=dora)
    assert row.kind == "quote_declined_staff"
    assert "Trop cher" in row.body
    assert "Inès Roy" in row.subject


def test_draft_put_aside_is_told_to_nobody(visitor, dora, commit):
    with commit():
        services.refuse_quote(actor=dora, quote_id=quote_for(visitor).pk)
    assert not outside()
    assert not Notification.objects.exists()


def test_expiry_and_follow_up(visitor, commit):
    quote = quote_for(visitor, sent=True)
    Quote.objects.filter(pk=quote.pk).update(followed_up_at=timezone.now())
    quote_follow_up_due.send(quote_id=quote.pk)
    quote_follow_up_due.send(quote_id=quote.pk)
    Quote.objects.filter(pk=quote.pk).update(valid_until=timezone.localdate() - timedelta(days=1))
    with commit():
        services.expire_quotes()
    assert outside() == [("quote_follow_up", "EMAIL"), ("quote_expired", "EMAIL")]


@pytest.mark.parametrize("channel,to", [("EMAIL", "ines@email.test"), ("SMS", PHONE)])
def test_signing_code_goes_to_its_address_and_stays_nowhere(visitor, commit, var_dir, channel, to):
    quote = quote_for(visitor, sent=True)
    clients.record_consent(actor=SYSTEM, client_id=visitor.pk, kind="SMS", given=False, source="ECRIT")
    with commit():
        code = signing.send_code(quote_id=quote.pk, version=quote.version, channel=channel)
    digits = queries.code_text(code)
    row = OutsideMessage.objects.get()
    assert (row.channel, row.destination, row.state) == (channel, to, "FAIT")
    assert digits not in str(OutsideMessage.objects.values().get())
    files = "".join(path.read_text() for path in var_dir.glob("sms/*"))
    assert (digits in files) == (channel == "SMS")
    assert (digits in "".join(m.subject for m in mail.outbox)) == (channel == "EMAIL")


def test_code_is_never_in_a_feed_and_no_preference_stops_it(alice, commit):
    Preference.objects.create(user=alice, topic=Topic.GARAGE, channel=Channel.EMAIL, enabled=False)
    quote = quote_of(alice, sent=True)
    with commit():
        signing.send_code(quote_id=quote.pk, version=quote.version, channel="EMAIL")
    assert len(mail.outbox) == 1
    assert told(alice) == []


def test_code_that_ran_out_before_it_could_be_sent_is_not_sent(visitor, commit):
    quote = quote_for(visitor, sent=True)
    with commit():
        code = signing.send_code(quote_id=quote.pk, version=quote.version, channel="EMAIL")
        SignCode.objects.filter(pk=code.pk).update(expires_at=timezone.now())
    assert not mail.outbox
    assert OutsideMessage.objects.get().state == "ECHEC"


def test_withdrawal_is_receipted_with_its_date_and_told_to_staff(alice, dora, commit):
    quote = quote_of(alice, sent=True)
    with commit():
        accept(quote, actor=alice)
    mail.outbox.clear()
    with commit():
        services.withdraw(actor=alice, quote_id=quote.pk, name="Alice Martin")
    assert told(alice)[-1] == "withdrawal_receipt"
    assert told(dora)[-1] == "withdrawal_staff"
    assert "quote_declined" not in told(alice)
    body = Notification.objects.get(kind="withdrawal_receipt").body
    assert str(timezone.localdate().year) in body
    assert quote.number in body


def test_forgotten_client_leaves_no_message(visitor, commit):
    quote = quote_for(visitor)
    with commit():
        services.send_quote(actor=SYSTEM, quote_id=quote.pk)
    services.refuse_quote(actor=SYSTEM, quote_id=quote.pk)
    assert OutsideMessage.objects.exists()
    with commit():
        clients.forget_client(actor=SYSTEM, client_id=visitor.pk)
    assert not OutsideMessage.objects.exists()
