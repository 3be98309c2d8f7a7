"""Topping up through Stripe: our doors on one side, a server that speaks Stripe's shapes on the other."""

import time
from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.utils import timezone

from accounts.payments import services
from accounts.payments.gateways import stripe as adapter
from accounts.payments.gateways.amounts import as_text, from_minor, to_minor
from accounts.payments.models import Disagreement, Payment, Refund, WebhookEvent
from accounts.payments.tests.servers.stripe import signature, unfold
from accounts.wallet.queries import balance_of, system_account, wallet_of
from config.lib.actors import SYSTEM
from config.lib.testing import api, browser

pytestmark = pytest.mark.django_db
DOOR = "/api/payments/webhooks/stripe"


@pytest.fixture(autouse=True)
def _server(stripe_server):
    """Every test here pays through it."""


def top_up(user, token="pm_card_visa", **fields):
    return api(user).post("/api/wallet/topup", {"amount": "20", "payment_token": token, **fields})


def hosted(user):
    """A top-up on Stripe's own page; the payment."""
    assert top_up(user, "").status_code == 202
    return Payment.objects.get()


def tell(body, **kwargs):
    return api().generic(
        "POST", DOOR, body, content_type="application/json", HTTP_STRIPE_SIGNATURE=signature(body, **kwargs)
    )


def announce(commit, server, kind, thing, **over):
    with commit():
        answer = tell(server.event(kind, thing, **over))
    assert answer.status_code == 200, answer.content


def clearing():
    return balance_of(system_account("CLEARING"))


def fresh(payment):
    return Payment.objects.get(pk=payment.pk)


def test_a_card_of_a_mobile_app_pays_at_once(alice, stripe_server):
    answer = top_up(alice)
    assert (answer.status_code, answer.json()["wallet"]["balance"]) == (200, "20.00")
    [(_method, _path, headers, body)] = stripe_server.requests
    sent = unfold(body)
    assert (sent["amount"], sent["currency"], sent["payment_method"]) == ("2000", "eur", "pm_card_visa")
    assert headers["idempotency-key"] == sent["metadata"]["key"] == Payment.objects.get().key


@pytest.mark.parametrize("card, why", [
    ("pm_card_visa_chargeDeclined", "generic_decline"),
    ("pm_card_visa_chargeDeclinedInsufficientFunds", "insufficient_funds"),
    ("pm_card_nobody_has", "resource_missing"),
])
def test_a_declined_card_charges_nothing_and_says_why(alice, card, why):
    answer = top_up(alice, card)
    assert (answer.status_code, answer.json()["code"], answer.json()["reason"]) == (402, "payment_declined", why)
    assert (Payment.objects.get().status, clearing()) == ("REFUSE", 0)


def test_a_token_of_somebody_else_names_its_field(alice):
    answer = top_up(alice, "tok_ok")
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["payment_token"])
    assert not Payment.objects.exists()


def test_3d_secure_waits_for_the_payer_and_its_webhook_twice_pays_once(alice, stripe_server, commit):
    answer = top_up(alice, "pm_card_threeDSecure2Required")
    assert answer.status_code == 202
    payment = Payment.objects.get()
    assert answer.json()["payment"]["next_url"].startswith("https://hooks.stripe.com/3d_secure_2/")
    sent = unfold(stripe_server.requests[-1][3])
    assert sent["return_url"] == f"http://localhost:8000/paiements/{payment.pk}/"
    body = stripe_server.event("payment_intent.succeeded", stripe_server.pay(payment.provider_ref))
    for _time in range(2):
        with commit():
            assert tell(body).status_code == 200
    announce(commit, stripe_server, "payment_intent.succeeded", stripe_server.things[payment.provider_ref])
    payment = fresh(payment)
    assert (payment.status, payment.next_url, payment.ask_at) == ("REUSSI", "", None)
    assert (balance_of(wallet_of(alice)), clearing()) == (D("20"), D("-20"))
    assert WebhookEvent.objects.count() == 2


def test_3d_secure_that_the_payer_fails_is_refused(alice, stripe_server, commit):
    top_up(alice, "pm_card_threeDSecure2Required")
    payment = Payment.objects.get()
    announce(commit, stripe_server, "payment_intent.payment_failed", stripe_server.refuse(payment.provider_ref))
    assert (fresh(payment).status, fresh(payment).decline_code) == ("REFUSE", "authentication_failed")
    assert "refused on the bank" in browser(alice).get(f"/paiements/{payment.pk}/").content.decode()


