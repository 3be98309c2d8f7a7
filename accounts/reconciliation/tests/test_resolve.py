"""Each outcome of each kind: who may, what is posted in whose name, and that a second click posts nothing."""

from decimal import Decimal as D

import pytest
from django.utils import timezone

from accounts.payments import audit, queries
from accounts.payments import services as payments
from accounts.payments.gateways import gateway
from accounts.payments.models import Disagreement, Payment, Refund
from accounts.payments.rules import AlreadyPaid, CannotAbsorb, RefundTooLarge
from accounts.payments.tests.factories import pay, tell
from accounts.payments.tests.test_receive import declined
from accounts.reconciliation import offers, rules, services
from accounts.reconciliation.tests.factories import only, taken_back, too_little, unknown
from accounts.wallet import audit as ledger
from accounts.wallet import services as wallet
from accounts.wallet.models import SystemAccount, Transaction
from accounts.wallet.queries import balance_of, system_account, wallet_of
from accounts.wallet.rules import InsufficientFunds
from config.lib.actors import SYSTEM
from config.lib.errors import Forbidden, IllegalMove, Invalid, NotFound

pytestmark = pytest.mark.django_db


def balance(code):
    return balance_of(system_account(SystemAccount(code)))


@pytest.fixture(autouse=True)
def _books_are_right():
    yield
    assert [*ledger.faults(), *audit.faults()] == []


def settle(case, actor, outcome, **given):
    """Click twice: the second finds it settled and posts nothing."""
    done = services.resolve(actor=actor, case_id=case.pk, outcome=outcome, **given)
    assert (done.status, done.outcome) == ("RESOLU", outcome)
    assert done.history.last().by == actor
    before = Transaction.objects.count()
    with pytest.raises(IllegalMove):
        services.resolve(actor=actor, case_id=case.pk, outcome=outcome, **given)
    assert Transaction.objects.count() == before
    return done


def send_refunds():
    for owed in Refund.objects.exclude(state="FAIT"):
        payments.send_refund(refund_id=owed.pk)


def late(alice):
    """A top-up that arrives beside another one: TROP_PERCU of a whole payment."""
    first = declined(alice, "thing:1")
    payments.apply_payment(
        payment=pay(alice, reference="thing:1"), postings=[(system_account("SALES"), D(20))], actor=SYSTEM,
        kind="thing", reference="thing:1",
    )
    tell("succeeded", first)
    return only()


# --- Rights and fit ---------------------------------------------------------------------------------------------
def test_only_managers_decide(alice, person, dora):
    case = unknown()
    clerk = person("clerk", is_staff=True)
    for stranger in (alice, clerk):
        with pytest.raises(Forbidden):
            services.resolve(actor=stranger, case_id=case.pk, outcome="ECART")
    with pytest.raises(NotFound):
        services.resolve(actor=dora, case_id=case.pk + 1, outcome="ECART")


@pytest.mark.parametrize("outcome", ["ACCEPTE", "RELANCE", "RENDU", "X", ""])
def test_an_outcome_of_another_kind_is_refused(dora, outcome):
    with pytest.raises(Invalid) as refused:
        services.resolve(actor=dora, case_id=unknown().pk, outcome=outcome)
    assert "outcome" in refused.value.errors


@pytest.mark.parametrize("kind", Disagreement.Kind.values)
def test_every_kind_has_an_outcome(kind):
    assert rules.ALLOWED[kind]


# --- REMBOURSE ----------------------------------------------------------------------------------------------------
def test_refund_goes_back_by_the_provider_and_then_stands_in_the_managers_name(dora, alice):
    case = late(alice)
    settle(case, dora, "REMBOURSE", reason="Paid twice")
    owed = Refund.objects.get()
    assert (owed.amount, owed.by, owed.state) == (D(20), dora, "A_FAIRE")
    assert balance("UNAPPLIED") == D(20)  # still here until the provider did it
    send_refunds()
    case.refresh_from_db()
    assert case.transaction.actor == dora
    assert balance("UNAPPLIED") == 0
    assert Payment.objects.get(pk=case.payment_id).status == "REMBOURSE"


def test_a_short_payment_that_goes_back_frees_its_place(dora, alice):
    case = too_little(alice, reference="thing:1")
    settle(case, dora, "REMBOURSE")
    send_refunds()
    assert Payment.objects.get(pk=case.payment_id).status == "REFUSE"
    assert pay(alice, reference="thing:1").status == "REUSSI"
    tell("refunded", case.payment, amount="19")  # the provider confirms what we asked
    assert not Disagreement.objects.filter(status="OUVERT").exists()


def test_a_surplus_goes_back_and_the_rest_stays(dora, alice):
    payment = payments.top_up(actor=alice, amount=D(20), method="CARTE", token="tok_pending", key="t")
    tell("succeeded", payment, amount="25")
    settle(only(), dora, "REMBOURSE")
    send_refunds()
    payment.refresh_from_db()
    assert (payment.status, wallet_of(alice).balance, balance("CLEARING")) == ("REUSSI", D(20), D(-20))


