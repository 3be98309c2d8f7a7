"""Money that turns round at Stripe: refunds that fail days later, refunds given up, disputes. Events come through the
signed door, in every order and twice; the books are proved after each step."""

from decimal import Decimal as D
from itertools import permutations

import pytest
from django.utils import timezone

from accounts.payments import audit
from accounts.payments import services as payments
from accounts.payments.models import Disagreement, Payment, Refund
from accounts.payments.tests.servers.stripe import signature
from accounts.reconciliation import offers, services
from accounts.reconciliation.tests.factories import only
from accounts.wallet import audit as ledger
from accounts.wallet import services as wallet
from accounts.wallet.queries import balance_of, system_account, wallet_of
from config.lib.actors import SYSTEM
from config.lib.errors import DomainError, IllegalMove
from config.lib.testing import api, browser

pytestmark = pytest.mark.django_db
URL = "/api/manager/disagreements"


def proved():
    assert [*ledger.faults(), *audit.faults()] == []


@pytest.fixture(autouse=True)
def _books_are_right(stripe_server):
    yield
    proved()


@pytest.fixture
def hear(stripe_server, commit):
    """Events, as they were made, through the door; the books are right after each."""
    def door(*bodies):
        for body in bodies:
            with commit():
                assert api().generic(
                    "POST", "/api/payments/webhooks/stripe", body, content_type="application/json",
                    HTTP_STRIPE_SIGNATURE=signature(body),
                ).status_code == 200
            proved()
    return door


def balance(code):
    return balance_of(system_account(code))


def fresh(row):
    return type(row).objects.get(pk=row.pk)


@pytest.fixture
def topped_up(alice, stripe_server):
    return payments.top_up(actor=alice, amount=D(20), method="CARTE", token="pm_card_visa", key="t")


def refund(payment, amount="5", key="a"):
    """Taken off the wallet and owed to the card, as the house does it."""
    amount = D(amount)
    take = [(wallet_of(payment.user), -amount), (system_account("UNAPPLIED"), amount)]
    wallet.post(kind="x", key=f"x:{key}", actor=SYSTEM, postings=take)
    return payments.refund(payment=payment, amount=amount, key=key, reason="", actor=SYSTEM)


def send(owed):
    Refund.objects.exclude(state="FAIT").update(next_attempt_at=timezone.now())
    payments.send_refund(refund_id=owed.pk)
    return fresh(owed)


def charge_of(server, payment):
    return server.things[server.things[payment.provider_ref]["latest_charge"]]


def settle(case, actor, outcome, **given):
    """By the API; a second click is refused and posts nothing."""
    url = f"{URL}/{case.pk}/resolve"
    answer = api(actor).post(url, {"outcome": outcome, **given})
    assert answer.status_code == 200, answer.content
    proved()
    assert api(actor).post(url, {"outcome": outcome, **given}).status_code == 409
    return answer.json()


@pytest.fixture
def bounced(topped_up, stripe_server, hear):
    """A refund of 5 € that was made and failed."""
    owed = send(refund(topped_up))
    hear(stripe_server.event("refund.failed", stripe_server.fail_refund(owed.provider_ref)))
    return fresh(owed)


# --- Refunds that fail after they were made -----------------------------------------------------------------------
@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_a_refund_that_fails_later_is_with_us_again_in_any_order(topped_up, stripe_server, hear, order):
    owed = send(refund(topped_up))
    charge = charge_of(stripe_server, topped_up)
    bodies = [stripe_server.event("charge.refunded", charge)]
    failed = stripe_server.fail_refund(owed.provider_ref)
    bodies += [stripe_server.event(kind, failed) for kind in ("refund.failed", "charge.refund.updated", "refund.updated")]
    for number in order:
        hear(bodies[number], bodies[number])
    owed, case = fresh(owed), only()
    assert (owed.state, owed.ending) == ("FAIT", "REVENU")
    assert (case.kind, case.amount, case.refund, case.data["reason"]) == (
        "REMBOURSEMENT_ECHOUE", D(5), owed, "expired_or_canceled_card",
    )
    assert (balance("CLEARING"), balance("UNAPPLIED")) == (D(-20), D(5))