def test_a_webhook_that_overtakes_the_answer_counts_once(alice, stripe_server, commit, monkeypatch):
    asked = adapter.StripeGateway.charge

    def overtaken(self, **kwargs):
        answer = asked(self, **kwargs)
        announce(commit, stripe_server, "payment_intent.succeeded", stripe_server.pay(answer.provider_ref))
        return answer

    monkeypatch.setattr(adapter.StripeGateway, "charge", overtaken)
    assert top_up(alice, "pm_card_threeDSecure2Required").json()["payment"]["status"] == "REUSSI"
    assert (balance_of(wallet_of(alice)), clearing()) == (D("20"), D("-20"))


@pytest.mark.parametrize("order", [("failed", "succeeded"), ("succeeded", "failed"), ("processing", "succeeded", "processing")])
def test_news_in_any_order_end_in_paid(alice, stripe_server, commit, order):
    """Events are made one after the other and delivered as they please."""
    top_up(alice, "pm_card_threeDSecure2Required")
    ref = Payment.objects.get().provider_ref
    bodies = {
        "failed": stripe_server.event("payment_intent.payment_failed", stripe_server.refuse(ref)),
        "processing": stripe_server.event("payment_intent.processing", stripe_server.things[ref] | {"status": "processing"}),
        "succeeded": stripe_server.event("payment_intent.succeeded", stripe_server.pay(ref)),
    }
    for news in order:
        with commit():
            tell(bodies[news])
    assert (Payment.objects.get().status, balance_of(wallet_of(alice))) == ("REUSSI", D("20"))


@pytest.mark.parametrize("forged", [{"secret": "whsec_other"}, {"at": int(time.time()) - 400}])
def test_a_forged_or_old_webhook_changes_nothing(alice, stripe_server, forged):
    top_up(alice, "pm_card_threeDSecure2Required")
    body = stripe_server.event("payment_intent.succeeded", stripe_server.pay(Payment.objects.get().provider_ref))
    answer = tell(body, **forged)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_signature")
    assert (WebhookEvent.objects.count(), Payment.objects.get().status) == (0, "EN_COURS")


@pytest.mark.parametrize("over", [{"amount_received": 1999}, {"currency": "usd"}])
def test_another_amount_or_currency_goes_to_the_desk(alice, stripe_server, commit, over):
    top_up(alice, "pm_card_threeDSecure2Required")
    payment = Payment.objects.get()
    announce(commit, stripe_server, "payment_intent.succeeded", stripe_server.pay(payment.provider_ref), **over)
    assert fresh(payment).status == "EN_COURS"
    assert balance_of(wallet_of(alice)) == 0
    case = Disagreement.objects.get()
    assert (case.kind, case.payment, case.status) == ("MONTANT_DIFFERENT", payment, "OUVERT")


def test_events_of_no_consequence_are_kept_and_left(stripe_server, commit):
    announce(commit, stripe_server, "customer.created", {"id": "cus_1", "object": "customer", "metadata": {}})
    assert WebhookEvent.objects.get().state == "FAIT"


# --- The hosted page ------------------------------------------------------------------------------------------
def test_without_a_token_the_payer_goes_to_the_hosted_page(alice, stripe_server):
    answer = top_up(alice, "")
    payment = Payment.objects.get()
    assert (answer.status_code, payment.provider_ref[:3]) == (202, "cs_")
    assert answer.json()["payment"]["next_url"] == f"https://checkout.stripe.com/c/pay/{payment.provider_ref}"
    sent = unfold(stripe_server.requests[-1][3])
    assert sent["success_url"] == sent["cancel_url"] == f"http://localhost:8000/paiements/{payment.pk}/"
    assert sent["line_items"]["0"]["price_data"]["unit_amount"] == "2000"


@pytest.mark.parametrize("first", ["checkout.session.completed", "payment_intent.succeeded"])
def test_the_hosted_page_pays_once_though_two_events_tell(alice, stripe_server, commit, first):
    payment = hosted(alice)
    session = stripe_server.pay(payment.provider_ref)
    told = {"checkout.session.completed": session, "payment_intent.succeeded": stripe_server.things[session["payment_intent"]]}
    for kind in sorted(told, key=lambda kind: kind != first):
        announce(commit, stripe_server, kind, told[kind])
    assert (fresh(payment).status, fresh(payment).provider_ref) == ("REUSSI", session["payment_intent"])
    assert (balance_of(wallet_of(alice)), clearing()) == (D("20"), D("-20"))
    assert not Disagreement.objects.exists()