# --- CREDITE ------------------------------------------------------------------------------------------------------
def test_credit_goes_to_the_payer(dora, alice):
    done = settle(late(alice), dora, "CREDITE")
    assert (wallet_of(alice).balance, done.transaction.actor) == (D(20), dora)


def test_credit_of_an_unknown_payment_needs_a_name(dora, bob):
    case = unknown()
    for nobody in ("", "nobody@email.test", "999999"):
        with pytest.raises(Invalid) as refused:
            services.resolve(actor=dora, case_id=case.pk, outcome="CREDITE", to=nobody)
        assert "to" in refused.value.errors
    settle(case, dora, "CREDITE", to=bob.email)
    assert wallet_of(bob).balance == D(20)


def test_credit_of_a_closed_account_is_refused(dora, alice):
    case = late(alice)
    type(alice).objects.filter(pk=alice.pk).update(is_active=False)
    with pytest.raises(Invalid):
        services.resolve(actor=dora, case_id=case.pk, outcome="CREDITE")


def test_what_was_credited_is_not_refunded_too(dora, alice):
    case = late(alice)
    settle(case, dora, "CREDITE")
    with pytest.raises(Exception, match="left to refund"):
        payments.refund(payment=case.payment, amount=D(1), key="x", reason="", actor=SYSTEM)


# --- RATTACHE -----------------------------------------------------------------------------------------------------
def test_unknown_money_pays_the_pending_payment_it_was_meant_for(dora, alice):
    waiting = payments.top_up(actor=alice, amount=D(20), method="CARTE", token="tok_pending", key="t")
    done = settle(unknown("23"), dora, "RATTACHE", target=str(waiting.pk))
    assert wallet_of(alice).balance == D(23)  # what is over is his as well
    assert done.transaction.actor == dora
    tell("succeeded", waiting)  # and it was another one after all
    assert (only().kind, only().amount) == ("TROP_PERCU", D(20))


@pytest.mark.parametrize("text", ["", "999999", "CMD-2026-999999", "²", "order:1"])
def test_attach_needs_something_unpaid(dora, text):
    with pytest.raises(Invalid) as refused:
        services.resolve(actor=dora, case_id=unknown().pk, outcome="RATTACHE", target=text)
    assert "target" in refused.value.errors


def test_attach_does_not_pay_more_than_came(dora, alice):
    waiting = payments.top_up(actor=alice, amount=D("20.01"), method="CARTE", token="tok_pending", key="t")
    with pytest.raises(Invalid):
        services.resolve(actor=dora, case_id=unknown().pk, outcome="RATTACHE", target=str(waiting.pk))


def test_a_surplus_is_not_attached(dora, alice):
    payment = payments.top_up(actor=alice, amount=D(20), method="CARTE", token="tok_pending", key="t")
    tell("succeeded", payment, amount="25")
    waiting = payments.top_up(actor=alice, amount=D(5), method="CARTE", token="tok_pending", key="u")
    assert "RATTACHE" not in [choice.outcome for choice in offers.choices(only())]
    with pytest.raises(Invalid):
        services.resolve(actor=dora, case_id=only().pk, outcome="RATTACHE", target=str(waiting.pk))


# --- ACCEPTE ------------------------------------------------------------------------------------------------------
def test_less_is_accepted_and_the_payment_counts(dora, alice):
    payment = payments.top_up(actor=alice, amount=D(20), method="CARTE", token="tok_pending", key="t")
    tell("succeeded", payment, amount="19")
    done = settle(only(), dora, "ACCEPTE", reason="One euro")
    assert (wallet_of(alice).balance, balance("DIFFERENCES")) == (D(20), D(-1))
    assert done.transaction.actor == dora


def test_a_shortfall_comes_back_with_the_refund_of_the_whole(dora, alice):
    case = too_little(alice)
    settle(case, dora, "ACCEPTE")
    paid = Payment.objects.get(pk=case.payment_id)
    payments.refund(payment=paid, amount=D(5), key="a", reason="", actor=SYSTEM)
    payments.refund(payment=paid, amount=D(15), key="b", reason="", actor=SYSTEM)
    send_refunds()
    assert (balance("DIFFERENCES"), balance("CLEARING"), balance("UNAPPLIED")) == (0, 0, 0)
    paid.refresh_from_db()
    assert paid.status == "REMBOURSE"


def test_less_is_not_accepted_for_what_is_paid_already(dora, alice):
    case = too_little(alice, reference="thing:1")
    tell("failed", case.payment)
    pay(alice, reference="thing:1")
    with pytest.raises(AlreadyPaid):
        services.resolve(actor=dora, case_id=case.pk, outcome="ACCEPTE")
    settle(case, dora, "CREDITE")


def test_a_top_up_refunded_at_the_provider_leaves_the_wallet(dora, alice):
    payment = payments.top_up(actor=alice, amount=D(20), method="CARTE", token="tok_ok", key="t")
    case = taken_back(payment, "8")
    done = settle(case, dora, "ACCEPTE")
    assert (wallet_of(alice).balance, done.transaction.actor) == (D(12), dora)
    case = taken_back(payment, "20")
    settle(case, dora, "ACCEPTE")
    payment.refresh_from_db()
    assert (wallet_of(alice).balance, payment.status) == (0, "REMBOURSE")


