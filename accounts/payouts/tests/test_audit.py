"""The proof of payouts: green over every fate, and red with the row named after one thing is altered."""

import pytest
from django.db import connection

from accounts.payouts import audit, services
from accounts.payouts.models import Payout, PayoutBatch
from accounts.payouts.tests.factories import LATER, MOBILE, OTHER_IBAN, REFUSED, earn, payout
from accounts.wallet import audit as ledger
from accounts.wallet.models import Hold, Posting
from config.lib.actors import SYSTEM
from config.lib.money import from_cents

pytestmark = pytest.mark.django_db
S = Payout.Status


@pytest.fixture
def fates(alice, commit, settings):
    """A payout in every status."""
    settings.WALLET_DAILY_LIMIT = from_cents(1_000_000)
    earn(alice, "5000")
    made = {}
    made["cancelled"] = services.cancel(actor=alice, payout_id=payout(alice, "10").pk)
    made["refused"] = services.refuse(actor=SYSTEM, payout_id=payout(alice, "11").pk, reason="no")
    paid, bounced, given, again = (payout(alice, amount) for amount in ("12", "13", "14", "15"))
    batch = services.run_payouts(actor=SYSTEM)
    services.execute_batch(actor=SYSTEM, batch_id=batch.pk)
    for row in (bounced, given, again):
        services.fail_payout(actor=SYSTEM, payout_id=row.pk, reason="AC04")
    services.return_to_wallet(actor=SYSTEM, payout_id=given.pk)
    services.retry_payout(actor=SYSTEM, payout_id=again.pk)
    sent, rejected = payout(alice, "16", OTHER_IBAN), payout(alice, "17")
    services.run_payouts(actor=SYSTEM)
    services.fail_payout(actor=SYSTEM, payout_id=rejected.pk, reason="AC01")
    with commit():
        payout(alice, "18", MOBILE), payout(alice, "19", REFUSED), payout(alice, "20", LATER)
    payout(alice, "4000")
    ready = payout(alice, "1", key="ready")
    Payout.objects.filter(pk=ready.pk).update(status=S.PRET)
    return {"paid": paid, "bounced": bounced, "given": given, "sent": sent, "ready": ready, "batch": batch, **made}


def test_every_fate_is_green(fates):
    assert set(Payout.objects.values_list("status", flat=True)) == set(S.values)
    assert list(audit.faults()) == []
    assert list(ledger.faults()) == []
    assert audit.counts() == {"payouts": 14, "batches": 2}


@pytest.mark.parametrize("fate, change", [
    ("paid", {"amount": from_cents(1)}),
    ("paid", {"status": S.ECHOUE}),
    ("paid", {"status": S.RENDU}),
    ("paid", {"status": S.ENVOYE}),
    ("paid", {"means": "MOBILE_MONEY", "batch": None}),
    ("bounced", {"status": S.PAYE}),
    ("bounced", {"status": S.RENDU}),
    ("given", {"returned": None}),
    ("given", {"status": S.RELANCE}),
    ("sent", {"status": S.ANNULE}),
    ("sent", {"batch": None}),
    ("sent", {"hold": None}),
    ("ready", {"status": S.RENDU}),
    ("ready", {"status": S.ENVOYE}),
    ("refused", {"status": S.PRET}),
    ("cancelled", {"status": S.ECHOUE}),
])
def test_a_changed_payout_is_named(fates, fate, change):
    row = fates[fate]
    Payout.objects.filter(pk=row.pk).update(**change)
    assert any(f"payout {row.pk} " in fault or "belongs to no payout" in fault for fault in audit.faults())


def test_a_changed_posting_is_named(fates):
    line = Posting.objects.get(transaction=Payout.objects.get(pk=fates["paid"].pk).transaction, amount__gt=0)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER accounts_posting_no_update")
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks still to come cannot be altered
            cursor.execute("ALTER TABLE accounts_posting DISABLE TRIGGER USER")
        cursor.execute("UPDATE accounts_posting SET amount = 1 WHERE id = %s", [line.pk])
    assert any(f"payout {fates['paid'].pk} " in fault for fault in audit.faults())


def test_a_lost_payout_leaves_a_stranger(fates):
    Hold.objects.filter(reference=f"payout:{fates['ready'].pk}").update(reference="payout:0")
    Payout.objects.filter(pk=fates["ready"].pk).update(hold=None)
    assert any("hold" in fault and "no payout" in fault for fault in audit.faults())


@pytest.mark.parametrize("change", [{"count": 5}, {"control_sum": from_cents(1)}, {"sha256": "0"}, {"file": b"<x/>"}])
def test_a_changed_batch_is_named(fates, change):
    PayoutBatch.objects.filter(pk=fates["batch"].pk).update(**change)
    assert any(fault.startswith(f"batch {fates['batch'].pk}") for fault in audit.faults())