def test_it_is_sent_again_as_a_new_refund(bounced, topped_up, stripe_server, hear, dora):
    shown = api(dora).get(f"{URL}/{only().pk}").json()
    assert [choice["outcome"] for choice in shown["outcomes"]] == ["RELANCE", "CREDITE", "ECART"]
    settle(only_case := only(), dora, "RELANCE")
    new = send(Refund.objects.latest("pk"))
    assert (new.state, new.key, new.provider_ref != bounced.provider_ref) == ("FAIT", f"case:{only_case.pk}", True)
    assert (balance("CLEARING"), balance("UNAPPLIED")) == (D(-15), 0)
    hear(stripe_server.event("charge.refunded", charge_of(stripe_server, topped_up)))
    assert not Disagreement.objects.filter(status="OUVERT").exists()
    hear(stripe_server.event("refund.failed", stripe_server.fail_refund(new.provider_ref)))  # and fails again
    assert (only().amount, balance("CLEARING")) == (D(5), D(-20))


def test_it_is_put_into_the_wallet_by_the_admin(bounced, dora, alice):
    case = only()
    page = f"/admin/accounts/disagreement/{case.pk}/change/"
    shown = browser(dora).get(page).content.decode()
    assert "Send the refund again" in shown
    assert f"Top-up of {alice.email}" in shown
    browser(dora).post(f"/admin/accounts/disagreement/{case.pk}/resolve/", {"outcome": "CREDITE"})
    assert (fresh(case).outcome, wallet_of(alice).balance, balance("UNAPPLIED")) == ("CREDITE", D(20), 0)


def test_it_is_written_off(bounced, dora):
    settle(only(), dora, "ECART")
    assert (balance("DIFFERENCES"), balance("UNAPPLIED"), fresh(bounced).ending) == (D(5), 0, "REGLE")


def test_a_refund_elsewhere_after_a_failure_is_not_overlooked(bounced, topped_up, stripe_server, hear, dora, alice):
    """What Stripe counts as refunded sank with the failure: 5 again, and it is another refund."""
    hear(stripe_server.event("charge.refunded", stripe_server.refund_by_hand(topped_up.provider_ref, 500)))
    case = Disagreement.objects.get(kind="REMBOURSE_AILLEURS")
    assert case.amount == D(-5)
    settle(case, dora, "ACCEPTE")  # the customer was paid by hand: both are over
    assert not Disagreement.objects.filter(status="OUVERT").exists()
    assert (balance("CLEARING"), balance("UNAPPLIED"), wallet_of(alice).balance) == (D(-15), 0, D(15))


def test_a_failure_told_before_we_knew_that_it_was_made(topped_up, stripe_server, hear):
    owed = refund(topped_up)
    stripe_server.trouble = ["drop"]
    assert send(owed).state == "A_FAIRE"
    [made] = [thing for thing in stripe_server.things.values() if thing["object"] == "refund"]
    hear(stripe_server.event("refund.failed", stripe_server.fail_refund(made["id"])))
    assert not Disagreement.objects.exists()
    assert send(owed).ending == "REVENU"
    assert (only().kind, only().amount, balance("CLEARING")) == ("REMBOURSEMENT_ECHOUE", D(5), D(-20))


@pytest.mark.parametrize("accepted", [False, True])
def test_a_refund_by_hand_that_fails(topped_up, stripe_server, hear, dora, alice, accepted):
    hear(stripe_server.event("charge.refunded", stripe_server.refund_by_hand(topped_up.provider_ref, 800)))
    if accepted:
        settle(only(), dora, "ACCEPTE")
    [made] = [thing for thing in stripe_server.things.values() if thing["object"] == "refund"]
    body = stripe_server.event("refund.failed", stripe_server.fail_refund(made["id"]))
    hear(body, body)
    assert balance("CLEARING") == D(-20)
    if not accepted:
        assert (Disagreement.objects.get().status, wallet_of(alice).balance) == ("RESOLU", D(20))
        return
    assert (only().kind, only().amount) == ("REMBOURSEMENT_ECHOUE", D(8))
    settle(only(), dora, "CREDITE")
    assert wallet_of(alice).balance == D(20)


