"""Several real connections on the same stock, cart and order. The guards have canaries: without them a test fails."""

import sys
import time
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import IntegrityError
from django.db.models import Sum
from django.utils import timezone

from accounts.payments import audit
from accounts.payments import services as payments
from accounts.payments.gateways.base import Answer, Outcome
from accounts.payments.models import Disagreement, Payment, Refund
from config.lib.actors import SYSTEM
from config.lib.errors import DomainError, IllegalMove
from config.lib.testing import api, at_once
from shop.cart.models import Cart, CartLine, CartStatus
from shop.cart.services import add_to_cart
from shop.catalogue import services as catalogue
from shop.catalogue.models import Product
from shop.catalogue.tests.factories import make_product
from shop.invoices.models import Invoice
from shop.orders import audit as order_audit
from shop.orders import queries, services
from shop.orders.models import Order
from shop.orders.tests.factories import balance, fresh, paid_order, place_order, statuses, stock_of

pytestmark = [pytest.mark.postgres_race, pytest.mark.django_db(transaction=True)]
URL = "/api/orders/checkout"
RETRAIT = {"delivery_method": "RETRAIT"}


def make_user(name="alice", **fields):
    return get_user_model().objects.create_user(f"{name}@email.test", "x", first_name=name.capitalize(), **fields)


def make_clerk():
    clerk = make_user("dora", is_staff=True)
    clerk.groups.add(Group.objects.get_or_create(name="Boutique")[0])
    return clerk


def fifty_buyers(product):
    """50 carts with one piece each, ordered at the same moment over the API; (status, code) of each answer."""
    buyers = [make_user(f"buyer{n}") for n in range(50)]
    carts = Cart.objects.bulk_create(Cart(user=buyer) for buyer in buyers)
    CartLine.objects.bulk_create(CartLine(cart=cart, product=product, quantity=1) for cart in carts)

    def buy(number):
        answer = api(buyers[number]).post(URL, RETRAIT)
        return answer.status_code, answer.json().get("code")

    return at_once(50, buy)


def test_fifty_buyers_ten_left():
    product = make_product(stock=10)
    answers = fifty_buyers(product)
    assert sorted(set(answers), key=str) == [(201, None), (409, "out_of_stock")]
    assert answers.count((201, None)) == 10
    assert Order.objects.count() == 10
    assert stock_of(product) == 0
    assert Cart.objects.filter(status=CartStatus.OUVERT).count() == 40


def naive_change_stock(quantities, *, sign, guarded):
    """What a careless programmer writes: look, then leap."""
    rows = {product.pk: product.stock for product in Product.objects.filter(pk__in=quantities)}
    time.sleep(0.01)
    for pk, quantity in quantities.items():
        if guarded and rows[pk] < quantity:
            return 0
        Product.objects.filter(pk=pk).update(stock=rows[pk] + sign * quantity)
    return len(quantities)


def test_canary_without_the_conditional_update_more_is_sold_than_there_is(monkeypatch):
    product = make_product(stock=10)
    monkeypatch.setattr(catalogue, "_change_stock", naive_change_stock)
    fifty_buyers(product)
    product.refresh_from_db()
    explained = product.movements.aggregate(total=Sum("delta"))["total"]
    assert Order.objects.count() > 10 or explained != product.stock


def test_orders_of_the_same_products_in_another_sequence_do_not_deadlock():
    products = [make_product(f"P{n}", stock=1000) for n in range(6)]
    buyers = [make_user(f"buyer{n}") for n in range(16)]
    for number, buyer in enumerate(buyers):
        for product in products if number % 2 else reversed(products):
            add_to_cart(actor=buyer, product_id=product.pk, quantity=1)
    answers = at_once(16, lambda n: api(buyers[n]).post(URL, RETRAIT).status_code)
    assert set(answers) == {201}
    assert [stock_of(product) for product in products] == [984] * 6


@pytest.mark.parametrize("headers", [{}, {"HTTP_IDEMPOTENCY_KEY": "one"}])
def test_a_checkout_sent_eight_times_at_once_is_one_order(headers):
    alice, tea = make_user(), make_product(stock=50)
    add_to_cart(actor=alice, product_id=tea.pk, quantity=2)
    answers = at_once(8, lambda n: api(alice).post(URL, RETRAIT, **headers))
    codes = {answer.status_code for answer in answers}
    assert codes <= ({201, 409} if headers else {201, 200})
    assert len({a.json()["id"] for a in answers if a.status_code != 409}) == 1
    assert {a.json()["code"] for a in answers if a.status_code == 409} <= {"idempotency_in_progress"}
    assert Order.objects.count() == 1
    assert stock_of(tea) == 48


