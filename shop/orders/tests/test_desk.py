"""The reconciliation desk and orders: late money, attached money, refunds made at the provider."""

from decimal import Decimal as D

import pytest

from accounts.payments import audit as payments_audit
from accounts.payments import services as payments
from accounts.payments.models import Disagreement, Payment, Refund
from accounts.payments.rules import CannotAbsorb
from accounts.payments.tests.factories import tell
from accounts.reconciliation import services as desk
from accounts.reconciliation.rules import TakesItNoMore
from accounts.wallet import audit as ledger
from accounts.wallet.queries import wallet_of
from config.lib.errors import Invalid
from config.lib.testing import api
from shop.catalogue.tests.factories import make_product
from shop.invoices.models import Invoice
from shop.orders import audit, services
from shop.orders.models import Order
from shop.orders.tests.factories import balance, fresh, paid_order, place_order, statuses

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _books_are_right():
    yield
    assert [*ledger.faults(), *payments_audit.faults(), *audit.faults()] == []


@pytest.fixture
def late(alice, commit):
    """13 euros that came after their order had expired."""
    order = place_order(alice)
    payment, _order = services.pay_order(
        actor=alice, order_id=order.pk, method="CARTE", token="tok_pending", key="p"
    )
    Order.objects.filter(pk=order.pk).update(expires_at=order.created_at)
    services.expire_orders()
    with commit():
        tell("succeeded", payment)
    return Disagreement.objects.get()


def test_late_money_goes_back_by_one_click(late, dora, alice, commit):
    assert late.kind == "PAYE_ANNULE"
    with commit():
        answer = api(dora).post(f"/api/manager/disagreements/{late.pk}/resolve", {"outcome": "REMBOURSE"})
    assert answer.status_code == 200
    assert Refund.objects.get().state == "FAIT"
    assert balance("UNAPPLIED") == balance("CLEARING") == 0
    assert api(alice).get(f"/api/orders/{late.reference[6:]}").json()["payments"][0]["status"] == "REMBOURSE"


def test_late_money_pays_another_order_and_what_is_over_is_the_customers(late, dora, bob, alice):
    wanted = place_order(alice, (make_product(price="10.00"), 1))
    desk.resolve(actor=dora, case_id=late.pk, outcome="RATTACHE", target=wanted.number.lower())
    assert statuses(wanted) == ["CREE", "PAYEE"]
    assert fresh(wanted).invoice.total == D(10)
    assert wallet_of(alice).balance == D(3)
    assert Payment.objects.get().reference == wanted.reference
    services.refund_order(actor=dora, order_id=wanted.pk, reason="x")
    for owed in Refund.objects.all():
        payments.send_refund(refund_id=owed.pk)
    assert (balance("CLEARING"), Payment.objects.get().status) == (D(-3), "REMBOURSE")


def test_late_money_does_not_pay_a_paid_order(late, dora, alice):
    with pytest.raises(Invalid):
        desk.resolve(actor=dora, case_id=late.pk, outcome="RATTACHE", target=paid_order(alice).number)


def test_attached_money_takes_the_place_of_a_payment_under_way(late, dora, alice, commit):
    wanted = place_order(alice)
    waiting, _order = services.pay_order(
        actor=alice, order_id=wanted.pk, method="CARTE", token="tok_pending", key="q"
    )
    desk.resolve(actor=dora, case_id=late.pk, outcome="RATTACHE", target=wanted.number)
    with commit():
        tell("succeeded", waiting)
    assert statuses(wanted) == ["CREE", "PAYEE"]
    case = Disagreement.objects.get(status="OUVERT")
    assert (case.kind, case.amount, case.payment) == ("TROP_PERCU", D(13), waiting)


def test_a_short_payment_that_is_accepted_pays_its_order(alice, dora, commit):
    order = place_order(alice)
    payment, _order = services.pay_order(
        actor=alice, order_id=order.pk, method="CARTE", token="tok_pending", key="p"
    )
    with commit():
        tell("succeeded", payment, amount="12.50")
    case = Disagreement.objects.get()
    with commit():
        desk.resolve(actor=dora, case_id=case.pk, outcome="ACCEPTE", reason="Change")
    assert statuses(order) == ["CREE", "PAYEE"]
    assert balance("DIFFERENCES") == D("-0.50")
    services.refund_order(actor=dora, order_id=order.pk, reason="x")
    for owed in Refund.objects.all():
        payments.send_refund(refund_id=owed.pk)
    assert balance("CLEARING") == balance("DIFFERENCES") == 0


def test_a_short_payment_is_not_accepted_for_an_order_that_ended(alice, dora, commit):
    order = place_order(alice)
    payment, _order = services.pay_order(
        actor=alice, order_id=order.pk, method="CARTE", token="tok_pending", key="p"
    )
    tell("succeeded", payment, amount="12.50")
    services.cancel(actor=alice, order_id=order.pk)
    case = Disagreement.objects.get()
    with pytest.raises(TakesItNoMore):
        desk.resolve(actor=dora, case_id=case.pk, outcome="ACCEPTE")
    assert (fresh(order).status, balance("DIFFERENCES")) == ("ANNULEE", 0)
    desk.resolve(actor=dora, case_id=case.pk, outcome="REMBOURSE")
    assert Refund.objects.get().amount == D("12.50")


@pytest.mark.parametrize("total", ["3.00", "13.00"])
def test_a_refund_made_at_the_provider_is_followed_with_vat_and_credit_note(alice, dora, commit, total):
    order = paid_order(alice)
    tell("refunded", order.payment, amount=total)
    with commit():
        case = desk.resolve(actor=dora, case_id=Disagreement.objects.get().pk, outcome="ACCEPTE", reason="By hand")
    assert case.transaction.actor == dora
    after = fresh(order)
    assert after.refunded == D(total)
    assert after.status == ("REMBOURSEE" if total == "13.00" else "PAYEE")
    note = Invoice.objects.get(kind="AVOIR")
    assert abs(note.total) == D(total)
    assert balance("CLEARING") == -(order.total - D(total))
    assert balance("UNAPPLIED") == 0
    assert Refund.objects.get().state == "FAIT"  # and the provider was not asked: its key was never used
    with commit():
        tell("refunded", order.payment, amount=total)
    assert not Disagreement.objects.filter(status="OUVERT").exists()


def test_a_refund_made_there_of_what_we_refunded_by_then_is_not_reversed_twice(alice, dora):
    order = paid_order(alice)
    tell("refunded", order.payment, amount="3.00")
    case = Disagreement.objects.get()
    Order.objects.filter(pk=order.pk).update(status="ANNULEE")
    with pytest.raises(CannotAbsorb):
        desk.resolve(actor=dora, case_id=case.pk, outcome="ACCEPTE")
    Order.objects.filter(pk=order.pk).update(status="PAYEE")
