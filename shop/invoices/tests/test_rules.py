"""Rounding: per line, per rate, with discounts, and refunds by line. Everything adds up to the cent."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.lib.money import ZERO, round_half_up, vat_included
from shop.invoices import rules
from shop.invoices.rules import Line

D = Decimal
RATES = [D("20"), D("10"), D("5.5"), D("2.1"), D("8.5"), D("0")]


def line(total, rate="20", quantity=1, discount="0.00"):
    return Line("x", quantity, (D(total) + D(discount)) / quantity, D(rate), D(total), discount=D(discount))


def words(lines):
    return [f"{v.rate:f}: {v.net} + {v.vat} = {v.gross}" for v in lines]


# lines (gross, rate), discount → per rate; net of each line; share of each line; allowance per rate
TABLE = [
    ([("6.50", "20")], "0", ["20: 5.42 + 1.08 = 6.50"], ["5.42"], ["6.50"], ["0.00"]),
    # Three times 0.01: the VAT is that of the sum (0.03 → 0.01), so one line carries the cent.
    ([("0.01", "20")] * 3, "0", ["20: 0.02 + 0.01 = 0.03"], ["0.01", "0.01", "0.00"], ["0.01"] * 3, ["0.00"]),
    # Rounded line by line the net would be 3 × 2.78 = 8.34.
    ([("3.33", "20")] * 3, "0", ["20: 8.32 + 1.67 = 9.99"], ["2.78", "2.77", "2.77"], ["3.33"] * 3, ["0.00"]),
    # 1 € off 10 € at 20 % and 5 € at 5.5 %: 0.67 and 0.33.
    (
        [("10.00", "20"), ("5.00", "5.5")], "1.00", ["20: 7.77 + 1.56 = 9.33", "5.5: 4.43 + 0.24 = 4.67"],
        ["8.33", "4.74"], ["9.33", "4.67"], ["0.56", "0.31"],
    ),
    # The cent that cannot be shared goes to the larger remainder, equal ones to the higher rate.
    (
        [("1.00", "20"), ("1.00", "10")], "0.01", ["20: 0.82 + 0.17 = 0.99", "10: 0.91 + 0.09 = 1.00"],
        ["0.83", "0.91"], ["0.99", "1.00"], ["0.01", "0.00"],
    ),
    ([("4.00", "20")], "4.00", ["20: 0.00 + 0.00 = 0.00"], ["3.33"], ["0.00"], ["3.33"]),
    ([("1.39", "0")], "0", ["0: 1.39 + 0.00 = 1.39"], ["1.39"], ["1.39"], ["0.00"]),
]


@pytest.mark.parametrize("lines, discount, vat, nets, shares, allowances", TABLE)
def test_the_rounding_table(lines, discount, vat, nets, shares, allowances):
    priced = rules.price([line(*one) for one in lines], D(discount))
    assert words(priced.vat) == vat
    assert [str(one.net) for one in priced.lines] == nets
    assert [str(one.share) for one in priced.lines] == shares
    assert [str(priced.allowances[v.rate]) for v in priced.vat] == allowances


@pytest.mark.parametrize("lines, discount", [
    ([("-1.00", "20")], "0"), ([("1.00", "20")], "1.01"), ([("1.00", "20")], "-0.01"), ([("1.00", "20", 1, "-1")], "0"),
])
def test_what_cannot_be_invoiced(lines, discount):
    with pytest.raises(ValueError):
        rules.price([line(*one) for one in lines], D(discount))


cents = st.integers(0, 100_000).map(lambda n: D(n) / 100)
some_lines = st.lists(
    st.builds(lambda total, rate, n: Line("x", n, total, rate, round_half_up(total)), cents, st.sampled_from(RATES), st.integers(1, 40)),
    min_size=1, max_size=12,
)


@given(some_lines, st.integers(0, 100))
def test_every_sum_adds_up(lines, percent):
    total = sum((one.total for one in lines), ZERO)
    discount = round_half_up(total * percent / 100)
    priced = rules.price(lines, discount)
    assert priced.total == total - discount
    for v in priced.vat:
        mine = [one for one in priced.lines if rules.normal(one.line.vat_rate) == v.rate]
        assert v.net + v.vat == v.gross
        assert v.vat == vat_included(v.gross, v.rate)
        assert sum((one.net for one in mine), ZERO) - priced.allowances[v.rate] == v.net
        assert sum((one.share for one in mine), ZERO) == v.gross
        assert priced.allowances[v.rate] >= ZERO
        for one in mine:
            assert ZERO <= one.share <= one.line.total
            assert abs(one.net - (one.line.total - vat_included(one.line.total, v.rate))) <= D("0.01")


@given(some_lines, st.integers(0, 100), st.randoms(use_true_random=False))
def test_refunds_by_line_add_up_to_the_invoice(lines, percent, random):
    """Lines given back one after the other, in any order: each rate comes to nothing, net, VAT and gross alike."""
    total = sum((one.total for one in lines), ZERO)
    priced = rules.price(lines, round_half_up(total * percent / 100))
    order, credited = list(priced.lines), []
    random.shuffle(order)
    for one in order:
        if not one.share:
            continue
        left = rules.remaining(priced.vat, credited)
        back = [Line("x", 1, one.share, one.line.vat_rate, one.share)]
        parts = rules.credit_lines(left, back)
        note = rules.price_credit(back, parts)
        assert note.total == one.share
        assert [row.net for row in note.lines] == [part.net for part in parts]
        assert all(part.net >= ZERO and part.vat >= ZERO for part in parts)
        credited += parts
    assert all((v.net, v.vat, v.gross) == (0, 0, 0) for v in rules.remaining(priced.vat, credited))


@given(some_lines, st.lists(st.integers(1, 99), max_size=5))
def test_refunds_by_amount_add_up_to_the_invoice(lines, percents):
    priced = rules.price(lines)
    credited = []
    for percent in [*percents, 100]:
        left = rules.remaining(priced.vat, credited)
        amount = round_half_up(sum((v.gross for v in left), ZERO) * percent / 100)
        if amount:
            credited += rules.credit(left, amount)
    assert all((v.net, v.vat, v.gross) == (0, 0, 0) for v in rules.remaining(priced.vat, credited))


def test_no_more_than_what_is_left_is_credited():
    left = rules.price([line("10.00"), line("5.00", "5.5")]).vat
    for wrong in ([line("10.01")], [line("1.00", "10")], [line("5.00", "5.5"), line("0.01", "5.5")]):
        with pytest.raises(ValueError):
            rules.credit_lines(left, wrong)
    with pytest.raises(ValueError, match="add up"):
        rules.price_credit([line("9.00")], rules.credit(left, D("15.00")))


def test_a_credit_note_lists_its_rates_in_the_order_of_the_invoice():
    goods = [line("5.00", "5.5"), line("10.00")]
    left = rules.price(goods).vat
    assert [part.rate for part in rules.credit_lines(left, goods)] == [part.rate for part in left] == [D("20"), D("5.5")]


@given(st.integers(0, 1_000_000).map(lambda n: D(n) / 100), st.integers(1, 20_000))
def test_the_unit_price_gives_the_total_of_the_line(net, quantity):
    each, pieces = rules.unit_net(net, D(quantity))
    assert round_half_up(each * quantity / pieces) == net
    assert -each.as_tuple().exponent <= 6


@pytest.mark.parametrize("natures, paid, process", [
    (["BIEN"], True, "B2"), (["SERVICE"], False, "S1"), (["BIEN", "SERVICE"], True, "M2"), ([], False, "B1"),
])
def test_the_french_process_type(natures, paid, process):
    assert rules.process(natures, paid=paid) == process


@pytest.mark.parametrize("postal_code, territory", [
    ("75011", "FR"), ("97110", "GP"), ("97200", "MQ"), ("97300", "GF"), ("97 400", "RE"), ("97600", "YT"), ("", "FR"),
])
def test_where_a_seller_sits(postal_code, territory):
    assert rules.territory(postal_code) == territory
