"""Index of the features' admin pages."""

from garage.clients import admin as clients
from garage.vehicles import admin as vehicles

__all__ = ["clients", "vehicles"]
