"""Refunds by staff: full or partial, with or without the goods, never more than was paid."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.payments.models import Refund
from config.lib.money import ZERO, vat_breakdown
from config.lib.testing import api
from delivery.couriers.tests.factories import make_courier
from delivery.deliveries.tests.factories import award_to, delivered
from shop.catalogue.tests.factories import make_product
from shop.invoices import rules as invoice_rules
from shop.invoices.models import Invoice
from shop.orders import rules, services
from shop.orders.tests.factories import balance, fresh, paid_order, statuses, stock_of

URL = "/api/admin/orders/refund"


@pytest.mark.django_db
@pytest.mark.parametrize("restock, left", [(True, 5), (False, 3)])
def test_a_full_refund_ends_the_order_and_restocks_when_asked(alice, dora, restock, left, commit):
    tea = make_product(stock=5)
    order = paid_order(alice, (tea, 2))
    with commit():
        answer = api(dora).post(URL, {"order_id": order.pk, "reason": "Abîmé", "restock": restock})
    assert (answer.status_code, answer.json()["status"]) == (200, "REMBOURSEE")
    assert answer.json()["refunded"] == answer.json()["total"]
    assert stock_of(tea) == left
    assert balance("SALES") == balance("VAT") == balance("CLEARING") == 0
    assert Invoice.objects.get(kind="AVOIR").reason == "Abîmé"
    assert api(dora).post(URL, {"order_id": order.pk, "reason": "x"}).status_code == 409


@pytest.mark.django_db
def test_partial_refunds_keep_the_status_and_add_up(alice, dora, commit):
    order = paid_order(alice, (make_product(price="10.00", vat_rate=Decimal("5.50")), 1), (make_product(price="7.77"), 3))
    with commit():
        for amount in ("1.00", "0.01", "12.34"):
            assert api(dora).post(URL, {"order_id": order.pk, "amount": amount, "reason": "geste"}).json()["status"] == "PAYEE"
    left = fresh(order).left_to_refund
    too_much = api(dora).post(URL, {"order_id": order.pk, "amount": str(left + Decimal("0.01")), "reason": "x"})
    assert (too_much.status_code, too_much.json()["code"], too_much.json()["left"]) == (409, "refund_too_large", str(left))
    with commit():
        assert api(dora).post(URL, {"order_id": order.pk, "amount": str(left), "reason": "tout"}).json()["status"] == "REMBOURSEE"
    notes = Invoice.objects.filter(kind="AVOIR")
    assert sum(n.total for n in notes) == order.total
    assert sum(n.vat_total for n in notes) == order.vat_total
    assert [int(n.number[-6:]) for n in notes.order_by("pk")] == [1, 2, 3, 4]
    assert balance("SALES") == balance("VAT") == balance("CLEARING") == 0
    assert sum(r.amount for r in Refund.objects.all()) == order.total


@pytest.mark.django_db
@pytest.mark.parametrize("fields, field", [
    ({"amount": "0"}, "amount"), ({"amount": "-3"}, "amount"), ({"amount": "1.234"}, "amount"), ({"reason": ""}, "reason"),
])
def test_bad_input_names_the_field(alice, dora, fields, field):
    order = paid_order(alice)
    answer = api(dora).post(URL, {"order_id": order.pk, "reason": "x", **fields})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert not Refund.objects.exists()


@pytest.mark.django_db
def test_a_full_refund_calls_the_courier_back_while_there_is_time(alice, dora, commit):
    order = paid_order(alice, method="COURSIER")
    services.ship(actor=dora, order_id=order.pk)
    with commit():
        services.refund_order(actor=dora, order_id=order.pk, reason="rupture")
    assert fresh(order).delivery.status == "ANNULEE"
    assert balance("ESCROW") == balance("SALES") == balance("VAT") == 0


@pytest.mark.django_db
def test_after_the_delivery_the_courier_keeps_his_pay_and_the_shop_bears_it(alice, dora, carla, commit):
    order = paid_order(alice, method="COURSIER")
    services.ship(actor=dora, order_id=order.pk, award="MANUELLE")
    courier = make_courier(carla)
    with commit():
        delivered(award_to(fresh(order).delivery, courier, amount="4.00", minutes=30), courier)
    with commit():
        services.refund_order(actor=dora, order_id=order.pk, reason="abîmé")
    assert statuses(order)[-2:] == ["LIVREE", "REMBOURSEE"]
    assert balance("SALES") == -rules.fee_net(order.delivery_fee)
    assert balance("ESCROW") == balance("VAT") == balance("CLEARING") == 0


amounts = st.integers(1, 50_000).map(lambda cents: Decimal(cents) / 100)
lines = st.lists(st.tuples(amounts, st.sampled_from([Decimal("20"), Decimal("10"), Decimal("5.5"), Decimal("0")])), min_size=1, max_size=6)


@settings(max_examples=200, deadline=None)
@given(lines, st.lists(st.integers(1, 99), max_size=6))
def test_credit_notes_never_exceed_the_invoice_and_end_exactly_on_it(gross_lines, percents):
    left = invoiced = vat_breakdown(gross_lines)
    for percent in percents:
        whole = sum((line.gross for line in left), ZERO)
        amount = (whole * percent / 100).quantize(Decimal("0.01"))
        if not amount:
            continue
        parts = invoice_rules.credit(left, amount)
        assert sum((p.gross for p in parts), ZERO) == amount
        assert all(p.net + p.vat == p.gross for p in parts)
        left = invoice_rules.remaining(left, parts)
        assert all(p.vat >= 0 and p.gross >= 0 for p in left)
    whole = sum((line.gross for line in left), ZERO)
    if whole:
        left = invoice_rules.remaining(left, invoice_rules.credit(left, whole))
    assert all((p.net, p.vat, p.gross) == (0, 0, 0) for p in left)
    assert sum((p.gross for p in invoiced), ZERO) == sum((g for g, _r in gross_lines), ZERO)


class FakeLine:
    def __init__(self, line_total, vat_rate):
        self.line_total, self.vat_rate = line_total, vat_rate


@settings(max_examples=200, deadline=None)
@given(lines, st.integers(0, 5000).map(lambda cents: Decimal(cents) / 100))
def test_totals_add_up_and_vat_is_that_of_the_summed_base(gross_lines, fee):
    sums = rules.totals([FakeLine(*line) for line in gross_lines], fee)
    assert sums.subtotal == sum((g for g, _r in gross_lines), ZERO)
    assert sums.total == sums.subtotal + fee == sum((v.gross for v in sums.vat), ZERO)
    for line in sums.vat:
        assert abs(line.gross * line.rate / (100 + line.rate) - line.vat) <= Decimal("0.005")
    assert ZERO <= rules.fee_net(fee) <= fee
