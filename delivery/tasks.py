"""Index of the features' background tasks."""

from delivery.auctions.tasks import close_auction, close_due_auctions
from delivery.deliveries.tasks import render_proof
from delivery.tracking.tasks import purge_positions

__all__ = ["close_auction", "close_due_auctions", "purge_positions", "render_proof"]
