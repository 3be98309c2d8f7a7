"""Topping up by mobile money: our doors on one side, a server that speaks MTN MoMo's shapes on the other.

The numbers are those of MTN's sandbox: …450 fails, …451 refuses, …452 expires, …453 does not answer.
"""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.utils import timezone

from accounts.payments import services
from accounts.payments.gateways import gateway
from accounts.payments.gateways.base import GatewayDown, Outcome, RefundRefused
from accounts.payments.gateways.mobile_money import reference, tokens
from accounts.payments.models import Disagreement, Payment, Refund, WebhookEvent
from accounts.payments.tests.servers.mobile_money import signature
from accounts.wallet.queries import balance_of, system_account, wallet_of
from config.lib.actors import SYSTEM
from config.lib.testing import api, browser

pytestmark = pytest.mark.django_db
DOOR = "/api/payments/webhooks/mobile_money"
GOOD, REFUSES, EXPIRES, SILENT = "+46733123454", "+46733123451", "+46733123452", "+46733123453"


@pytest.fixture(autouse=True)
def _server(momo_server):
    """Every test here pays through it."""


def top_up(user, phone=SILENT):
    return api(user).post("/api/wallet/topup", {"amount": "20", "method": "MOBILE_MONEY", "payment_token": phone})


def waiting(user):
    assert top_up(user).status_code == 202
    return Payment.objects.get()


def ref_of(payment, kind="requesttopay"):
    return reference(kind, payment.key)


def tell(body, method="POST", **kwargs):
    return api().generic(
        method, DOOR, body, content_type="application/json", HTTP_X_CALLBACK_SIGNATURE=signature(body, **kwargs)
    )


def clearing():
    return balance_of(system_account("CLEARING"))


def test_the_payer_confirms_on_his_phone_and_two_callbacks_pay_once(alice, momo_server, commit):
    payment = waiting(alice)
    momo_server.settle("requesttopay", ref_of(payment))
    for method in ("PUT", "POST"):
        with commit():
            assert tell(momo_server.callback("requesttopay", ref_of(payment)), method).status_code == 200
    payment.refresh_from_db()
    assert (payment.status, payment.provider_ref) == ("REUSSI", ref_of(payment))
    assert (balance_of(wallet_of(alice)), clearing()) == (D("20"), D("-20"))
    assert WebhookEvent.objects.count() == 1


def test_what_is_asked_is_what_the_protocol_wants(alice, momo_server):
    payment = waiting(alice)
    _method, path, headers, body = next(r for r in momo_server.requests if r[1].endswith("/requesttopay"))
    assert path == "/collection/v1_0/requesttopay"
    assert headers["x-reference-id"] == ref_of(payment)
    assert headers["x-target-environment"] == "sandbox"
    assert headers["x-callback-url"] == "http://localhost:8000/api/payments/webhooks/mobile_money"
    assert b'"partyId":"46733123453"' in body.replace(b": ", b":")


@pytest.mark.parametrize("phone, why", [(REFUSES, "approval_rejected"), (EXPIRES, "expired")])
def test_a_refusal_says_why(alice, phone, why):
    answer = top_up(alice, phone)
    assert (answer.status_code, answer.json()["reason"]) == (402, why)
    assert clearing() == 0


@pytest.mark.parametrize("phone", ["", "12", "pm_card_visa", "0142685300", "+33899000000"])
def test_a_bad_number_names_its_field_and_nobody_is_asked(alice, momo_server, phone):
    answer = top_up(alice, phone)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["payment_token"])
    assert momo_server.requests == []


def test_numbers_are_read_as_people_write_them(alice, momo_server):
    assert top_up(alice, " 06 12 34 56 78 ").status_code == 200
    [row] = momo_server.books.values()
    assert row["payer"]["partyId"] == "33612345678"


