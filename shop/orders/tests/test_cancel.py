"""Cancel before shipping: the stock comes back, and the money when it was paid."""

import pytest

from accounts.payments.models import Refund
from accounts.wallet.queries import balance_of, wallet_of
from config.lib.testing import api
from delivery.deliveries.tests.factories import fund
from shop.catalogue.tests.factories import make_product
from shop.invoices.models import Invoice
from shop.orders import services
from shop.orders.models import Order
from shop.orders.tests.factories import balance, fresh, paid_order, pay, place_order, statuses, stock_of

pytestmark = pytest.mark.django_db
URL = "/api/orders/cancel"


def test_an_unpaid_order_frees_its_stock(alice):
    tea = make_product(stock=5)
    order = place_order(alice, (tea, 3))
    answer = api(alice).post(URL, {"order_id": order.pk, "reason": "Trop cher"})
    assert (answer.status_code, answer.json()["status"]) == (200, "ANNULEE")
    assert answer.json()["history"][-1]["reason"] == "Trop cher"
    assert stock_of(tea) == 5
    assert not Refund.objects.exists()
    assert not Invoice.objects.exists()


def test_a_paid_order_gives_the_money_back_with_a_credit_note(alice, commit):
    tea = make_product(stock=5, price="10.00")
    with commit():
        order = paid_order(alice, (tea, 3), method="COURSIER")
    with commit():
        api(alice).post(URL, {"order_id": order.pk})
    assert stock_of(tea) == 5
    for account in ("SALES", "VAT", "ESCROW", "UNAPPLIED", "CLEARING"):
        assert balance(account) == 0, account
    note = Invoice.objects.get(kind="AVOIR")
    assert (note.total, note.vat_total, note.corrects) == (order.total, order.vat_total, order.invoice)
    assert note.number.startswith("AV-")
    assert fresh(order).refunded == order.total
    assert Refund.objects.get().state == "FAIT"


def test_wallet_money_goes_back_to_the_wallet(alice):
    fund(alice, "50.00")
    order = pay(place_order(alice), method="PORTEFEUILLE", token="")
    services.cancel(actor=alice, order_id=order.pk)
    assert str(balance_of(wallet_of(alice))) == "50.00"


def test_a_second_cancel_is_refused_and_returns_nothing_more(alice):
    tea = make_product(stock=5)
    order = paid_order(alice, (tea, 3))
    for expected in (200, 409):
        assert api(alice).post(URL, {"order_id": order.pk}).status_code == expected
    assert stock_of(tea) == 5
    assert Refund.objects.count() == 1


def test_after_shipping_it_is_too_late(alice, dora):
    order = paid_order(alice)
    services.ship(actor=dora, order_id=order.pk)
    answer = api(alice).post(URL, {"order_id": order.pk})
    assert (answer.status_code, answer.json()["code"]) == (409, "illegal_transition")
    assert not Refund.objects.exists()


def test_a_stranger_finds_nothing(alice, bob):
    order = place_order(alice)
    assert api(bob).post(URL, {"order_id": order.pk}).status_code == 404
    assert fresh(order).status == "CREE"


def test_cancel_after_a_partial_refund_gives_back_the_rest(alice, dora, commit):
    order = paid_order(alice)
    with commit():
        services.refund_order(actor=dora, order_id=order.pk, amount=order.total - 1, reason="geste")
        services.cancel(actor=alice, order_id=order.pk)
    assert balance("SALES") == balance("VAT") == balance("CLEARING") == 0
    assert Invoice.objects.filter(kind="AVOIR").count() == 2


def test_orders_not_paid_in_time_are_cancelled_once(alice, bob):
    tea = make_product(stock=5)
    late, paid, young = place_order(alice, (tea, 1)), paid_order(bob, (tea, 1)), place_order(bob, (tea, 1))
    Order.objects.filter(pk__in=[late.pk, paid.pk]).update(expires_at=late.created_at)
    assert (services.expire_orders(), services.expire_orders()) == (1, 0)
    assert [fresh(o).status for o in (late, paid, young)] == ["ANNULEE", "PAYEE", "CREE"]
    assert statuses(late) == ["CREE", "ANNULEE"]
    assert late.history.last().by is None
    assert stock_of(tea) == 3