def test_a_card_refused_on_the_hosted_page_is_not_the_end(alice, stripe_server, commit):
    payment = hosted(alice)
    tried = stripe_server.intent(2000, "eur", {"key": payment.key, "via": "checkout"})
    stripe_server.decline(tried, "card_declined", "generic_decline")
    announce(commit, stripe_server, "payment_intent.payment_failed", tried)
    assert fresh(payment).status == "EN_COURS"
    announce(commit, stripe_server, "checkout.session.completed", stripe_server.pay(payment.provider_ref))
    assert fresh(payment).status == "REUSSI"


def test_a_slow_bank_behind_the_hosted_page(alice, stripe_server, commit):
    payment = hosted(alice)
    slow = stripe_server.things[payment.provider_ref] | {"status": "complete", "payment_status": "unpaid"}
    announce(commit, stripe_server, "checkout.session.completed", slow)
    assert fresh(payment).status == "EN_COURS"
    announce(commit, stripe_server, "checkout.session.async_payment_failed", slow)
    assert (fresh(payment).status, fresh(payment).decline_code) == ("REFUSE", "card_declined")


def test_a_page_that_ran_out_is_a_refusal(alice, stripe_server, commit):
    payment = hosted(alice)
    announce(commit, stripe_server, "checkout.session.expired", stripe_server.expire(payment.provider_ref))
    assert (fresh(payment).status, fresh(payment).decline_code) == ("REFUSE", "expired")


def test_the_payer_gives_up_the_hosted_page_and_it_can_no_longer_be_paid(alice, bob, stripe_server):
    payment = hosted(alice)
    page = browser(alice)
    assert "Stop and pay in another way" in page.get(f"/paiements/{payment.pk}/").content.decode()
    assert browser(bob).post(f"/paiements/{payment.pk}/abandonner/").status_code == 404
    assert page.post(f"/paiements/{payment.pk}/abandonner/", {"then": "/portefeuille/recharger/"}).url == "/portefeuille/recharger/"
    assert (fresh(payment).status, fresh(payment).decline_code) == ("REFUSE", "cancelled")
    assert stripe_server.things[payment.provider_ref]["status"] == "expired"


def test_who_gives_up_a_page_that_is_paid_meanwhile_has_paid(alice, stripe_server):
    payment = hosted(alice)
    stripe_server.pay(payment.provider_ref)
    browser(alice).post(f"/paiements/{payment.pk}/abandonner/")
    assert (fresh(payment).status, balance_of(wallet_of(alice))) == ("REUSSI", D("20"))


# --- Nobody tells us ------------------------------------------------------------------------------------------
def later(payment, **ago):
    """Some time passes; then the periodic question."""
    when = timezone.now() - timedelta(**ago)
    Payment.objects.filter(pk=payment.pk).update(created_at=when)
    Payment.objects.filter(pk=payment.pk).exclude(ask_at=None).update(ask_at=when)
    services.settle_stuck_payments()
    return fresh(payment)


@pytest.mark.parametrize("trouble", ["drop", 503])
def test_a_lost_connection_leaves_the_payment_open_until_the_truth_is_asked(alice, stripe_server, trouble):
    stripe_server.trouble = [trouble]
    answer = top_up(alice)
    assert (answer.status_code, answer.json()["payment"]["status"]) == (202, "EN_COURS")
    payment = later(Payment.objects.get(), minutes=3)
    charged = trouble == "drop"
    assert payment.status == ("REUSSI" if charged else "REFUSE")
    assert payment.decline_code == ("" if charged else "never_asked")
    assert balance_of(wallet_of(alice)) == (D("20") if charged else 0)


def test_without_any_webhook_the_payment_is_found_paid(alice, stripe_server):
    payment = hosted(alice)
    assert later(payment, seconds=30).status == "EN_COURS"
    stripe_server.pay(payment.provider_ref)
    assert later(payment, seconds=60).status == "REUSSI"


def test_questions_come_ever_more_rarely(alice, stripe_server):
    payment = hosted(alice)
    for ago, pause in ((30, 30), (600, 600)):
        asked = later(payment, seconds=ago)
        assert abs((asked.ask_at - timezone.now()).total_seconds() - pause) < 5
    seen = len(stripe_server.requests)
    services.settle_stuck_payments()
    assert len(stripe_server.requests) == seen