def test_a_callback_is_never_believed_without_asking(alice, momo_server, commit):
    """Signed, but the provider itself says otherwise: still pending, or another amount."""
    payment = waiting(alice)
    with commit():
        tell(momo_server.callback("requesttopay", ref_of(payment), status="SUCCESSFUL"))
    assert Payment.objects.get().status == "EN_COURS"
    momo_server.settle("requesttopay", ref_of(payment))
    momo_server.books["requesttopay", ref_of(payment)]["amount"] = "2"
    with commit():
        tell(momo_server.callback("requesttopay", ref_of(payment), amount="20", status="SUCCESSFUL", n=1))
    Payment.objects.update(ask_at=timezone.now())
    services.settle_stuck_payments()
    assert (Payment.objects.get().status, Disagreement.objects.get().kind) == ("EN_COURS", "MONTANT_DIFFERENT")


@pytest.mark.parametrize("forged", [{"secret": "other"}, {"at": 1}, {"secret": ""}])
def test_a_forged_callback_is_refused(alice, momo_server, forged):
    body = momo_server.callback("requesttopay", ref_of(waiting(alice)))
    assert tell(body, **forged).status_code == 400
    assert not WebhookEvent.objects.exists()


def test_without_a_secret_no_callback_is_taken(alice, momo_server, settings):
    settings.MOBILE_MONEY_CALLBACK_SECRET = ""
    assert tell(momo_server.callback("requesttopay", ref_of(waiting(alice))), secret="").status_code == 400


def test_a_callback_about_nothing_of_ours_is_left(momo_server, commit):
    with commit():
        assert tell(b'{"externalId": "nobody", "status": "SUCCESSFUL", "amount": "9"}').status_code == 200
    assert (WebhookEvent.objects.get().state, Payment.objects.count()) == ("FAIT", 0)


def test_without_callbacks_the_question_settles_it(alice, momo_server):
    payment = waiting(alice)
    for status, seen in (("PENDING", "EN_COURS"), ("SUCCESSFUL", "REUSSI")):
        momo_server.settle("requesttopay", ref_of(payment), status)
        Payment.objects.exclude(ask_at=None).update(ask_at=timezone.now())
        services.settle_stuck_payments()
        assert Payment.objects.get().status == seen
    assert balance_of(wallet_of(alice)) == D("20")


def test_a_request_that_ran_out_is_refused_with_words_for_people(alice, momo_server):
    payment = waiting(alice)
    momo_server.settle("requesttopay", ref_of(payment), "FAILED", "EXPIRED")
    Payment.objects.update(ask_at=timezone.now())
    services.settle_stuck_payments()
    assert Payment.objects.get().decline_code == "expired"
    assert "Nobody confirmed it in time" in browser(alice).get(f"/paiements/{payment.pk}/").content.decode()


def test_a_request_that_never_ends_ends_for_us(alice):
    payment = waiting(alice)
    for hours, status in ((1, "EN_COURS"), (25, "REFUSE")):
        Payment.objects.update(created_at=timezone.now() - timedelta(hours=hours), ask_at=timezone.now())
        services.settle_stuck_payments()
        payment.refresh_from_db()
        assert payment.status == status
    assert payment.decline_code == "expired"


def test_a_phone_that_was_asked_cannot_be_asked_less(alice):
    payment = waiting(alice)
    page = browser(alice)
    text = page.get(f"/paiements/{payment.pk}/").content.decode()
    assert "Take your phone" in text
    assert "Stop and pay" not in text
    assert "cannot be stopped" in page.post(f"/paiements/{payment.pk}/abandonner/", follow=True).content.decode()
    assert Payment.objects.get().status == "EN_COURS"


@pytest.mark.parametrize("trouble", ["drop", 503])
def test_a_lost_connection_asks_nobody_twice(alice, momo_server, trouble):
    gateway("mobile_money").find(key="warm")
    momo_server.trouble = [trouble]
    answer = top_up(alice, GOOD)
    assert (answer.status_code, answer.json()["payment"]["status"]) == (202, "EN_COURS")
    Payment.objects.update(created_at=timezone.now() - timedelta(minutes=3))
    services.settle_stuck_payments()
    assert Payment.objects.get().status == ("REUSSI" if trouble == "drop" else "REFUSE")