# --- Refunds given up ---------------------------------------------------------------------------------------------
@pytest.fixture
def given_up(topped_up, stripe_server):
    owed = refund(topped_up)
    Refund.objects.update(tries=7)
    stripe_server.trouble = [503]
    assert send(owed).state == "ECHEC"
    payments.send_refund(refund_id=owed.pk)  # rung once more: still one case
    proved()
    return fresh(owed)


def test_giving_up_opens_a_case_and_it_may_be_sent_again(given_up, stripe_server, dora):
    assert (only().kind, only().amount, only().refund) == ("REMBOURSEMENT_ECHOUE", D(5), given_up)
    settle(only(), dora, "RELANCE")
    Refund.objects.update(tries=7)
    stripe_server.trouble = [503]
    assert send(given_up).state == "ECHEC"
    proved()
    assert Disagreement.objects.count() == 2
    payments.retry_refund(actor=dora, refund_id=given_up.pk)  # the list of refunds settles the case as well
    proved()
    assert not Disagreement.objects.filter(status="OUVERT").exists()
    assert (send(given_up).state, balance("CLEARING"), Refund.objects.count()) == ("FAIT", D(-15), 1)


@pytest.mark.parametrize("outcome", ["CREDITE", "ECART"])
def test_settled_otherwise_it_is_never_sent(given_up, stripe_server, dora, alice, outcome):
    settle(only(), dora, outcome)
    assert fresh(given_up).ending == "REMPLACE"
    assert wallet_of(alice).balance == D(20 if outcome == "CREDITE" else 15)
    payments.retry_refund(actor=dora, refund_id=given_up.pk)
    assert (send(given_up).state, stripe_server.asked("POST", "/refunds")) == ("FAIT", 1)
    assert balance("UNAPPLIED") == 0
    with pytest.raises(DomainError):
        payments.refund(payment=given_up.payment, amount=D(16), key="b", reason="", actor=SYSTEM)


def test_what_is_being_sent_is_not_credited(given_up, dora):
    case = only()
    payments.retry_refund(actor=dora, refund_id=given_up.pk)
    with pytest.raises(IllegalMove):
        services.resolve(actor=dora, case_id=case.pk, outcome="CREDITE")


def test_a_refund_that_was_made_though_we_gave_up_is_not_credited(topped_up, stripe_server, hear, dora):
    owed = refund(topped_up)
    Refund.objects.update(tries=7)
    stripe_server.trouble = ["drop"]
    assert send(owed).state == "ECHEC"
    hear(stripe_server.event("charge.refunded", charge_of(stripe_server, topped_up)))
    failed, made = (Disagreement.objects.get(kind=kind) for kind in ("REMBOURSEMENT_ECHOUE", "REMBOURSE_AILLEURS"))
    assert [choice.outcome for choice in offers.choices(failed)] == ["ECART"]
    for outcome in ("CREDITE", "RELANCE"):
        answer = api(dora).post(f"{URL}/{failed.pk}/resolve", {"outcome": outcome})
        assert (answer.status_code, answer.json()["code"]) == (409, "refunded_there")
    settle(made, dora, "ACCEPTE")
    assert (fresh(failed).outcome, fresh(owed).state, balance("CLEARING")) == ("ACCEPTE", "FAIT", D(-15))


# --- Disputes -----------------------------------------------------------------------------------------------------
def dispute_events(server, payment, amount=2000):
    """What Stripe sends for a dispute that is lost first and then won."""
    dispute = server.dispute(payment.provider_ref, amount)
    created = server.event("charge.dispute.created", dispute, balance_transactions=[])
    withdrawn = server.event("charge.dispute.funds_withdrawn", dispute)
    won = server.win(dispute["id"])
    reinstated, closed = server.event("charge.dispute.funds_reinstated", won), server.event("charge.dispute.closed", won)
    return created, withdrawn, reinstated, closed