def test_a_page_left_open_is_closed_after_an_hour(alice, stripe_server):
    payment = later(hosted(alice), minutes=61)
    assert (payment.status, payment.decline_code) == ("REFUSE", "expired")
    assert stripe_server.things[payment.provider_ref]["status"] == "expired"


def test_no_payment_waits_longer_than_a_day_even_for_a_silent_provider(alice, stripe_server):
    payment = hosted(alice)
    stripe_server.trouble = [503] * 9
    assert later(payment, hours=23).status == "EN_COURS"
    assert later(payment, hours=25).decline_code == "expired"
    stripe_server.trouble = []
    stripe_server.pay(payment.provider_ref)
    services.record_answer(payment_id=payment.pk, answer=adapter.StripeGateway().find(key=payment.key, ref=payment.provider_ref), actor=SYSTEM)
    assert (fresh(payment).status, balance_of(wallet_of(alice))) == ("REUSSI", D("20"))


# --- Giving back ----------------------------------------------------------------------------------------------
def paid(alice):
    """A charge of 20 € that stands received, not yet used."""
    return services.charge(
        actor=alice, reference="order:1", amount=D("20"), method="CARTE", token="pm_card_visa", key="k1"
    )


def refund(payment, key, amount):
    owed = services.refund(payment=payment, amount=D(amount), key=key, reason="", actor=SYSTEM)
    services.send_refund(refund_id=owed.pk)
    return Refund.objects.get(pk=owed.pk)


def test_refunds_in_parts_until_all_is_back(alice, stripe_server):
    payment = paid(alice)
    for key, amount in (("a", "5"), ("b", "15"), ("a", "5")):
        assert refund(payment, key, amount).state == "FAIT"
    assert (fresh(payment).status, clearing()) == ("REMBOURSE", 0)
    assert stripe_server.asked("POST", "/refunds") == 2


def test_a_refund_whose_answer_was_lost_is_made_once(alice, stripe_server):
    payment = paid(alice)
    stripe_server.trouble = ["drop"]
    owed = refund(payment, "a", "5")
    assert (owed.state, clearing()) == ("A_FAIRE", D("-20"))
    Refund.objects.update(next_attempt_at=timezone.now())
    services.send_refund(refund_id=owed.pk)
    [charge] = [t for t in stripe_server.things.values() if t["object"] == "charge"]
    assert (charge["amount_refunded"], clearing()) == (500, D("-15"))


def test_a_refund_in_the_dashboard_is_reflected_and_our_own_is_not_taken_for_one(alice, stripe_server, commit):
    payment = paid(alice)
    refund(payment, "a", "5")
    [charge] = [t for t in stripe_server.things.values() if t["object"] == "charge"]
    announce(commit, stripe_server, "charge.refunded", charge)
    assert not Disagreement.objects.exists()
    announce(commit, stripe_server, "charge.refunded", stripe_server.refund_by_hand(payment.provider_ref, 300))
    case = Disagreement.objects.get()
    assert (case.kind, case.payment, case.amount) == ("REMBOURSE_AILLEURS", payment, D("-3"))
    assert clearing() == D("-12")


# --- Units ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("amount, currency, units, text", [
    ("12.50", "EUR", 1250, "12.50"), ("500", "XOF", 500, "500"), ("500", "JPY", 500, "500"), ("500", "UGX", 50000, "500"),
])
def test_amounts_in_the_smallest_unit(amount, currency, units, text):
    assert (to_minor(D(amount), currency), as_text(D(amount), currency)) == (units, text)
    assert from_minor(units, currency) == D(amount)


def test_half_a_franc_cannot_be_asked():
    for write in (to_minor, as_text):
        with pytest.raises(ValueError, match="smallest unit"):
            write(D("12.50"), "XOF")


def test_a_shop_in_francs_asks_whole_francs(alice, stripe_server, settings):
    settings.CURRENCY = "XOF"
    assert top_up(alice, amount="2000").status_code == 200
    assert unfold(stripe_server.requests[-1][3])["amount"] == "2000"
    assert balance_of(wallet_of(alice)) == D("2000")
    odd = top_up(alice, amount="12.50")
    assert (odd.status_code, odd.json()["reason"]) == (402, "amount_not_payable")
