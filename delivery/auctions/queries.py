"""Reads of bids: what is sealed from whom, and how they compare."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from config.lib.actors import Actor
from config.lib.errors import Forbidden, NotFound
from delivery.auctions.models import Bid
from delivery.auctions.rules import CHOICE_TIME, WEIGHTS, Candidate, Score, ranked, rating_of, score
from delivery.couriers import queries as couriers
from delivery.couriers.models import Courier
from delivery.deliveries import queries as deliveries
from delivery.deliveries.models import Award, Delivery
from delivery.deliveries.queries import Audience
from delivery.deliveries.rules import APPROACH_S, STOP_S

LIVE = Bid.Status.DEPOSEE


@dataclass(frozen=True)
class Part:
    """One part of a score: points out of how many."""

    name: str
    points: Decimal
    out_of: Decimal


@dataclass(frozen=True)
class Compared:
    """A bid with its score, what it stands on, and whether it leads."""

    bid: Bid
    score: Score
    rating: Any
    kept: int
    made: int
    best: bool = False

    @property
    def parts(self) -> list[Part]:
        return [Part(name, points, WEIGHTS[name]) for name, points in self.score.parts.items()]


def expected_minutes(delivery: Delivery) -> int:
    """What an ordinary courier would need from the award to the handover."""
    return round((APPROACH_S + 2 * STOP_S + delivery.duration_s) / 60)


def compare(delivery: Delivery, bids: Sequence[Bid]) -> list[Compared]:
    """Bids with their scores, best first."""
    kept = deliveries.kept_promises([bid.courier_id for bid in bids])
    minutes = expected_minutes(delivery)
    rows: dict[int, Compared] = {}
    candidates = []
    for bid in bids:
        courier = bid.courier
        done, made = kept.get(bid.courier_id, (0, 0))
        found = score(
            amount=bid.amount, max_price=delivery.max_price, eta_minutes=bid.eta_minutes, expected_minutes=minutes,
            rating_sum=courier.rating_sum, rating_count=courier.rating_count, kept=done, made=made,
        )
        rating = rating_of(courier.rating_sum, courier.rating_count) if courier.rating_count else None
        rows[bid.pk] = Compared(bid, found, rating, done, made)
        candidates.append(Candidate(bid.pk, found.total, bid.amount, bid.eta_minutes, bid.created_at))
    order = ranked(candidates)
    return [
        Compared(row.bid, row.score, row.rating, row.kept, row.made, best=i == 0)
        for i, row in enumerate(rows[c.bid_id] for c in order)
    ]


def bids_of(delivery: Delivery) -> QuerySet[Bid]:
    return Bid.objects.filter(delivery=delivery).select_related("courier__user")


def live_bids(delivery: Delivery) -> list[Bid]:
    """Bids that may still win, of couriers who may still work."""
    return list(bids_of(delivery).filter(status=LIVE, courier__status=Courier.Status.ACTIF).order_by("pk"))


def offer_for(actor: Actor, delivery_id: Any) -> Delivery:
    """A delivery that a courier may look at in order to bid: open now, or one he made a bid on.

    Raises NotFound for everybody else.
    """
    courier = couriers.courier_of(actor)
    rows = deliveries.with_people(Delivery.objects.filter(pk=delivery_id))
    delivery = rows.first() if courier is not None and courier.status == Courier.Status.ACTIF else None
    if delivery is None:
        raise NotFound
    return delivery


def bids_visible_to(actor: Actor, delivery_id: Any) -> tuple[Delivery, list[Bid], bool]:
    """(delivery, bids, all of them?): the sender's side sees every bid that was not withdrawn, a courier his own.

    Raises NotFound, Forbidden (the recipient).
    """
    delivery = deliveries.with_people(Delivery.objects.filter(pk=delivery_id)).first()
    audience = None if delivery is None else deliveries.audience_of(actor, delivery)
    if delivery is not None and audience in (Audience.SENDER, Audience.STAFF):
        return delivery, list(bids_of(delivery).exclude(status=Bid.Status.RETIREE).order_by("pk")), True
    courier = couriers.courier_of(actor)
    if delivery is not None and courier is not None:
        own = list(bids_of(delivery).filter(courier=courier).order_by("pk"))
        if own or audience is Audience.COURIER or (
            courier.status == Courier.Status.ACTIF and delivery.status in Delivery.OPEN
        ):
            return delivery, own, False
    if audience is Audience.RECIPIENT:
        raise Forbidden
    raise NotFound


def own_bid(actor: Actor, delivery_id: Any, bid_id: Any) -> Bid:
    """A courier's own bid. Raises NotFound."""
    bid = Bid.objects.filter(pk=bid_id, delivery=delivery_id, courier__user=getattr(actor, "pk", None) or 0).first()
    if bid is None:
        raise NotFound
    return bid


def locked_bid(pk: int) -> Bid:
    """The bid, locked until the transaction ends; after its delivery."""
    Bid.objects.select_for_update().only("pk").get(pk=pk)
    return Bid.objects.select_related("courier__user").get(pk=pk)


def bids_by_courier(courier: Courier, delivery_ids: list[int]) -> dict[int, Bid]:
    """Delivery → the live bid of a courier, for his open list."""
    rows = Bid.objects.filter(courier=courier, delivery__in=delivery_ids, status=LIVE)
    return {bid.delivery_id: bid for bid in rows}


def due_to_close(now: datetime, limit: int = 200) -> list[int]:
    """Ids of open deliveries whose time is over and which nobody has looked at since."""
    over = Q(closes_at__lte=now) & (
        Q(auction_closed_at=None) | Q(award=Award.AUTOMATIQUE) | Q(closes_at__lte=now - CHOICE_TIME)
    )
    rows = Delivery.objects.filter(over, status__in=Delivery.OPEN).order_by("closes_at")
    return list(rows.values_list("pk", flat=True)[:limit])
