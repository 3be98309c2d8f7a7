"""How bids are judged, and when an auction closes. Pure: no table, no clock of its own.

The score of a bid, 0 to 100, is the sum of four parts, each shown to the sender:

- price, 50 points: none at the highest price, all 50 at zero;
- promised time, 25: half of them at the expected time, more when sooner, fewer when later;
- rating, 15: the courier's mean of 1-5 stars, drawn towards `RATING_PRIOR` while ratings are few (Bayesian mean);
- kept promises, 10: the share of promised times he kept, drawn towards `KEPT_PRIOR` in the same way.

So a cheaper, sooner, better rated or more reliable bid never scores less.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext_lazy as _

from config.lib.errors import Conflict, Forbidden, Invalid
from config.lib.money import round_half_up

WEIGHTS = {"price": Decimal(50), "time": Decimal(25), "rating": Decimal(15), "kept": Decimal(10)}
RATING_PRIOR, RATING_WEIGHT = Decimal("4.2"), 5
KEPT_PRIOR, KEPT_WEIGHT = Decimal("0.85"), 5
EXTENSION = timedelta(seconds=30)
CHOICE_TIME = timedelta(hours=24)  # after the close of an auction that the sender decides
LOWEST_BID = Decimal("1.00")
LONGEST_MINUTES = 7 * 24 * 60
TENTH = Decimal("0.1")


class AuctionClosed(Conflict):
    code = "auction_closed"
    message = _("This auction is closed.")


class NotAnAuction(Conflict):
    code = "not_an_auction"
    message = _("This delivery has a fixed price: take it or leave it.")


class NotAFixedPrice(Conflict):
    code = "not_a_fixed_price"
    message = _("This delivery is an auction: make a bid.")


class AlreadyBid(Conflict):
    code = "already_bid"
    message = _("You have made a bid already. Change it instead.")


class CourierUnavailable(Conflict):
    code = "courier_unavailable"
    message = _("This courier no longer works here. Choose another bid.")


class OwnDelivery(Forbidden):
    code = "own_delivery"
    message = _("This is your own delivery.")


@dataclass(frozen=True)
class Score:
    """A score 0-100 with one decimal and its parts, which add up to it."""

    total: Decimal
    parts: dict[str, Decimal]


@dataclass(frozen=True)
class Candidate:
    """A bid as the winner is chosen from: the score, then what breaks a tie."""

    bid_id: int
    score: Decimal
    amount: Decimal
    eta_minutes: int
    placed_at: datetime


def lowest_bid(max_price: Decimal) -> Decimal:
    """The smallest amount that may be bid: one euro, or the highest price when that is less."""
    return min(LOWEST_BID, max_price)


def check_bid(*, amount: Decimal, max_price: Decimal, eta_minutes: int) -> Decimal:
    """The amount, in whole cents between the lowest bid and the highest price. Raises Invalid (amount,
    eta_minutes)."""
    errors: dict[str, list] = {}
    low = lowest_bid(max_price)
    if not amount.is_finite() or amount != round_half_up(amount) or not low <= amount <= max_price:
        text = _("Enter an amount between %(low)s and %(high)s euros.")
        errors["amount"] = [text % {"low": low, "high": max_price}]
    if not 1 <= eta_minutes <= LONGEST_MINUTES:
        errors["eta_minutes"] = [_("Enter the minutes until the handover, at most seven days.")]
    if errors:
        raise Invalid(errors=errors)
    return round_half_up(amount)


def drawn_mean(total: Decimal, count: int, prior: Decimal, weight: int) -> Decimal:
    """A mean drawn towards `prior` as if `weight` values of it had been seen before."""
    return (total + prior * weight) / (count + weight)


def rating_of(rating_sum: int, rating_count: int) -> Decimal:
    """The Bayesian mean of 1-5 stars."""
    return drawn_mean(Decimal(rating_sum), rating_count, RATING_PRIOR, RATING_WEIGHT)


def score(
    *, amount: Decimal, max_price: Decimal, eta_minutes: int, expected_minutes: int, rating_sum: int,
    rating_count: int, kept: int, made: int,
) -> Score:
    """The score of one bid; see the top of this file."""
    expected = Decimal(max(1, expected_minutes))
    shares = {
        "price": 1 - min(Decimal(1), amount / max_price),
        "time": expected / (expected + max(1, eta_minutes)),
        "rating": (rating_of(rating_sum, rating_count) - 1) / 4,
        "kept": drawn_mean(Decimal(kept), made, KEPT_PRIOR, KEPT_WEIGHT),
    }
    parts = {
        name: (WEIGHTS[name] * min(Decimal(1), max(Decimal(0), share))).quantize(TENTH, rounding=ROUND_HALF_UP)
        for name, share in shares.items()
    }
    return Score(sum(parts.values(), Decimal(0)), parts)


def ranked(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Best first. A tie goes to the lower amount, then the sooner promise, then the earlier bid."""
    return sorted(candidates, key=lambda c: (-c.score, c.amount, c.eta_minutes, c.placed_at, c.bid_id))


def extended(closes_at: datetime, now: datetime) -> datetime:
    """When the auction closes after a bid at `now`: a bid in the last 30 s gives everybody 30 s more."""
    return closes_at + EXTENSION if closes_at - now <= EXTENSION else closes_at