def test_a_top_up_that_is_spent_can_only_be_written_off(dora, alice):
    payment = payments.top_up(actor=alice, amount=D(20), method="CARTE", token="tok_ok", key="t")
    payments.charge(actor=alice, reference="thing:1", amount=D(15), method="PORTEFEUILLE", token="", key="w")
    case = taken_back(payment, "20")
    with pytest.raises(InsufficientFunds):
        services.resolve(actor=dora, case_id=case.pk, outcome="ACCEPTE")
    settle(case, dora, "ECART")
    assert balance("DIFFERENCES") == D(-20)


def test_a_late_payment_refunded_by_hand_closes_both_cases(dora, alice):
    """The usual mistake: the manager refunds in the provider's pages instead of here."""
    held = late(alice)
    tell("refunded", held.payment, amount="20")
    back = Disagreement.objects.get(kind="REMBOURSE_AILLEURS")
    held = Disagreement.objects.get(pk=held.pk)
    assert [choice.outcome for choice in offers.choices(held)] == ["ECART"]
    for outcome in ("REMBOURSE", "CREDITE"):
        with pytest.raises(RefundTooLarge):
            services.resolve(actor=dora, case_id=held.pk, outcome=outcome)
    settle(back, dora, "ACCEPTE")
    held.refresh_from_db()
    assert (held.status, held.outcome) == ("RESOLU", "ACCEPTE")
    assert (balance("UNAPPLIED"), Payment.objects.get(pk=held.payment_id).status) == (0, "REMBOURSE")


def test_a_part_refunded_by_hand_lowers_the_case(dora, alice):
    held = late(alice)
    settle_of = Disagreement.objects.filter(kind="REMBOURSE_AILLEURS")
    tell("refunded", held.payment, amount="8")
    settle(settle_of.get(), dora, "ACCEPTE")
    assert only().amount == D(12)
    settle(only(), dora, "REMBOURSE")
    send_refunds()
    assert balance("UNAPPLIED") == 0


def test_a_refund_of_ours_that_was_refused_is_explained_by_the_one_made_there(dora, alice, monkeypatch):
    payment = payments.top_up(actor=alice, amount=D(20), method="CARTE", token="tok_ok", key="t")
    with monkeypatch.context() as down:
        down.setattr(gateway("simulated"), "refund", lambda **_: 1 / 0)
        # what the shop does before it owes a refund: the money is credited to UNAPPLIED
        wallet.post(kind="x", key="x", actor=SYSTEM, postings=[(wallet_of(alice), D(-20)), queries.unapplied(D(20))])
        owed = payments.refund(payment=payment, amount=D(20), key="a", reason="", actor=SYSTEM)
        Refund.objects.update(tries=7, next_attempt_at=timezone.now())
        tell("refunded", payment, amount="20")
        payments.send_refund(refund_id=owed.pk)
    assert {c.kind for c in Disagreement.objects.all()} == {"REMBOURSE_AILLEURS", "REMBOURSEMENT_ECHOUE"}
    done = settle(Disagreement.objects.get(kind="REMBOURSE_AILLEURS"), dora, "ACCEPTE")
    owed.refresh_from_db()
    payment.refresh_from_db()
    assert (owed.state, payment.status, balance("UNAPPLIED"), balance("CLEARING")) == ("FAIT", "REMBOURSE", 0, 0)
    assert done.transaction.actor == dora
    tell("refunded", payment, amount="20")
    assert not Disagreement.objects.filter(status="OUVERT").exists()


def test_what_nobody_can_reverse_is_refused(dora, alice):
    payment = pay(alice)
    payments.apply_payment(
        payment=payment, postings=[(system_account("SALES"), D(20))], actor=SYSTEM, kind="thing", reference="x"
    )
    case = taken_back(payment, "20")
    with pytest.raises(CannotAbsorb):
        services.resolve(actor=dora, case_id=case.pk, outcome="ACCEPTE")
    assert [choice.outcome for choice in offers.choices(case)] == ["ECART"]


# --- ECART --------------------------------------------------------------------------------------------------------
def test_write_off_keeps_the_money(dora):
    done = settle(unknown(), dora, "ECART", reason="Nobody claims it")
    assert (balance("DIFFERENCES"), balance("UNAPPLIED"), done.transaction.actor) == (D(20), 0, dora)
    assert done.history.last().reason == "Nobody claims it"


def test_foreign_money_can_only_be_closed(dora, alice):
    payment = pay(alice, token="tok_pending", reference="thing:1")
    tell("succeeded", payment, currency="XOF")
    assert [choice.outcome for choice in offers.choices(only())] == ["ECART"]
    with pytest.raises(Invalid):
        services.resolve(actor=dora, case_id=only().pk, outcome="ACCEPTE")
    done = settle(only(), dora, "ECART")
    assert done.transaction is None
    assert pay(alice, reference="thing:1").status == "REUSSI"  # the place is free again
