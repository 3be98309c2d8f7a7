"""Index of the features' admin pages."""

from delivery.auctions import admin as auctions
from delivery.couriers import admin as couriers
from delivery.deliveries import admin as deliveries
from delivery.places import admin as places
from delivery.tracking import admin as tracking

__all__ = ["auctions", "couriers", "deliveries", "places", "tracking"]