def test_canary_without_the_cart_guard_there_are_several_orders_or_errors(monkeypatch):
    """The unique cart of an order is the second line of defence: it then turns the repeats into errors."""
    alice, tea = make_user(), make_product(stock=50)
    add_to_cart(actor=alice, product_id=tea.pk, quantity=2)

    monkeypatch.setattr(sys.modules["shop.orders.services.checkout"], "_take_cart", lambda cart: True)
    results = at_once(8, lambda n: services.checkout(actor=alice, delivery_method="RETRAIT"))
    assert Order.objects.count() > 1 or any(isinstance(result, IntegrityError) for result in results)


def test_adding_while_ordering_loses_no_article():
    alice, tea, soap = make_user(), make_product("Thé", stock=50), make_product("Savon", stock=50)
    add_to_cart(actor=alice, product_id=tea.pk)

    def work(number):
        if number:
            return add_to_cart(actor=alice, product_id=soap.pk)
        return services.checkout(actor=alice, delivery_method="RETRAIT")

    at_once(5, work)
    ordered = Order.objects.get().lines.filter(product=soap).aggregate(n=Sum("quantity"))["n"] or 0
    waiting = CartLine.objects.filter(cart__status="OUVERT", product=soap).aggregate(n=Sum("quantity"))["n"] or 0
    assert ordered + waiting == 4


def test_two_first_articles_at_once_make_one_cart():
    alice, tea = make_user(), make_product(stock=50)
    at_once(6, lambda n: add_to_cart(actor=alice, product_id=tea.pk))
    assert Cart.objects.filter(user=alice).count() == 1
    assert CartLine.objects.get().quantity == 6


def test_paying_eight_times_at_once_charges_once():
    alice = make_user()
    order = place_order(alice)
    body = {"order_id": order.pk, "method": "CARTE", "payment_token": "tok_ok"}
    answers = at_once(8, lambda n: api(alice).post("/api/orders/pay", body))
    assert {a.status_code for a in answers} <= {200, 409}
    assert Payment.objects.filter(status="REUSSI").count() == 1
    assert statuses(order) == ["CREE", "PAYEE"]
    assert (balance("CLEARING"), balance("UNAPPLIED")) == (-order.total, 0)
    assert Invoice.objects.count() == 1


def test_call_webhook_and_listener_at_once_settle_once():
    alice = make_user()
    order = place_order(alice)
    payment, _order = services.pay_order(actor=alice, order_id=order.pk, method="CARTE", token="tok_pending", key="k")

    def news(number):
        if number % 2:
            return services.settle_payment(payment_id=payment.pk)
        answer = Answer(Outcome.OK, payment.provider_ref, payment.amount, "")
        return payments.record_answer(payment_id=payment.pk, answer=answer, actor=SYSTEM, fact="ANNONCE")

    results = at_once(8, news)
    assert not [r for r in results if isinstance(r, Exception)]
    services.settle_payment(payment_id=payment.pk)
    assert statuses(order) == ["CREE", "PAYEE"]
    assert balance("UNAPPLIED") == 0


