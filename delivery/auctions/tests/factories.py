"""Bids for tests, made through the services that make real ones."""

from decimal import Decimal

from config.lib.actors import SYSTEM
from delivery.auctions import services
from delivery.auctions.models import Bid
from delivery.deliveries.models import Delivery


def bid(delivery, courier, amount="8.00", minutes=40) -> Bid:
    return services.place_bid(
        actor=courier.user, delivery_id=delivery.pk, amount=Decimal(amount), eta_minutes=minutes
    )


def award_to(delivery, courier, amount="8.00", minutes=40) -> Delivery:
    """A bid of the courier, accepted by the sender's side."""
    row = bid(delivery, courier, amount, minutes)
    services.accept_bid(actor=delivery.sender or SYSTEM, delivery_id=delivery.pk, bid_id=row.pk)
    delivery.refresh_from_db()
    return delivery
