"""An order paid through real shapes: hosted page, 3-D Secure, phone; by the page and by the API."""

import re
from uuid import uuid4

import pytest

from accounts.payments import services as payments
from accounts.payments.models import Disagreement, Payment, Refund, SimulatedCharge
from accounts.payments.services import send_refund
from accounts.payments.tests.servers.fixtures import momo_server, stripe_server  # noqa: F401
from accounts.payments.tests.servers.stripe import signature
from accounts.wallet.queries import wallet_of
from config.lib.testing import api, browser
from delivery.deliveries.tests.factories import fund
from shop.orders import services
from shop.orders.tests.factories import balance, fresh, place_order, statuses

pytestmark = pytest.mark.django_db


def url_of(order):
    return f"/commandes/{order.pk}/payer/"


def ask(client, order, **fields):
    return client.post(url_of(order), {"method": "CARTE", "key": uuid4().hex, **fields})


def tell(commit, server, kind, thing):
    body = server.event(kind, thing)
    with commit():
        answer = api().generic(
            "POST", "/api/payments/webhooks/stripe", body, content_type="application/json",
            HTTP_STRIPE_SIGNATURE=signature(body),
        )
    assert answer.status_code == 200


def test_the_button_leads_to_the_hosted_page_and_back_to_a_page_that_tells_the_end(alice, stripe_server, commit):  # noqa: F811
    client, order = browser(alice), place_order(alice)
    assert "Test card" not in client.get(url_of(order)).content.decode()
    answer = ask(client, order)
    assert answer.url == f"{url_of(order)}?aller=1"
    payment = Payment.objects.get()
    on = client.get(answer.url)
    assert on["Refresh"] == f"0; url=https://checkout.stripe.com/c/pay/{payment.provider_ref}"
    assert stripe_server.things[payment.provider_ref]["success_url"] == f"http://localhost:8000{url_of(order)}"
    back = client.get(url_of(order))
    assert (back["Refresh"], "under way" in back.content.decode()) == ("5", True)
    tell(commit, stripe_server, "checkout.session.completed", stripe_server.pay(payment.provider_ref))
    assert client.get(url_of(order), HTTP_HX_REQUEST="true")["HX-Redirect"] == f"/commandes/{order.pk}/"
    assert (statuses(order), balance("UNAPPLIED"), balance("CLEARING")) == (["CREE", "PAYEE"], 0, -order.total)


def test_who_comes_back_without_paying_may_pay_in_another_way(alice, stripe_server, commit):  # noqa: F811
    client, order = browser(alice), place_order(alice)
    fund(alice, "500")
    ask(client, order)
    payment = Payment.objects.get(reference=order.reference)
    assert client.post(f"/paiements/{payment.pk}/abandonner/", {"then": url_of(order)}).url == url_of(order)
    assert "You stopped it" in client.get(url_of(order)).content.decode()
    with commit():
        ask(client, order, method="PORTEFEUILLE")
    assert fresh(order).status == "PAYEE"


def test_money_of_the_hosted_page_after_the_order_was_cancelled_is_not_lost(alice, stripe_server, commit):  # noqa: F811
    client, order = browser(alice), place_order(alice)
    ask(client, order)
    payment = Payment.objects.get()
    services.cancel(actor=alice, order_id=order.pk)
    tell(commit, stripe_server, "checkout.session.completed", stripe_server.pay(payment.provider_ref))
    assert statuses(order) == ["CREE", "ANNULEE"]
    kept = Disagreement.objects.filter(payment=payment, status="OUVERT").exists()
    given_back = Refund.objects.filter(payment=payment).exists()
    assert kept or given_back


def test_an_app_is_told_where_its_payer_goes_on(alice, stripe_server):  # noqa: F811
    order = place_order(alice)
    answer = api(alice).post(
        "/api/orders/pay", {"order_id": order.pk, "method": "CARTE", "payment_token": "pm_card_threeDSecure2Required"}
    )
    assert answer.status_code == 202
    assert answer.json()["payment"]["next_url"].startswith("https://hooks.stripe.com/")
    assert answer.json()["order"]["payments"][0]["next_url"] == answer.json()["payment"]["next_url"]


def test_an_order_refunded_in_part_and_then_in_full_is_so_at_the_provider(alice, stripe_server, dora, commit):  # noqa: F811
    order = place_order(alice)
    with commit():
        api(alice).post("/api/orders/pay", {"order_id": order.pk, "method": "CARTE", "payment_token": "pm_card_visa"})
    for amount in ("1.00", None):
        with commit():
            body = {"order_id": order.pk, "reason": "x", "restock": False} | ({"amount": amount} if amount else {})
            assert api(dora).post("/api/admin/orders/refund", body).status_code == 200
    for owed in Refund.objects.all():
        send_refund(refund_id=owed.pk)
    [charge] = [t for t in stripe_server.things.values() if t["object"] == "charge"]
    assert (charge["refunded"], balance("CLEARING")) == (True, 0)


