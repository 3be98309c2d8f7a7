"""Asking for money, what comes back at once and what comes back later."""

import time
from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.utils import timezone

from accounts.payments import services
from accounts.payments.gateways import gateway
from accounts.payments.gateways.simulated import SIGNATURE_HEADER, event_body, sign
from accounts.payments.models import Payment, PaymentFact, Refund, SimulatedCharge, WebhookEvent
from accounts.payments.rules import AlreadyPaid, BadSignature, KeyOfAnother, PaymentInProgress, RefundTooLarge
from accounts.payments.services import charges
from accounts.users.models import User
from accounts.wallet.models import Transaction
from accounts.wallet.queries import balance_of, system_account, wallet_of
from accounts.wallet.rules import InsufficientFunds
from config.lib.actors import SYSTEM
from config.lib.errors import PaymentDeclined

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice():
    return User.objects.create_user("alice@email.test", "password123")


def pay(user, token="tok_ok", method="CARTE", key="k1", amount="20", reference="order:1"):
    return services.charge(actor=user, reference=reference, amount=D(amount), method=method, token=token, key=key)


def announce(charge, *, body=None):
    body = body or event_body(charge)
    event = services.ingest(
        provider="simulated", headers={SIGNATURE_HEADER: sign(body, int(time.time()))}, body=body
    )
    services.handle_webhook(event_id=event.pk)
    return event


def test_a_good_card_pays_at_once(alice):
    payment = pay(alice)
    assert payment.status == "REUSSI"
    assert balance_of(system_account("UNAPPLIED")) == D("20")
    assert balance_of(system_account("CLEARING")) == D("-20")
    assert [h.to_status for h in payment.history.all()] == ["EN_COURS", "REUSSI"]


@pytest.mark.parametrize("token", ["tok_declined", "", "tok_nonsense"])
def test_a_declined_card_charges_nothing_and_is_remembered(alice, token):
    with pytest.raises(PaymentDeclined):
        pay(alice, token=token)
    assert Payment.objects.get().status == "REFUSE"
    assert PaymentFact.objects.filter(kind="REPONSE").count() == 1
    assert not Transaction.objects.exists()


def test_after_a_decline_another_attempt_may_succeed(alice):
    with pytest.raises(PaymentDeclined):
        pay(alice, token="tok_declined")
    assert pay(alice, key="k2").status == "REUSSI"


def test_the_same_key_pays_once(alice):
    assert pay(alice) == pay(alice)
    assert Transaction.objects.count() == 1


def test_the_key_of_another_payment_is_refused(alice):
    pay(alice)
    with pytest.raises(KeyOfAnother):
        pay(alice, amount="21")


def test_a_paid_reference_is_not_paid_again(alice):
    pay(alice)
    with pytest.raises(AlreadyPaid):
        pay(alice, key="k2")


def test_a_pending_payment_is_settled_by_its_webhook(alice):
    payment = pay(alice, token="tok_pending")
    assert payment.status == "EN_COURS"
    with pytest.raises(PaymentInProgress):
        pay(alice, key="k2")
    charge = SimulatedCharge.objects.get()
    SimulatedCharge.objects.update(next_attempt_at=timezone.now())
    services.call_simulated_webhook(charge_id=charge.pk)
    services.handle_webhook(event_id=WebhookEvent.objects.get().pk)
    payment.refresh_from_db()
    assert payment.status == "REUSSI"
    assert balance_of(system_account("UNAPPLIED")) == D("20")


def test_a_webhook_sent_five_times_counts_once(alice):
    pay(alice, token="tok_pending")
    for _ in range(5):
        announce(SimulatedCharge.objects.get())
    assert WebhookEvent.objects.count() == 1
    assert Transaction.objects.count() == 1


def test_a_webhook_before_the_answer_of_the_call_counts_once(alice, monkeypatch):
    """The provider's webhook overtakes the answer of the charge itself."""
    simulated = gateway("simulated")
    first = simulated.charge

    def overtaken(**kwargs):
        answer = first(**kwargs)
        announce(SimulatedCharge.objects.get())
        return answer

    monkeypatch.setattr(simulated, "charge", overtaken)
    assert pay(alice, token="tok_pending").status == "REUSSI"
    assert pay(alice, token="tok_pending").status == "REUSSI"
    assert Transaction.objects.count() == 1


def test_failed_and_succeeded_in_any_order_is_paid(alice):
    with pytest.raises(PaymentDeclined):
        pay(alice, token="tok_declined")
    charge = SimulatedCharge.objects.get()
    announce(charge)
    announce(charge, body=event_body(charge, "declined"))
    assert Payment.objects.get().status == "REUSSI"
    assert Transaction.objects.count() == 1




