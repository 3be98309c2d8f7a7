"""Payouts by mobile money: paid, refused, paid later, unknown; asked again and never sent twice."""

import time
from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.utils import timezone

from accounts.payments.gateways import simulated
from accounts.payments.gateways.base import Answer, GatewayDown, Outcome
from accounts.payments.models import Disagreement, SimulatedCharge, WebhookEvent
from accounts.payouts import audit, services
from accounts.payouts.models import MobileTransfer, Payout
from accounts.payouts.services.mobile import record_answer
from accounts.payouts.tests.factories import LATER, MOBILE, REFUSED, earn, payout
from accounts.wallet.queries import balance_of, system_account, wallet_of
from config.lib.actors import SYSTEM
from config.lib.jobs import JobState
from config.lib.testing import api

pytestmark = pytest.mark.django_db
S = Payout.Status


@pytest.fixture
def sent(alice, commit):
    """`sent(number)`: a payout of 40 € after its job ran."""
    earn(alice)

    def send(number):
        with commit():
            row = payout(alice, "40", number)
        row.refresh_from_db()
        return row

    return send


def due_now():
    MobileTransfer.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=1))


def test_paid_at_once(sent, alice):
    row = sent(MOBILE)
    assert (row.status, row.provider, row.provider_ref[:6]) == (S.PAYE, "simulated", "simpo_")
    assert (balance_of(wallet_of(alice)), wallet_of(alice).held) == (D("60"), 0)
    assert balance_of(system_account("CLEARING")) == D("40")
    assert [change.to_status for change in row.history.all()] == [S.PRET, S.ENVOYE, S.PAYE]
    assert list(audit.faults()) == []


def test_refused_opens_a_case_and_keeps_the_amount_held(sent, alice, admin_user):
    row = sent(REFUSED)
    assert (row.status, row.why) == (S.ECHOUE, "unknown_number")
    case = Disagreement.objects.get()
    assert (case.kind, case.reference, case.provider, case.amount) == (
        "VERSEMENT_ECHOUE", f"payout:{row.pk}", "simulated", 0,
    )
    assert wallet_of(alice).held == D("40")
    services.return_to_wallet(actor=admin_user, payout_id=row.pk)
    assert wallet_of(alice).available == D("100")
    assert list(audit.faults()) == []


def told(charge, outcome=Outcome.OK):
    """The provider's signed webhook, by the door."""
    body = simulated.event_body(charge, outcome)
    return api().generic(
        "POST", "/api/payments/webhooks/simulated", body, content_type="application/json",
        HTTP_SIMULATED_SIGNATURE=simulated.sign(body, int(time.time())),
    )


@pytest.fixture
def pending(alice, monkeypatch):
    """A payout that the provider has taken, and will settle later."""
    monkeypatch.setattr("accounts.payments.gateways.simulated.ring", lambda *_args, **_kwargs: None)
    row = payout(earn(alice), "40", LATER)
    services.send_mobile_payout(transfer_id=row.transfer.pk)
    row.refresh_from_db()
    assert row.status == S.ENVOYE
    return row


def test_paid_later_by_webhook_heard_three_times(pending, alice, commit):
    for _ in range(3):
        with commit():
            assert told(SimulatedCharge.objects.get()).status_code == 200
    pending.refresh_from_db()
    assert pending.status == S.PAYE
    assert WebhookEvent.objects.get().outcome == f"payout {pending.pk} PAYE"
    assert balance_of(wallet_of(alice)) == D("60")
    assert list(audit.faults()) == []


def test_paid_and_then_taken_back_stands_on_the_desk(pending, alice, commit):
    for outcome in (Outcome.OK, Outcome.DECLINED, Outcome.OK):
        with commit():
            told(SimulatedCharge.objects.get(), outcome)
    pending.refresh_from_db()
    assert pending.status == S.ECHOUE
    assert balance_of(system_account("UNAPPLIED")) == D("40")
    assert Disagreement.objects.get().amount == D("40")
    assert list(audit.faults()) == []


def test_failed_and_then_paid_after_all(pending, commit):
    for outcome in (Outcome.DECLINED, Outcome.OK):
        with commit():
            told(SimulatedCharge.objects.get(), outcome)
    pending.refresh_from_db()
    assert pending.status == S.PAYE
    case = Disagreement.objects.get()
    assert (case.status, case.outcome) == ("RESOLU", "ACCEPTE")  # nobody is left with a case that nothing can settle
    assert list(audit.faults()) == []


