"""What an auction does when its delivery moves, and what couriers and the sender see live."""

import logging
from datetime import datetime
from typing import Any

from django.utils import timezone

from config.lib.live import push
from delivery.auctions import services, tasks
from delivery.auctions.events import auction_closed, auction_extended, bid_changed
from delivery.auctions.models import Bid
from delivery.couriers import queries as couriers
from delivery.deliveries.events import delivery_moved
from delivery.deliveries.models import Delivery
from delivery.places.rules import Point

logger = logging.getLogger(__name__)

OFFER_RADIUS_M = 5000
SOON_S = 3600  # a bell further away would wait in the broker's memory for nothing: the periodic task finds it


def ring_at(delivery_id: int, closes_at: datetime) -> None:
    """Ask for the close at its time. Only a hint: the row and the periodic task decide."""
    seconds = (closes_at - timezone.now()).total_seconds()
    if seconds > SOON_S:
        return
    try:
        tasks.close_auction.apply_async(args=[delivery_id], countdown=max(0.1, seconds + 0.1))
    except Exception:
        logger.exception("could not ring the close of delivery %s", delivery_id)


def bid_groups(delivery: Delivery) -> list[str]:
    users = Bid.objects.filter(delivery=delivery).exclude(status=Bid.Status.RETIREE)
    return [f"courier.{pk}" for pk in users.values_list("courier__user", flat=True).distinct()]


def offer_message(delivery: Delivery) -> dict[str, Any]:
    """What a courier near the pickup gets to know of an open delivery."""
    return {
        "type": "offer", "delivery": delivery.pk, "reference": delivery.reference, "mode": delivery.mode,
        "max_price": str(delivery.max_price), "distance_m": delivery.distance_m, "closes_at": delivery.closes_at,
        "pickup": {"city": delivery.pickup["city"], "lat": delivery.pickup_lat, "lon": delivery.pickup_lon},
    }


@delivery_moved.listener
def offer_or_end(delivery_id: int, to_status: str, **ids: Any) -> None:
    """An opened delivery is offered around and its close is rung; a closed one ends its bids."""
    delivery = Delivery.objects.get(pk=delivery_id)
    if to_status in Delivery.OPEN and delivery.status in Delivery.OPEN:
        ring_at(delivery.pk, delivery.closes_at)
        here = Point(delivery.pickup_lat, delivery.pickup_lon)
        for courier in couriers.near(here, OFFER_RADIUS_M):
            if courier.user_id not in (delivery.sender_id, delivery.recipient_user_id):
                push(f"courier.{courier.user_id}", offer_message(delivery))
    elif to_status == Delivery.Status.ANNULEE:
        services.drop_bids(delivery_id=delivery_id)
    if to_status in (Delivery.Status.ATTRIBUEE, Delivery.Status.ANNULEE, Delivery.Status.EXPIREE):
        for group in bid_groups(delivery):
            push(group, {"type": "auction", "delivery": delivery.pk, "status": to_status})


@bid_changed.listener
def show_bid(bid_id: int, delivery_id: int) -> None:
    """The sender sees the bid come; the amount stays sealed for everybody else."""
    bid = Bid.objects.select_related("courier__user").get(pk=bid_id)
    push(
        f"delivery.{delivery_id}.sender",
        {
            "type": "bid", "delivery": delivery_id, "id": bid.pk, "status": bid.status, "amount": str(bid.amount),
            "eta_minutes": bid.eta_minutes, "courier": bid.courier.user.get_short_name(),
        },
    )


@auction_extended.listener
def tell_extension(delivery_id: int) -> None:
    """Everybody who bids learns the new time of the close."""
    delivery = Delivery.objects.get(pk=delivery_id)
    ring_at(delivery.pk, delivery.closes_at)
    for group in [*bid_groups(delivery), f"delivery.{delivery_id}.sender"]:
        push(group, {"type": "auction", "delivery": delivery_id, "closes_at": delivery.closes_at})


@auction_closed.listener
def tell_close(delivery_id: int) -> None:
    """The time is over and the sender chooses."""
    delivery = Delivery.objects.get(pk=delivery_id)
    for group in [*bid_groups(delivery), f"delivery.{delivery_id}.sender"]:
        push(group, {"type": "auction", "delivery": delivery_id, "status": "CLOSED"})