@pytest.mark.parametrize("header", ["", "t=1,v1=00", "t=x,v1=00", "t=²,v1=00", "v1=é"])
def test_a_wrong_signature_is_refused(alice, header):
    with pytest.raises(BadSignature):
        services.ingest(provider="simulated", headers={SIGNATURE_HEADER: header}, body=b"{}")
    assert not WebhookEvent.objects.exists()


def test_an_old_signature_is_refused():
    with pytest.raises(BadSignature):
        services.ingest(
            provider="simulated", headers={SIGNATURE_HEADER: sign(b"{}", int(time.time()) - 400)}, body=b"{}"
        )


def test_a_crash_between_the_call_and_its_answer_is_repaired(alice, monkeypatch):
    monkeypatch.setattr(charges, "record_answer", lambda **_: (_ for _ in ()).throw(SystemExit))
    with pytest.raises(SystemExit):
        pay(alice)
    monkeypatch.undo()
    Payment.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    services.settle_stuck_payments()
    assert Payment.objects.get().status == "REUSSI"


def test_the_wallet_pays_at_once_or_not_at_all(alice):
    with pytest.raises(InsufficientFunds):
        pay(alice, method="PORTEFEUILLE")
    services.top_up(actor=alice, amount=D("50"), method="CARTE", token="tok_ok", key="t")
    assert pay(alice, method="PORTEFEUILLE", key="k2").status == "REUSSI"
    assert balance_of(wallet_of(alice)) == D("30")


def test_two_top_ups_whose_long_keys_begin_alike_are_two(alice):
    for key in ("k" * 127 + "1", "k" * 127 + "2"):
        services.top_up(actor=alice, amount=D("5"), method="CARTE", token="tok_ok", key=key)
    assert wallet_of(alice).balance == D("10")


def test_a_top_up_is_credited_when_the_money_is_there(alice):
    payment = services.top_up(actor=alice, amount=D("50"), method="MOBILE_MONEY", token="tok_pending", key="t")
    assert balance_of(wallet_of(alice)) == 0
    for _ in range(2):
        announce(SimulatedCharge.objects.get())
    payment.refresh_from_db()
    assert payment.status == "REUSSI"
    assert balance_of(wallet_of(alice)) == D("50")
    assert balance_of(system_account("UNAPPLIED")) == 0


def test_apply_moves_the_money_once(alice):
    payment = pay(alice)
    goods = [(system_account("SALES"), D("16.67")), (system_account("VAT"), D("3.33"))]
    for _ in range(2):
        services.apply_payment(payment=payment, postings=goods, actor=SYSTEM, kind="order", reference="order:1")
    assert balance_of(system_account("UNAPPLIED")) == 0
    assert balance_of(system_account("SALES")) == D("16.67")


def test_refunds_in_parts_until_all_is_back(alice):
    payment = pay(alice)
    for key, amount in (("a", "5"), ("b", "15")):
        for _ in range(2):
            owed = services.refund(payment=payment, amount=D(amount), key=key, reason="", actor=SYSTEM)
            services.send_refund(refund_id=owed.pk)
        payment.refresh_from_db()
    assert payment.status == "REMBOURSE"
    assert Refund.objects.filter(state="FAIT").count() == 2
    assert balance_of(system_account("CLEARING")) == balance_of(system_account("UNAPPLIED")) == 0
    assert pay(alice, key="again").status == "REUSSI"


def test_no_more_is_refunded_than_was_paid(alice):
    payment = pay(alice)
    services.refund(payment=payment, amount=D("15"), key="a", reason="", actor=SYSTEM)
    with pytest.raises(RefundTooLarge):
        services.refund(payment=payment, amount=D("5.01"), key="b", reason="", actor=SYSTEM)


def test_a_provider_that_is_down_keeps_the_refund_owed(alice, monkeypatch):
    payment = pay(alice)
    owed = services.refund(payment=payment, amount=D("5"), key="a", reason="", actor=SYSTEM)
    with monkeypatch.context() as patch:
        patch.setattr(gateway("simulated"), "refund", lambda **_: 1 / 0)
        services.send_refund(refund_id=owed.pk)
    owed.refresh_from_db()
    assert owed.state == "A_FAIRE"
    assert owed.tries == 1
    Refund.objects.update(next_attempt_at=timezone.now())
    services.send_refund(refund_id=owed.pk)
    assert balance_of(system_account("CLEARING")) == D("-15")


def test_a_wallet_payment_is_given_back_at_once(alice):
    services.top_up(actor=alice, amount=D("20"), method="CARTE", token="tok_ok", key="t")
    payment = pay(alice, method="PORTEFEUILLE")
    services.refund(payment=payment, amount=D("20"), key="a", reason="", actor=SYSTEM)
    assert balance_of(wallet_of(alice)) == D("20")
    payment.refresh_from_db()
    assert payment.status == "REMBOURSE"
