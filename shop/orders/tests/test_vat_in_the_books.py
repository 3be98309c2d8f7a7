"""VAT by rate: what the ledger says is what invoices and credit notes say, to the cent, whatever happens to orders."""

from collections import defaultdict
from decimal import Decimal

import pytest

from accounts.wallet.models import Posting
from config.lib.money import ZERO
from delivery.couriers.tests.factories import make_courier
from delivery.deliveries.tests.factories import award_to, delivered, fund, make_delivery
from shop.catalogue.tests.factories import make_product
from shop.invoices.models import Invoice
from shop.orders import services
from shop.orders.tests.factories import balance, fresh, paid_order

pytestmark = pytest.mark.django_db
RATES = (Decimal("20.00"), Decimal("10.00"), Decimal("5.50"))


def goods(*prices):
    return [(make_product(f"P{n}", price=price, vat_rate=RATES[n % 3]), n % 3 + 1) for n, price in enumerate(prices)]


def without_zero(sums):
    return {rate: amount for rate, amount in sums.items() if amount}


def in_the_ledger(code, **only):
    sums = defaultdict(lambda: ZERO)
    for rate, amount in Posting.objects.filter(account__code=code, **only).values_list("vat_rate", "amount"):
        sums[rate] += amount
    return without_zero(sums)


def on_paper(part="vat"):
    sums = defaultdict(lambda: ZERO)
    for paper in Invoice.objects.all():
        for line in paper.vat_lines:
            sums[Decimal(line.rate).quantize(Decimal("0.01"))] += getattr(line, part) * (
                1 if paper.kind == "FACTURE" else -1
            )
    return without_zero(sums)


def test_a_sale_at_three_rates_is_booked_rate_by_rate(alice):
    order = paid_order(alice, *goods("12.34", "7.77", "3.33"))
    assert set(in_the_ledger("VAT")) == set(RATES)
    assert in_the_ledger("VAT") == on_paper()
    assert in_the_ledger("SALES") == on_paper("net")
    assert sum(in_the_ledger("VAT").values()) == order.vat_total


def test_the_couriers_fee_carries_its_vat_and_waits_without_a_rate(alice):
    order = paid_order(alice, *goods("12.34", "7.77", "3.33"), method="COURSIER")
    assert in_the_ledger("VAT") == on_paper()
    assert in_the_ledger("ESCROW") == {None: balance("ESCROW")}
    sales = in_the_ledger("SALES")
    sales[RATES[0]] += balance("ESCROW")
    assert sales == on_paper("net")
    assert order.delivery_fee > 0


@pytest.mark.parametrize("amounts", [["0.01"], ["1.00", "0.01", "12.34"], ["9.99"] * 3, ["0.02", "20.00"]])
@pytest.mark.parametrize("method", ["RETRAIT", "COURSIER"])
def test_refunds_of_any_size_follow_the_credit_notes_and_end_at_zero(alice, dora, amounts, method):
    order = paid_order(alice, *goods("12.34", "7.77", "3.33"), method=method)
    for amount in amounts:
        services.refund_order(actor=dora, order_id=order.pk, amount=Decimal(amount), reason="geste")
        assert in_the_ledger("VAT") == on_paper()
    services.refund_order(actor=dora, order_id=order.pk, reason="tout")
    assert in_the_ledger("VAT") == on_paper() == in_the_ledger("SALES") == in_the_ledger("ESCROW") == {}


def test_a_cancelled_order_leaves_nothing_at_any_rate(alice):
    services.cancel(actor=alice, order_id=paid_order(alice, *goods("5.55", "1.11"), method="COURSIER").pk)
    assert in_the_ledger("VAT") == in_the_ledger("SALES") == in_the_ledger("ESCROW") == {}


def test_margin_and_commission_of_a_sold_delivery_are_revenue_at_its_rate(alice, dora, carla, commit):
    order = paid_order(alice, method="COURSIER")
    with commit():
        services.ship(actor=dora, order_id=order.pk, award="MANUELLE")
    courier = make_courier(carla)
    with commit():
        delivered(award_to(fresh(order).delivery, courier, amount="4.00", minutes=30), courier)
    assert list(in_the_ledger("COMMISSION")) == list(in_the_ledger("DELIVERY_SALES")) == [RATES[0]]
    assert in_the_ledger("VAT") == on_paper()


def test_a_kept_fee_is_a_sale_at_the_deliverys_rate(alice, dora, carla, commit):
    order = paid_order(alice, (make_product(vat_rate=RATES[2]), 1), method="COURSIER")
    fee = balance("ESCROW")
    with commit():
        services.ship(actor=dora, order_id=order.pk, award="MANUELLE")
    with commit():
        services.mark_delivered(actor=dora, order_id=order.pk)
    assert in_the_ledger("SALES")[RATES[0]] == fee
    assert in_the_ledger("SALES") == on_paper("net")


def test_the_commission_between_persons_carries_no_rate(alice, carla, commit):
    courier = make_courier(carla)
    fund(alice, 50)
    with commit():
        delivered(award_to(make_delivery(alice), courier, amount="8.00", minutes=30), courier)
    assert list(in_the_ledger("COMMISSION")) == [None]
