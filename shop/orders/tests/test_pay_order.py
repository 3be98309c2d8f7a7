"""POST /api/orders/pay: by card, wallet or mobile money; at once, later or never."""

from decimal import Decimal

import pytest

from accounts.payments.models import Payment
from accounts.wallet.queries import balance_of, wallet_of
from config.lib.testing import api
from delivery.deliveries.tests.factories import fund
from shop.catalogue.tests.factories import make_product
from shop.orders import services
from shop.orders.models import Order
from shop.orders.rules import fee_net
from shop.orders.tests.factories import balance, fresh, paid_order, place_order, statuses

pytestmark = pytest.mark.django_db
URL = "/api/orders/pay"


def body(order, **fields):
    return {"order_id": order.pk, "method": "CARTE", "payment_token": "tok_ok", **fields}


def test_a_good_card_pays_numbers_the_invoice_and_books_the_money(alice, commit):
    order = place_order(alice, (make_product(price="12.00", vat_rate=Decimal("5.50")), 2), method="COURSIER")
    with commit():
        answer = api(alice).post(URL, body(order))
    assert answer.status_code == 200, answer.content
    assert answer.json()["payment"]["status"] == "REUSSI"
    shown = answer.json()["order"]
    assert (shown["status"], shown["expires_at"]) == ("PAYEE", None)
    assert [p["amount"] for p in shown["payments"]] == [str(order.total)]
    assert shown["invoice"]["number"].startswith("FA-")
    assert statuses(order) == ["CREE", "PAYEE"]
    net = fee_net(order.delivery_fee)
    assert balance("UNAPPLIED") == 0
    assert balance("CLEARING") == -order.total
    assert balance("ESCROW") == net
    assert balance("VAT") == order.vat_total
    assert balance("SALES") == order.total - order.vat_total - net


def test_a_declined_card_changes_nothing_and_another_may_be_tried(alice):
    order = place_order(alice)
    answer = api(alice).post(URL, body(order, payment_token="tok_declined"))
    assert (answer.status_code, answer.json()["code"]) == (402, "payment_declined")
    assert fresh(order).status == "CREE"
    assert api(alice).post(URL, body(order)).status_code == 200
    assert [p["status"] for p in api(alice).get(f"/api/orders/{order.pk}").json()["payments"]] == ["REFUSE", "REUSSI"]


def test_a_pending_payment_answers_202_and_settles_later(alice, commit):
    order = place_order(alice)
    answer = api(alice).post(URL, body(order, method="MOBILE_MONEY", payment_token="tok_pending"))
    assert answer.status_code == 202
    assert (answer.json()["payment"]["status"], answer.json()["order"]["status"]) == ("EN_COURS", "CREE")
    again = api(alice).post(URL, body(order))
    assert (again.status_code, again.json()["code"]) == (409, "payment_in_progress")


def test_the_wallet_pays_when_it_holds_enough(alice):
    order = place_order(alice)
    answer = api(alice).post(URL, body(order, method="PORTEFEUILLE"))
    assert (answer.status_code, answer.json()["code"]) == (409, "insufficient_funds")
    assert fresh(order).status == "CREE"
    fund(alice, "20.00")
    assert api(alice).post(URL, body(order, method="PORTEFEUILLE")).status_code == 200
    assert balance_of(wallet_of(alice)) == Decimal("7.00")
    assert fresh(order).status == "PAYEE"


def test_paying_twice_charges_once(alice):
    order = place_order(alice)
    assert api(alice).post(URL, body(order)).status_code == 200
    answer = api(alice).post(URL, body(order))
    assert (answer.status_code, answer.json()["code"]) == (409, "illegal_transition")
    assert Payment.objects.count() == 1


def test_a_repeated_key_gives_the_same_answer(alice):
    order = place_order(alice)
    first = api(alice).post(URL, body(order), HTTP_IDEMPOTENCY_KEY="k1")
    second = api(alice).post(URL, body(order), HTTP_IDEMPOTENCY_KEY="k1")
    assert second.json() == first.json()
    # even when the stored answer was lost, the service itself charges once
    payment, again = services.pay_order(actor=alice, order_id=order.pk, method="CARTE", token="tok_ok", key="k1")
    assert (payment.pk, again.pk) == (first.json()["payment"]["id"], order.pk)
    assert Payment.objects.count() == 1


def test_staff_cannot_pay_for_a_customer_and_strangers_find_nothing(alice, bob, dora):
    order = place_order(alice)
    assert api(dora).post(URL, body(order)).status_code == 403
    assert api(bob).post(URL, body(order)).status_code == 404
    assert not Payment.objects.exists()


@pytest.mark.parametrize("status", ["EXPEDIEE", "LIVREE", "ANNULEE", "REMBOURSEE", "PAYEE"])
def test_other_states_are_not_payable(alice, status):
    order = place_order(alice)
    Order.objects.filter(pk=order.pk).update(status=status)
    answer = api(alice).post(URL, body(order))
    assert (answer.status_code, answer.json()["code"]) == (409, "illegal_transition")
    assert not Payment.objects.exists()


def test_a_confirmed_order_is_payable(alice, dora):
    order = place_order(alice)
    services.validate(actor=dora, order_id=order.pk)
    assert api(alice).post(URL, body(order)).status_code == 200
    assert statuses(order) == ["CREE", "VALIDEE", "PAYEE"]


def test_an_order_past_its_time_is_not_payable(alice):
    order = place_order(alice)
    Order.objects.filter(pk=order.pk).update(expires_at=order.created_at)
    answer = api(alice).post(URL, body(order))
    assert (answer.status_code, answer.json()["code"]) == (409, "order_expired")


@pytest.mark.parametrize("fields, field", [({"method": "OR"}, "method"), ({"order_id": "x"}, "order_id")])
def test_bad_input_names_the_field(alice, fields, field):
    answer = api(alice).post(URL, body(place_order(alice), **fields))
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])


def test_invoices_are_numbered_without_gap(alice, bob):
    numbers = [paid_order(person).invoice.number for person in (alice, bob, alice)]
    assert [int(n[-6:]) for n in numbers] == [1, 2, 3]