@pytest.mark.parametrize("ending", ["cancel", "expire"])
def test_paying_while_it_ends_leaves_either_a_paid_order_or_money_given_back(ending):
    waiting = 0
    for round_ in range(6):
        alice, tea = make_user(f"alice{round_}"), make_product(stock=5)
        order = place_order(alice, (tea, 2))
        payment = payments.charge(
            actor=alice, reference=order.reference, amount=order.total, method="CARTE",
            token="tok_pending", key=f"p{round_}",
        )
        if ending == "expire":
            Order.objects.filter(pk=order.pk).update(expires_at=timezone.now() - timedelta(seconds=1))

        def work(number, order=order, payment=payment, alice=alice):
            if number == 0:
                answer = Answer(Outcome.OK, payment.provider_ref, payment.amount, "")
                payments.record_answer(payment_id=payment.pk, answer=answer, actor=SYSTEM)
                return services.settle_payment(payment_id=payment.pk)
            if ending == "expire":
                return services.expire_orders()
            return services.cancel(actor=alice, order_id=order.pk)

        results = at_once(2, work)
        assert not [r for r in results if isinstance(r, Exception)], results
        now = fresh(order)
        assert now.status in ("PAYEE", "ANNULEE")
        if now.status == "ANNULEE":
            assert stock_of(tea) == 5
            # Cancelled before the money came: the desk decides. Cancelled after it: given back at once.
            refunds, cases = Refund.objects.filter(payment=payment), Disagreement.objects.filter(payment=payment)
            assert [row.amount for row in (*refunds, *cases)] == [order.total]
            waiting += sum(case.amount for case in cases)
        else:
            assert stock_of(tea) == 3
    assert balance("UNAPPLIED") == waiting
    assert list(audit.faults()) == []


def test_cancel_and_ship_at_once_do_only_one():
    alice, clerk = make_user(), make_clerk()
    order = paid_order(alice, method="COURSIER")

    def work(number):
        if number:
            return services.cancel(actor=alice, order_id=order.pk)
        return services.ship(actor=clerk, order_id=order.pk)

    results = at_once(2, work)
    assert len([r for r in results if isinstance(r, IllegalMove)]) == 1
    assert fresh(order).status in ("ANNULEE", "EXPEDIEE")
    assert (fresh(order).delivery is None) == (fresh(order).status == "ANNULEE")


def test_refunds_at_once_never_exceed_what_was_paid():
    alice, clerk = make_user(), make_clerk()
    order = paid_order(alice, (make_product(price="10.00", stock=5), 1))
    at_once(6, lambda n: services.refund_order(actor=clerk, order_id=order.pk, amount=4, reason=str(n)))
    assert fresh(order).refunded == 8
    assert sum(r.amount for r in Refund.objects.all()) == 8
    assert Invoice.objects.filter(kind="AVOIR").count() == 2


def ten_clerks_refund(order, ways):
    """Ten clerks refund the same order at the same moment, each in one of `ways`; their answers."""
    clerk = make_clerk()
    return at_once(
        10, lambda n: services.refund_order(actor=clerk, order_id=order.pk, reason=str(n), **ways[n % len(ways)])
    )


def three_pieces():
    order = paid_order(make_user(), (make_product(price="10.00", stock=5), 3))
    one = [{"line_id": order.lines.get().pk, "quantity": 1}]
    return order, [{"lines": one, "restock": True}, {"amount": 1}, {"lines": one, "restock": True}, {"amount": 7}]


def test_articles_and_amounts_refunded_at_once_never_exceed_what_was_paid():
    order, ways = three_pieces()
    answers = ten_clerks_refund(order, ways)
    assert not [a for a in answers if isinstance(a, Exception) and not isinstance(a, DomainError)], answers
    now = fresh(order)
    given = list(now.refunds.all())
    assert now.refunded == sum(r.amount for r in given) == sum(r.amount for r in Refund.objects.all()) <= order.total
    assert now.lines.get().refunded_quantity <= 3
    assert list(order_audit.faults()) == []


def test_canary_without_the_order_lock_refunds_at_once_go_wrong(monkeypatch):
    order, ways = three_pieces()

    def unlocked(actor, pk, right="own"):
        found = queries.get_for(actor, pk, right)
        time.sleep(0.02)
        return found

    monkeypatch.setattr(queries, "locked_for", unlocked)
    answers = ten_clerks_refund(order, ways)
    broken = [a for a in answers if isinstance(a, Exception) and not isinstance(a, DomainError)]
    assert broken or list(order_audit.faults())


def test_invoices_paid_at_once_have_no_gap():
    buyers = [make_user(f"buyer{n}") for n in range(12)]
    tea = make_product(stock=100)
    orders = [place_order(buyer, (tea, 1)) for buyer in buyers]

    def pay(number):
        token = "tok_declined" if number % 4 == 3 else "tok_ok"
        return services.pay_order(
            actor=buyers[number], order_id=orders[number].pk, method="CARTE", token=token, key=str(number)
        )

    at_once(12, pay)
    ranks = sorted(int(number[-6:]) for number in Invoice.objects.values_list("number", flat=True))
    assert ranks == list(range(1, 10))