# --- On the phone ---------------------------------------------------------------------------------------------
def test_a_phone_pays_an_order(alice, momo_server, commit):  # noqa: F811
    client, order = browser(alice), place_order(alice)
    wrong = ask(client, order, method="MOBILE_MONEY", phone="0142685300")
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["phone"])
    assert ask(client, order, method="MOBILE_MONEY", phone="+46 73 312 34 53").url == url_of(order)
    page = client.get(url_of(order)).content.decode()
    assert "Take your phone" in page
    [(kind, ref)] = momo_server.books
    momo_server.settle(kind, ref)
    payments.settle_stuck_payments()
    assert fresh(order).status == "CREE"  # the next question is not due yet
    Payment.objects.update(ask_at=order.created_at)
    with commit():
        payments.settle_stuck_payments()
    assert fresh(order).status == "PAYEE"


def test_a_phone_that_refuses_says_so_and_the_question_comes_again(alice, momo_server):  # noqa: F811
    client, order = browser(alice), place_order(alice)
    refused = ask(client, order, method="MOBILE_MONEY", phone="+46733123451")
    assert refused.status_code == 422
    assert "refused on the phone" in refused.content.decode()
    assert "refused on the phone" in client.get(url_of(order)).content.decode()


# --- Simulated ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("answer, status", [("confirm", "PAYEE"), ("refuse", "CREE")])
def test_the_simulated_bank_asks_and_its_webhook_tells(alice, commit, answer, status):
    client, order = browser(alice), place_order(alice)
    assert ask(client, order, token="tok_3ds").url.endswith("?aller=1")
    bank = re.search(r"url=(\S+)", client.get(f"{url_of(order)}?aller=1")["Refresh"])[1]
    assert "Confirm the payment" in browser().get(bank).content.decode()
    with commit():
        assert browser().post(bank, {"answer": answer}).url == url_of(order)
    assert fresh(order).status == status
    with commit():  # a second thought does not count
        browser().post(bank, {"answer": "refuse"})
    assert fresh(order).status == status
    if status == "CREE":
        assert "refused on the bank" in client.get(url_of(order)).content.decode()


def test_the_simulated_bank_knows_only_its_own_charges(alice):
    order = place_order(alice)
    ask(browser(alice), order, token="tok_pending")
    assert browser().get(f"/paiement/simulation/{SimulatedCharge.objects.get().provider_ref}/").status_code == 404


@pytest.mark.parametrize("phone, status", [("0612345600", 422), ("0612345678", 302), ("0612345699", 302)])
def test_simulated_phones(alice, phone, status):
    order = place_order(alice)
    assert ask(browser(alice), order, method="MOBILE_MONEY", phone=phone).status_code == status


# --- The wallet and what is offered ---------------------------------------------------------------------------
def test_too_little_in_the_wallet_says_how_much_and_leads_to_the_top_up_and_back(alice):
    client, order = browser(alice), place_order(alice)
    fund(alice, "1")
    page = client.get(url_of(order)).content.decode()
    missing = order.total - 1
    assert f"€{missing} are missing in your wallet" in page
    link = f"/portefeuille/recharger/?amount={missing}&amp;then={url_of(order)}"
    assert link in page
    form = client.get(link.replace("&amp;", "&"))
    assert form.context["form"]["amount"].value() == str(missing)
    done = client.post("/portefeuille/recharger/", {
        "key": uuid4().hex, "amount": str(missing), "method": "CARTE", "token": "tok_ok", "then": url_of(order),
    })
    assert done.url == url_of(order)
    assert "missing" not in client.get(url_of(order)).content.decode()
    assert wallet_of(alice).available == order.total


@pytest.mark.parametrize("then", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_the_top_up_leads_to_no_other_site(alice, then):
    body = {"key": uuid4().hex, "amount": "5", "method": "CARTE", "token": "tok_ok", "then": then}
    assert browser(alice).post("/portefeuille/recharger/", body).url == "/portefeuille/"


def test_what_is_not_configured_is_not_offered(alice, settings):
    settings.MOBILE_MONEY_GATEWAY = ""
    order = place_order(alice)
    assert "MOBILE_MONEY" not in browser(alice).get(url_of(order)).content.decode()
    answer = api(alice).post("/api/orders/pay", {"order_id": order.pk, "method": "MOBILE_MONEY", "payment_token": "0612345678"})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["method"])
    assert not Payment.objects.exists()
