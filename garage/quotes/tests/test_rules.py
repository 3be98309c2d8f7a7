from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garage.quotes import rules
from shop.invoices import rules as invoices


@dataclass(frozen=True)
class Row:
    quantity: Decimal
    unit_price: Decimal
    discount: Decimal
    vat_rate: Decimal
    description: str = "X"

    @property
    def total(self):
        return rules.line_total(self.quantity, self.unit_price, self.discount)


def d(low, high):
    return st.decimals(low, high, places=2, allow_nan=False)


rows = st.lists(
    st.builds(Row, d("0.01", 40), d(0, 900), d(0, 100), st.sampled_from([Decimal(20), Decimal("8.5"), Decimal(10)])),
    min_size=1, max_size=12,
)


@pytest.mark.parametrize("quantity,price,discount,total", [
    ("1.5", "59.99", "0", "89.99"), ("3", "0.05", "50", "0.08"), ("0.01", "0.49", "0", "0.00"), ("2", "10", "100", "0"),
])
def test_a_line_is_rounded_once_half_up(quantity, price, discount, total):
    assert rules.line_total(Decimal(quantity), Decimal(price), Decimal(discount)) == Decimal(total)


@given(rows, d(0, 100))
def test_a_quote_adds_up_and_its_invoice_comes_to_the_same(lines, percent):
    found = rules.totals(lines, percent)
    assert found.net + found.vat == found.total == sum(line.total for line in lines) - found.discount
    assert {line.rate for line in found.vat_lines} == {invoices.normal(line.vat_rate) for line in lines}
    priced = invoices.price([
        invoices.Line(line.description, line.quantity, line.unit_price, line.vat_rate, line.total) for line in lines
    ], found.discount)
    assert (priced.vat, priced.total) == (found.vat_lines, found.total)


@pytest.mark.parametrize("accepted,last", [
    ("2026-11-02", "2026-11-16"),  # a Monday two weeks later
    ("2026-11-07", "2026-11-23"),  # ends on a Saturday
    ("2026-11-08", "2026-11-23"),  # ends on a Sunday
    ("2028-02-15", "2028-02-29"),
    ("2026-12-11", "2026-12-28"),  # ends on Christmas, a Friday
])
def test_the_time_to_withdraw_ends_on_a_working_day(accepted, last):
    assert rules.withdraw_until(date.fromisoformat(accepted)) == date.fromisoformat(last)
