"""What clients of the garage hear of their bills."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from config.lib.actors import SYSTEM
from garage.billing import queries
from garage.billing import services as billing
from garage.billing.models import Bill
from garage.billing.tests.factories import accepted_quote, at_counter, bill_of, deposit_on
from garage.clients.tests.factories import client_of
from garage.vehicles.tests.factories import vehicle_of
from support.notifications.models import Notification, OutsideMessage

pytestmark = pytest.mark.django_db


def told(user):
    return [
        kind for kind in Notification.objects.filter(user=user).order_by("pk").values_list("kind", flat=True)
        if kind.startswith("bill")
    ]


def test_invoice_payment_and_what_the_account_shows(alice, commit):
    quote = accepted_quote(alice)
    with commit():
        bill = billing.issue_invoice(actor=SYSTEM, quote_id=quote.pk)
    assert told(alice) == ["bill_issued"]
    row = Notification.objects.get(kind="bill_issued")
    assert row.url == f"/garage/factures/{bill.pk}/"
    assert "181,90" in row.body
    with commit():
        at_counter(bill, "181.90")
    assert told(alice) == ["bill_issued", "bill_paid"]


def test_client_without_account_gets_the_link_to_pay(commit):
    client = client_of(name="Inès", email="ines@email.test", language="en")
    quote = accepted_quote(vehicle=vehicle_of(client))
    with commit():
        bill = billing.issue_invoice(actor=SYSTEM, quote_id=quote.pk)
    assert list(OutsideMessage.objects.values_list("kind", flat=True)) == ["bill_issued"]
    assert queries.public_url(bill) in mail.outbox[-1].body
    assert "€181.90" in mail.outbox[-1].body


def test_deposit_is_called_one(alice, commit):
    quote = accepted_quote(alice)
    with commit():
        deposit_on(quote)
    assert told(alice) == ["bill_deposit"]


def test_reminder_of_what_is_due_and_none_once_paid(alice, commit):
    bill = bill_of(alice)
    Bill.objects.filter(pk=bill.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    for _time in range(2):
        with commit():
            billing.remind_overdue()
    assert told(alice).count("bill_overdue") == 1
    at_counter(bill, "181.90")
    Bill.objects.filter(pk=bill.pk).update(due_on=timezone.localdate() - timedelta(days=40))
    with commit():
        billing.remind_overdue()
    assert told(alice).count("bill_overdue") == 1