def test_a_dispute_takes_the_money_without_its_fee(topped_up, stripe_server, hear, dora, alice):
    created, withdrawn, *_rest = dispute_events(stripe_server, topped_up)
    hear(created)
    assert not Disagreement.objects.exists()
    hear(withdrawn, withdrawn)
    case = only()
    assert (case.kind, case.amount, case.data["reason"]) == ("REMBOURSE_AILLEURS", D(-20), "dispute")
    assert balance("CLEARING") == 0
    with pytest.raises(DomainError):
        payments.refund(payment=topped_up, amount=D(1), key="b", reason="", actor=SYSTEM)
    settle(case, dora, "ACCEPTE")
    assert (wallet_of(alice).balance, fresh(topped_up).status) == (0, "REMBOURSE")


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_a_dispute_that_is_won_settles_itself_in_any_order(topped_up, stripe_server, hear, alice, order):
    bodies = dispute_events(stripe_server, topped_up)
    for number in order:
        hear(bodies[number], bodies[number])
    case = Disagreement.objects.get()
    assert (case.status, case.outcome, case.history.last().reason) == ("RESOLU", "ACCEPTE", "the provider gave it back")
    assert (balance("CLEARING"), balance("UNAPPLIED"), wallet_of(alice).balance) == (D(-20), 0, D(20))
    assert send(refund(topped_up, "20")).state == "FAIT"  # it may be refunded like any other
    hear(stripe_server.event("charge.refunded", charge_of(stripe_server, topped_up)))
    assert not Disagreement.objects.filter(status="OUVERT").exists()


@pytest.mark.parametrize("first, then, amount, left", [
    ("ACCEPTE", "CREDITE", 20, 20), ("ACCEPTE", "REMBOURSE", 20, 0), ("ECART", "ECART", 15, 20),
])
def test_won_after_a_manager_decided_it_is_a_surplus(
    topped_up, stripe_server, hear, dora, alice, first, then, amount, left
):
    _created, withdrawn, reinstated, closed = dispute_events(stripe_server, topped_up, amount * 100)
    hear(withdrawn)
    settle(only(), dora, first)
    hear(reinstated, closed, reinstated)
    case = only()
    assert (case.kind, case.amount, balance("CLEARING")) == ("TROP_PERCU", D(amount), D(-20))
    settle(case, dora, then)
    for owed in Refund.objects.exclude(state="FAIT"):
        send(owed)
        hear(stripe_server.event("charge.refunded", charge_of(stripe_server, topped_up)))
    assert (wallet_of(alice).balance, balance("DIFFERENCES"), balance("UNAPPLIED")) == (left, 0, 0)
    assert not Disagreement.objects.filter(status="OUVERT").exists()
    if first == "ECART":  # the loss was made good: the payment is whole again
        refund(topped_up, "20")


def test_a_dispute_and_a_refund_on_its_way_are_two_things(topped_up, stripe_server, hear):
    owed = refund(topped_up)
    hear(stripe_server.event("charge.dispute.funds_withdrawn", stripe_server.dispute(topped_up.provider_ref, 1500)))
    assert only().amount == D(-15)
    assert send(owed).state == "FAIT"
    hear(stripe_server.event("charge.refunded", charge_of(stripe_server, topped_up)))
    assert (only().amount, balance("CLEARING")) == (D(-15), 0)
    assert Payment.objects.get().returned == D(5)


def test_a_dispute_in_another_currency_is_told_and_not_posted(topped_up, stripe_server, hear):
    hear(stripe_server.event("charge.dispute.funds_withdrawn", stripe_server.dispute(topped_up.provider_ref, 1500, "usd")))
    assert (only().amount, only().data["currency"], balance("CLEARING")) == (0, "USD", D(-20))
