"""Index of the features' models."""

from delivery.auctions.models import Bid, BidChange
from delivery.couriers.models import Courier, CourierChange, Shift
from delivery.deliveries.models import Delivery, DeliveryChange, DeliveryProof, PricingRule, ProofDocument
from delivery.places.models import AddressPoint, Zone

__all__ = [
    "AddressPoint", "Bid", "BidChange", "Courier", "CourierChange", "Delivery", "DeliveryChange", "DeliveryProof",
    "PricingRule", "ProofDocument", "Shift", "Zone",
]
