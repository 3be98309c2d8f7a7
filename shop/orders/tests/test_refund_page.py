"""The refund page of the admin: choose, look, confirm; nothing moves before the sum that was shown is confirmed."""

import re
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.payments.models import Refund
from config.lib.testing import assert_max_queries, browser
from shop.catalogue.tests.factories import make_product
from shop.orders import services
from shop.orders.tests.factories import fresh, paid_order, place_order, stock_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(dora):
    return browser(dora)


def url(order):
    return reverse("admin:shop_order_refund", args=[order.pk])


def confirm(client, order, agreed, **data):
    return client.post(url(order), {"reason": "abîmé", "confirm": "1", "agreed": agreed, **data})


def test_articles_are_shown_first_and_refunded_when_confirmed(client, alice):
    tea = make_product("Thé", price="6.50", stock=10)
    order = paid_order(alice, (tea, 3), (make_product("Vase"), 1))
    line = order.lines.first()
    data = {"what": "LIGNES", f"line_{line.pk}": "2", "restock": "on", "reason": "abîmé"}
    shown = client.post(url(order), {**data, "preview": "1"})
    assert shown.context["plan"].amount == Decimal("13.00")
    assert "2 × Thé · €13.00" in shown.content.decode()
    assert not Refund.objects.exists()
    assert confirm(client, order, "13.00", **data).status_code == 302
    assert fresh(order).refunded == Decimal("13.00")
    assert stock_of(tea) == 9
    page = client.get(url(order)).content.decode()
    assert fresh(order).refunds.get().credit_note.number in page
    assert "2 refunded" in page


def test_a_sum_that_was_not_shown_is_not_refunded(client, alice):
    order = paid_order(alice)
    data = {"what": "LIGNES", f"line_{order.lines.get().pk}": "2"}
    assert confirm(client, order, "6.50", **data).context["plan"].amount == Decimal("13.00")
    assert confirm(client, order, "", **data).status_code == 200
    assert not Refund.objects.exists()


def test_an_amount_then_all_that_is_left(client, alice):
    order = paid_order(alice, (make_product(price="6.50", stock=10), 2))
    confirm(client, order, "1.00", what="MONTANT", amount="1.00")
    assert (fresh(order).status, fresh(order).refunded) == ("PAYEE", Decimal("1.00"))
    confirm(client, order, "12.00", what="TOTAL", restock="on")
    assert (fresh(order).status, stock_of(order.lines.get().product)) == ("REMBOURSEE", 10)
    assert "Nothing can be refunded" in client.get(url(order)).content.decode()


@pytest.mark.parametrize("data, field", [
    ({"what": "LIGNES", "line": "3"}, "line"), ({"what": "LIGNES"}, "__all__"), ({"what": "MONTANT"}, "amount"),
    ({"what": "MONTANT", "amount": "-1"}, "amount"), ({"what": "TOTAL", "reason": ""}, "reason"),
    ({"what": "MONTANT", "amount": "99.00"}, "__all__"), ({"what": ""}, "what"),
])
def test_what_is_wrong_is_said_where_it_is(client, alice, data, field):
    order = paid_order(alice)
    name = f"line_{order.lines.get().pk}"
    data = {name if key == "line" else key: value for key, value in data.items()}
    answer = client.post(url(order), {"reason": "x", "preview": "1", **data})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [name if field == "line" else field]


def test_the_fee_is_offered_while_it_is_left(client, alice, dora):
    order = paid_order(alice, method="COURSIER")
    assert "delivery_fee" in client.get(url(order)).context["form"].fields
    services.refund_order(actor=dora, order_id=order.pk, delivery_fee=True, reason="x")
    assert "delivery_fee" not in client.get(url(order)).context["form"].fields


def test_an_unpaid_order_has_nothing_to_refund(client, alice):
    order = place_order(alice)
    assert "Nothing can be refunded" in client.get(url(order)).content.decode()
    assert confirm(client, order, "13.00", what="TOTAL").status_code == 422


def test_only_staff_open_it(alice, bob):
    order = paid_order(alice)
    for person in (alice, bob):
        assert browser(person).get(url(order)).status_code == 302
        confirm(browser(person), order, "13.00", what="TOTAL")
    assert not Refund.objects.exists()


def test_it_costs_the_same_for_few_and_many_lines(client, alice, dora):
    few = paid_order(alice)
    many = paid_order(alice, *[(make_product(f"P{n}"), 2) for n in range(6)])
    for n in range(3):
        services.refund_order(actor=dora, order_id=many.pk, amount=Decimal(n + 1), reason="x")
    with assert_max_queries(30):
        client.get(url(few))
    with assert_max_queries(30):
        client.get(url(many))


def test_a_button_pressed_twice_refunds_once(client, alice):
    """A gesture could be made twice, and so could the same piece of two: both clicks agree to the same sum."""
    order = paid_order(alice, (make_product(price="6.50", stock=10), 4))
    line = order.lines.get()
    for data in ({"what": "MONTANT", "amount": "1.00"}, {"what": "LIGNES", f"line_{line.pk}": "1"}):
        shown = client.post(url(order), {"reason": "abîmé", "preview": "1", **data})
        before = re.search(r'name="before" value="([0-9.]+)"', shown.content.decode())[1]
        agreed = re.search(r'name="agreed" value="([0-9.]+)"', shown.content.decode())[1]
        assert confirm(client, order, agreed, before=before, **data).status_code == 302
        again = confirm(client, order, agreed, before=before, **data)
        assert "What is left to refund changed meanwhile" in again.content.decode()
    assert [refund.kind for refund in fresh(order).refunds.order_by("pk")] == ["MONTANT", "LIGNES"]

def test_the_french_page_refunds_as_well(dora, alice):
    """Amounts in hidden fields are for the server: no decimal comma."""
    order, page = paid_order(alice), Client(HTTP_ACCEPT_LANGUAGE="fr")
    page.force_login(dora)
    data = {"what": "MONTANT", "amount": "1.50", "reason": "abîmé"}
    shown = page.post(url(order), {**data, "preview": "1"}).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(agreed|before)" value="([^"]*)"', shown))
    assert hidden == {"agreed": "1.50", "before": "0.00"}
    assert page.post(url(order), {**data, **hidden, "confirm": "1"}).status_code == 302
    assert fresh(order).refunded == Decimal("1.50")
