"""The answer of the call, the listener and the webhook arrive in any order, any number of times: one payment."""

from itertools import permutations

import pytest

from accounts.payments import audit
from accounts.payments import services as payments
from accounts.payments.gateways.base import Answer, Outcome
from accounts.payments.models import Disagreement, Payment
from config.lib.actors import SYSTEM
from shop.orders import services
from shop.orders.models import Order
from shop.orders.tests.factories import balance, fresh, place_order, statuses

pytestmark = pytest.mark.django_db


def pending(order):
    payment, _order = services.pay_order(
        actor=order.user, order_id=order.pk, method="CARTE", token="tok_pending", key="p"
    )
    return payment


def received(payment):
    payments.record_answer(
        payment_id=payment.pk, answer=Answer(Outcome.OK, payment.provider_ref or "r", payment.amount, ""),
        actor=SYSTEM, fact="ANNONCE",
    )


@pytest.mark.parametrize("order_of_news", set(permutations(["webhook", "webhook", "listener", "listener", "call"])))
def test_any_order_of_news_pays_once(alice, order_of_news, commit):
    order = place_order(alice)
    payment = pending(order)
    for news in order_of_news:
        if news == "webhook":
            with commit():
                received(payment)
        elif news == "listener":
            services.settle_payment(payment_id=payment.pk)
        else:
            try:
                services.pay_order(actor=alice, order_id=order.pk, method="CARTE", token="tok_pending", key="p")
            except Exception as refused:
                pytest.fail(f"the repeated call was refused: {refused!r}")
    assert statuses(order) == ["CREE", "PAYEE"]
    assert balance("UNAPPLIED") == 0
    assert balance("CLEARING") == -order.total
    assert Payment.objects.count() == 1


def test_money_after_the_expiry_waits_on_the_desk_and_the_order_stays(alice, commit):
    order = place_order(alice)
    payment = pending(order)
    Order.objects.filter(pk=order.pk).update(expires_at=order.created_at)
    assert services.expire_orders() == 1
    for _ in range(3):
        with commit():
            received(payment)
            services.settle_payment(payment_id=payment.pk)
    assert statuses(order) == ["CREE", "ANNULEE"]
    case = Disagreement.objects.get()
    assert (case.kind, case.amount, case.status) == ("PAYE_ANNULE", order.total, "OUVERT")
    assert balance("UNAPPLIED") == -balance("CLEARING") == order.total
    assert balance("SALES") == 0
    assert list(audit.faults()) == []
    assert fresh(order).invoice is None


def test_a_payment_of_something_else_is_left_alone(alice):
    payment = payments.charge(
        actor=alice, reference="topup-like:1", amount=place_order(alice).total, method="CARTE", token="tok_ok", key="x"
    )
    assert services.settle_payment(payment_id=payment.pk) is None


def test_a_pending_payment_settles_nothing(alice):
    order = place_order(alice)
    assert services.settle_payment(payment_id=pending(order).pk) is None
    assert fresh(order).status == "CREE"
