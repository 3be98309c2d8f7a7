"""Index of the features' models."""

from garage.clients.models import Client, Contact
from garage.vehicles.models import Vehicle, VehicleChange

__all__ = ["Client", "Contact", "Vehicle", "VehicleChange"]
