"""Money that leaves: its owner hears of each step, and is warned of what he might not have done himself."""

import pytest
from django.core import mail

from accounts.payouts import services
from accounts.payouts.tests.factories import IBAN, OTHER_IBAN, REFUSED, destination, earn, payout
from config.lib.actors import SYSTEM
from support.notifications.models import Channel, Notification, Preference, Topic

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _bank_account(settings):
    settings.SHOP_IBAN = IBAN


def told(user):
    return list(Notification.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))


def test_a_new_destination_is_told_by_mail_whatever_the_preferences(alice, commit):
    Preference.objects.create(user=alice, topic=Topic.ARGENT, channel=Channel.EMAIL, enabled=False)
    with commit():
        destination(alice)
    assert told(alice) == ["destination_added"]
    assert [message.to for message in mail.outbox] == [[alice.email]]
    assert "FR76 •••• 0189" in mail.outbox[0].body
    assert IBAN not in mail.outbox[0].body
    with commit():
        services.add_destination(actor=alice, to=IBAN)
    assert told(alice) == ["destination_added"]


def test_each_step_of_a_reviewed_payout(alice, dora, commit):
    with commit():
        row = payout(earn(alice, "2000"), "700")
    with commit():
        services.accept(actor=dora, payout_id=row.pk)
    with commit():
        batch = services.run_payouts(actor=dora)
    with commit():
        services.execute_batch(actor=dora, batch_id=batch.pk)
    assert told(alice) == ["destination_added", "payout_waits", "payout_ready", "payout_sent", "payout_paid"]
    assert told(dora) == ["payout_review"]


def test_the_reason_of_a_refusal_is_told(alice, dora, commit):
    row = payout(earn(alice, "2000"), "700")
    with commit():
        services.refuse(actor=dora, payout_id=row.pk, reason="The name differs.")
    assert "The name differs" in Notification.objects.get(kind="payout_refused").body


def test_a_failed_payout_and_its_end(alice, commit):
    with commit():
        row = payout(earn(alice), "40", REFUSED)
    with commit():
        services.return_to_wallet(actor=SYSTEM, payout_id=row.pk)
    assert told(alice)[-2:] == ["payout_failed", "payout_given_back"]


def test_the_clocks_file_is_told_to_managers_and_weekly_payouts_only_when_sent(alice, dora, commit):
    destination(earn(alice, "30"), OTHER_IBAN, automatic=True)
    with commit():
        services.run_weekly()
    assert told(dora) == ["batch_written"]
    assert told(alice) == ["payout_sent"]
    assert Notification.objects.get(user=dora).url.endswith("/change/")
