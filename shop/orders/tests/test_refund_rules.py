"""Rounding of refunds: pieces, gestures and rates always add up to what was paid, to the cent."""

from decimal import Decimal as D

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.lib.money import ZERO, from_cents, vat_breakdown
from shop.invoices.rules import remaining
from shop.orders.refund_rules import Part, Share, everything, gesture, total, vat_of, worth

RATES = [D("20"), D("10"), D("5.5"), D("2.1"), D("0")]


@pytest.mark.parametrize("left, pieces, expected", [
    ("10.00", 1, ["10.00"]),
    ("10.00", 3, ["3.34", "3.33", "3.33"]),
    ("0.02", 3, ["0.01", "0.01", "0.00"]),
    ("9.98", 3, ["3.33", "3.33", "3.32"]),
    ("99.99", 7, ["14.29", "14.29", "14.29", "14.28", "14.28", "14.28", "14.28"]),
    ("0.00", 2, ["0.00", "0.00"]),
])
def test_pieces_one_by_one(left, pieces, expected):
    rest, got = D(left), []
    for kept in range(pieces, 0, -1):
        got.append(worth(rest, kept, 1))
        rest -= got[-1]
    assert (got, rest) == ([D(amount) for amount in expected], ZERO)
    assert worth(D(left), pieces, pieces) == D(left)


@pytest.mark.parametrize("pieces, wanted", [(2, 3), (2, -1), (0, 1)])
def test_more_than_there_is_has_no_worth(pieces, wanted):
    with pytest.raises(ValueError):
        worth(D("1"), pieces, wanted)


@given(st.integers(0, 10**6), st.lists(st.integers(1, 9), min_size=1, max_size=12))
def test_however_they_are_grouped_pieces_add_up(cents, groups):
    left, pieces = from_cents(cents), sum(groups)
    at_once = [worth(left, pieces, sum(groups[: n + 1])) for n in range(len(groups))]
    rest = left
    for n, group in enumerate(groups):
        rest -= worth(rest, pieces - sum(groups[:n]), group)
        assert left - rest == at_once[n]
    assert rest == ZERO


@pytest.mark.parametrize("amount, lefts, expected", [
    ("5.00", ["10.00", "10.00"], ["2.50", "2.50"]),
    ("0.01", ["10.00", "10.00"], ["0.01"]),
    ("1.00", ["3.00", "3.00", "3.00"], ["0.34", "0.33", "0.33"]),
    ("19.99", ["0.01", "19.99"], ["0.01", "19.98"]),
    ("5.00", ["0.00", "5.00"], ["5.00"]),
])
def test_a_gesture_is_shared_by_what_is_left(amount, lefts, expected):
    shares = [Share(n, D(20), 1, D(left)) for n, left in enumerate(lefts)]
    assert [part.amount for part in gesture(shares, D(amount))] == [D(text) for text in expected]


@pytest.mark.parametrize("lines, steps", [
    # (gross, rate) of the lines; the VAT that goes back with each line when they are refunded one after another
    ([("12.00", 20), ("5.50", "5.5")], [("2.00",), ("0.29",)]),
    ([("0.01", 20), ("0.01", 20), ("0.01", 20)], [("0.00",), ("0.00",), ("0.01",)]),
    ([("3.33", 10), ("3.33", 10), ("3.34", 10)], [("0.30",), ("0.30",), ("0.31",)]),
    ([("7.77", 0)], [()]),
])
def test_vat_of_lines_refunded_one_after_another(lines, steps):
    lines = [(D(gross), D(rate)) for gross, rate in lines]
    left = vat_breakdown(lines)
    for (gross, rate), expected in zip(lines, steps, strict=True):
        share = Share(1, rate, 1, gross)
        parts = vat_of(left, [Part(share, 1, gross)])
        assert [part.vat for part in parts if part.rate] == [D(text) for text in expected]
        left = remaining(left, parts)
    assert all((row.net, row.vat, row.gross) == (0, 0, 0) for row in left)


cents = st.integers(1, 50_000)
lines_of = st.lists(st.tuples(cents, st.integers(1, 9), st.sampled_from(RATES)), min_size=1, max_size=6)


@settings(max_examples=200, deadline=None)
@given(lines_of, st.lists(st.tuples(st.integers(0, 5), st.integers(1, 4), st.integers(1, 99)), max_size=8))
def test_any_story_of_refunds_ends_exactly_at_zero(lines, steps):
    """Articles and gestures in any order: no rate and no line ever goes below zero, the last refund empties all."""
    shares = [Share(n, rate, count, from_cents(unit) * count) for n, (unit, count, rate) in enumerate(lines)]
    left = vat_breakdown([(share.left, share.rate) for share in shares])
    invoiced = sum((row.vat for row in left), ZERO)
    credited = ZERO
    for which, wanted, percent in steps:
        whole = sum((share.left for share in shares), ZERO)
        share = shares[which % len(shares)]
        if wanted == 4:
            parts = gesture(shares, (whole * percent / 100).quantize(D("0.01")))
        else:
            taken = min(wanted, share.pieces)
            parts = [Part(share, taken, worth(share.left, share.pieces, taken))] if taken else []
        vat = vat_of(left, parts)
        assert sum((row.gross for row in vat), ZERO) == total(parts)
        credited += sum((row.vat for row in vat), ZERO)
        left = remaining(left, vat)
        took = {part.share.line_id: part for part in parts}
        shares = [
            Share(s.line_id, s.rate, s.pieces - took[s.line_id].quantity, s.left - took[s.line_id].amount)
            if s.line_id in took else s
            for s in shares
        ]
        assert all(s.left >= 0 and s.pieces >= 0 and (s.pieces or not s.left) for s in shares)
        assert all(row.vat >= 0 and row.net >= 0 for row in left)
        for row in left:
            assert row.gross == sum((s.left for s in shares if s.rate == row.rate), ZERO)
    vat = vat_of(left, everything(shares))
    assert all((row.net, row.vat, row.gross) == (0, 0, 0) for row in remaining(left, vat))
    assert credited + sum((row.vat for row in vat), ZERO) == invoiced