def test_paid_after_it_was_given_back_is_a_difference_not_a_loss(pending, commit):
    with commit():
        told(SimulatedCharge.objects.get(), Outcome.DECLINED)
    services.return_to_wallet(actor=SYSTEM, payout_id=pending.pk)
    for _ in range(2):
        record_answer(payout_id=pending.pk, answer=Answer(Outcome.OK, "x", D("40.00")))
    case = Disagreement.objects.get(kind="MONTANT_DIFFERENT")
    assert (case.amount, balance_of(system_account("UNAPPLIED"))) == (D("-40"), D("-40"))
    assert list(audit.faults()) == []


def test_another_amount_is_a_case(pending):
    record_answer(payout_id=pending.pk, answer=Answer(Outcome.OK, "x", D("41.50")))
    pending.refresh_from_db()
    assert pending.status == S.PAYE
    assert Disagreement.objects.get().amount == D("-1.50")
    assert balance_of(system_account("CLEARING")) == D("41.50")
    assert list(audit.faults()) == []


def test_an_unknown_event_touches_no_payout(pending):
    assert services.hear(provider="simulated", said=simulated.SimulatedGateway().parse(
        body='{"id": "e", "type": "payout.succeeded", "data": {"ref": "no", "key": "payout:999", "amount": 1}}'
    )) == ""


def test_a_provider_that_is_down_is_asked_again_with_the_same_key(alice, monkeypatch):
    asked = []

    def down(self, *, key, **_given):
        asked.append(key)
        raise GatewayDown("no answer")

    row = payout(earn(alice), "40", MOBILE)
    with monkeypatch.context() as broken:
        broken.setattr(simulated.SimulatedGateway, "pay_out", down)
        services.send_mobile_payout(transfer_id=row.transfer.pk)
    row.refresh_from_db()
    assert (row.status, row.transfer.state, row.transfer.last_error) == (S.ENVOYE, JobState.A_FAIRE, "no answer")
    due_now()
    services.send_mobile_payout(transfer_id=row.transfer.pk)
    row.refresh_from_db()
    assert (row.status, asked, SimulatedCharge.objects.get().key) == (S.PAYE, [f"payout:{row.pk}"], f"payout:{row.pk}")


def test_a_lost_answer_is_found_and_nothing_is_sent_twice(alice, monkeypatch):
    row = payout(earn(alice), "40", MOBILE)
    real = simulated.SimulatedGateway.pay_out

    def lost(self, **given):
        real(self, **given)
        raise GatewayDown("the line broke after it was sent")

    with monkeypatch.context() as broken:
        broken.setattr(simulated.SimulatedGateway, "pay_out", lost)
        services.send_mobile_payout(transfer_id=row.transfer.pk)
    monkeypatch.setattr(simulated.SimulatedGateway, "pay_out", lambda *_a, **_k: pytest.fail("sent twice"))
    due_now()
    services.send_mobile_payout(transfer_id=row.transfer.pk)
    row.refresh_from_db()
    assert row.status == S.PAYE
    assert balance_of(wallet_of(alice)) == D("60")


def test_what_was_cancelled_is_never_sent(alice, monkeypatch):
    row = payout(earn(alice), "40", MOBILE)
    services.cancel(actor=alice, payout_id=row.pk)
    monkeypatch.setattr(simulated.SimulatedGateway, "pay_out", lambda *_a, **_k: pytest.fail("sent"))
    services.send_mobile_payout(transfer_id=row.transfer.pk)
    row.refresh_from_db()
    assert (row.status, MobileTransfer.objects.get().state) == (S.ANNULE, JobState.FAIT)


def test_a_webhook_that_never_came_is_made_up_for_by_asking(pending):
    assert services.ask_again() == 0
    Payout.objects.update(updated_at=timezone.now() - timedelta(minutes=5))
    assert services.ask_again() == 1
    pending.refresh_from_db()
    assert pending.status == S.ENVOYE
    SimulatedCharge.objects.update(outcome=Outcome.OK)
    Payout.objects.update(updated_at=timezone.now() - timedelta(minutes=5))
    services.ask_again()
    pending.refresh_from_db()
    assert pending.status == S.PAYE


def test_sent_again_after_a_refusal_is_another_transfer(sent, alice, admin_user, commit):
    row = sent(REFUSED)
    Payout.objects.filter(pk=row.pk).update(number=MOBILE)
    with commit():
        again = services.retry_payout(actor=admin_user, payout_id=row.pk)
    again.refresh_from_db()
    assert again.status == S.PAYE
    assert set(SimulatedCharge.objects.values_list("key", flat=True)) == {f"payout:{row.pk}", f"payout:{again.pk}"}
    assert list(audit.faults()) == []
