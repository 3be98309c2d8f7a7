from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.lib.errors import Invalid
from delivery.auctions.rules import (
    EXTENSION,
    WEIGHTS,
    Candidate,
    check_bid,
    extended,
    lowest_bid,
    ranked,
    rating_of,
    score,
)

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
prices = st.integers(100, 100_000).map(lambda cents: Decimal(cents) / 100)
minutes = st.integers(1, 10_000)
ratings = st.integers(0, 500).flatmap(lambda n: st.tuples(st.integers(n, 5 * n), st.just(n)))
promises = st.integers(0, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@st.composite
def bids(draw):
    highest = draw(prices)
    rating, kept = draw(ratings), draw(promises)
    return {
        "max_price": highest, "amount": draw(st.decimals(Decimal("0.01"), highest, places=2)),
        "eta_minutes": draw(minutes), "expected_minutes": draw(minutes), "rating_sum": rating[0],
        "rating_count": rating[1], "kept": kept[0], "made": kept[1],
    }


@given(bids())
def test_the_parts_add_up_and_each_stays_within_its_weight(bid):
    found = score(**bid)
    assert found.total == sum(found.parts.values())
    assert 0 <= found.total <= 100
    assert all(0 <= points <= WEIGHTS[name] for name, points in found.parts.items())


@given(bids(), st.integers(0, 1000))
def test_cheaper_is_never_worse(bid, cents):
    cheaper = {**bid, "amount": max(Decimal("0.01"), bid["amount"] - Decimal(cents) / 100)}
    assert score(**cheaper).total >= score(**bid).total


@given(bids(), st.integers(0, 5000))
def test_sooner_is_never_worse(bid, less):
    sooner = {**bid, "eta_minutes": max(1, bid["eta_minutes"] - less)}
    assert score(**sooner).total >= score(**bid).total


@given(bids())
def test_a_promise_more_kept_and_five_stars_more_are_never_worse(bid):
    kept = {**bid, "kept": bid["kept"] + 1, "made": bid["made"] + 1}
    starred = {**bid, "rating_sum": bid["rating_sum"] + 5, "rating_count": bid["rating_count"] + 1}
    assert score(**kept).total >= score(**bid).total
    assert score(**starred).total >= score(**bid).total


def test_one_five_star_rating_does_not_beat_two_hundred_good_ones():
    assert rating_of(5, 1) < rating_of(960, 200)
    assert rating_of(0, 0) == Decimal("4.2")


candidates = st.lists(
    st.builds(
        Candidate, bid_id=st.integers(1, 10**6), score=st.integers(0, 5).map(Decimal),
        amount=st.integers(1, 5).map(Decimal), eta_minutes=st.integers(1, 5),
        placed_at=st.integers(0, 5).map(lambda s: NOW + timedelta(seconds=s)),
    ),
    min_size=1, max_size=8, unique_by=lambda c: c.bid_id,
)


@given(candidates, st.randoms())
def test_the_winner_does_not_depend_on_the_order_of_reading(rows, random):
    shuffled = list(rows)
    random.shuffle(shuffled)
    best = ranked(rows)[0]
    assert ranked(shuffled)[0] == best
    assert all(best.score >= row.score for row in rows)
    assert all(best.amount <= row.amount for row in rows if row.score == best.score)


@given(st.integers(0, 100_000))
def test_only_the_last_half_minute_extends_and_never_shortens(seconds):
    closes = NOW + timedelta(seconds=seconds)
    later = extended(closes, NOW)
    assert later - closes == (EXTENSION if seconds <= 30 else timedelta(0))


@given(prices, st.decimals(Decimal("-10"), Decimal("2000"), places=2))
def test_a_bid_is_allowed_exactly_between_the_lowest_and_the_highest(highest, amount):
    allowed = lowest_bid(highest) <= amount <= highest
    if allowed:
        assert check_bid(amount=amount, max_price=highest, eta_minutes=30) == amount
    else:
        with pytest.raises(Invalid):
            check_bid(amount=amount, max_price=highest, eta_minutes=30)


def test_a_delivery_cheaper_than_the_lowest_bid_can_still_be_won():
    assert check_bid(amount=Decimal("0.50"), max_price=Decimal("0.50"), eta_minutes=30) == Decimal("0.50")