def test_a_token_is_fetched_once_and_again_when_it_is_refused(momo_server):
    ask = gateway("mobile_money")
    for _time in range(3):
        ask.find(key="k")
    assert momo_server.asked("POST", "/token/") == 1
    momo_server.tokens.clear()
    assert ask.find(key="k") is None
    assert momo_server.asked("POST", "/token/") == 2


def test_wrong_keys_are_trouble_and_no_refusal(alice, settings):
    settings.MOBILE_MONEY_SECRET = "wrong"
    tokens.kept.clear()
    assert top_up(alice).status_code == 202


# --- Giving back and paying out -------------------------------------------------------------------------------
def refund_of(alice, momo_server, status):
    momo_server.refund_status = status
    payment = services.charge(
        actor=alice, reference="order:1", amount=D("20"), method="MOBILE_MONEY", token=GOOD, key="k1"
    )
    owed = services.refund(payment=payment, amount=D("5"), key="a", reason="", actor=SYSTEM)
    services.send_refund(refund_id=owed.pk)
    return Refund.objects.get()


def again(owed):
    Refund.objects.update(next_attempt_at=timezone.now())
    services.send_refund(refund_id=owed.pk)
    owed.refresh_from_db()
    return owed


def test_a_refund_is_done_when_the_provider_says_so(alice, momo_server):
    owed = refund_of(alice, momo_server, ("PENDING", ""))
    assert (owed.state, clearing()) == ("A_FAIRE", D("-20"))
    [ref] = [ref for kind, ref in momo_server.books if kind == "refund"]
    momo_server.settle("refund", ref)
    assert (again(owed).state, clearing()) == ("FAIT", D("-15"))
    assert momo_server.asked("POST", "/refund") == 1


def test_a_refund_that_failed_may_be_tried_again(alice, momo_server):
    owed = refund_of(alice, momo_server, ("FAILED", "PAYEE_NOT_FOUND"))
    assert (owed.state, owed.last_error) == ("A_FAIRE", "payee_not_found")
    momo_server.refund_status = ("SUCCESSFUL", "")
    assert (again(owed).state, clearing()) == ("FAIT", D("-15"))


def test_a_refund_of_nothing_is_refused(momo_server):
    with pytest.raises(RefundRefused):
        gateway("mobile_money").refund(key="a", provider_ref=reference("requesttopay", "none"), amount=D("5"))


def test_a_payout_is_sent_once_and_found_by_its_key(momo_server):
    send = gateway("mobile_money")
    for _time in range(2):
        answer = send.pay_out(key="p1", to=SILENT, amount=D("8.50"), label="Deliveries")
        assert (answer.outcome, answer.amount) == (Outcome.PENDING, D("8.50"))
    assert [kind for kind, _ref in momo_server.books] == ["transfer"]
    momo_server.settle("transfer", reference("transfer", "p1"))
    assert send.find_payout(key="p1").outcome == Outcome.OK
    assert send.find_payout(key="p2") is None
    said = send.parse(body=momo_server.callback("transfer", reference("transfer", "p1")).decode())
    assert (said.news, said.key, said.answer.outcome) == ("payout", "p1", Outcome.OK)


def test_a_payout_to_nobody_is_refused_and_one_into_the_void_is_unknown(momo_server):
    send = gateway("mobile_money")
    refused = send.pay_out(key="p1", to="+46733123450", amount=D("8"), label="")
    assert (refused.outcome, refused.reason) == (Outcome.DECLINED, "internal_processing_error")
    momo_server.trouble = [503]
    with pytest.raises(GatewayDown):
        send.pay_out(key="p2", to=GOOD, amount=D("8"), label="")
