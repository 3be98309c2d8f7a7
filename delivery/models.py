"""Index of the features' models."""

from delivery.auctions.models import Bid, BidChange
from delivery.couriers.models import Courier, CourierChange, Shift
from delivery.deliveries.models import Delivery, DeliveryChange, DeliveryProof, PricingRule, ProofDocument
from delivery.places.models import AddressPoint, Zone
from delivery.tracking.models import CourierPosition, Watch

__all__ = [
    "AddressPoint", "Bid", "BidChange", "Courier", "CourierChange", "CourierPosition", "Delivery", "DeliveryChange",
    "DeliveryProof", "PricingRule", "ProofDocument", "Shift", "Watch", "Zone",
]
