from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.lib.money import from_cents, round_half_up, split, to_cents, vat_breakdown, vat_included

amounts = st.integers(min_value=0, max_value=10_000_000).map(from_cents)


@pytest.mark.parametrize(
    ("given_", "rounded"), [("0.005", "0.01"), ("0.004", "0.00"), ("2.675", "2.68"), ("-0.005", "-0.01"), ("1", "1.00")]
)
def test_halves_go_up(given_, rounded):
    assert round_half_up(Decimal(given_)) == Decimal(rounded)


def test_a_fraction_of_a_cent_is_refused():
    with pytest.raises(ValueError, match="fraction"):
        to_cents(Decimal("0.001"))


@given(amounts, st.lists(st.integers(min_value=0, max_value=1000), min_size=1, max_size=12))
def test_shares_add_up_to_the_cent(amount, weights):
    parts = split(amount, weights)
    assert sum(parts) == amount
    assert all(part >= 0 for part in parts)


@given(amounts, st.lists(st.integers(min_value=1, max_value=1000), min_size=2, max_size=8))
def test_no_share_is_a_cent_off_its_proportion(amount, weights):
    for part, weight in zip(split(amount, weights), weights, strict=True):
        assert abs(part - amount * weight / sum(weights)) < Decimal("0.01")


def test_the_largest_remainder_gets_the_odd_cent():
    assert split(Decimal("0.10"), [1, 1, 1]) == [Decimal("0.04"), Decimal("0.03"), Decimal("0.03")]
    assert split(Decimal("1.00"), [70, 20, 15]) == [Decimal("0.67"), Decimal("0.19"), Decimal("0.14")]


@pytest.mark.parametrize(
    ("gross", "rate", "vat"), [("120.00", "20", "20.00"), ("10.55", "5.5", "0.55"), ("0.01", "20", "0.00"), ("9.99", "20", "1.67")]
)
def test_vat_inside_a_price(gross, rate, vat):
    assert vat_included(Decimal(gross), Decimal(rate)) == Decimal(vat)


@given(st.lists(st.tuples(amounts, st.sampled_from([Decimal("20"), Decimal("10"), Decimal("5.5"), Decimal("0")])), max_size=30))
def test_vat_by_rate_keeps_every_cent(lines):
    table = vat_breakdown(lines)
    assert sum(line.gross for line in table) == sum(gross for gross, _rate in lines)
    assert all(line.net + line.vat == line.gross for line in table)
    assert len({line.rate for line in table}) == len(table)
