"""Every write of a delivery, one verb per function."""

from delivery.deliveries.services.award import award, settle
from delivery.deliveries.services.ending import cancel, expire
from delivery.deliveries.services.handover import deliver, pickup, unlock
from delivery.deliveries.services.incident import fail, reattempt, return_to_sender
from delivery.deliveries.services.offer import create_delivery, estimate, offer_again
from delivery.deliveries.services.proofs import render_document, request_document

__all__ = [
    "award", "cancel", "create_delivery", "deliver", "estimate", "expire", "fail", "offer_again", "pickup",
    "reattempt", "render_document", "request_document", "return_to_sender", "settle", "unlock",
]
