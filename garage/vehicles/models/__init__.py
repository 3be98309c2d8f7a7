"""Tables of the vehicles."""

from garage.vehicles.models.readings import OdometerReading, ReadingChange, ReadingStatus, Source
from garage.vehicles.models.vehicle import Energy, Kind, PlateField, Status, Vehicle, VehicleChange, VinField
from garage.vehicles.rules import Reason

__all__ = [
    "Energy", "Kind", "OdometerReading", "PlateField", "ReadingChange", "ReadingStatus", "Reason", "Source", "Status",
    "Vehicle", "VehicleChange", "VinField",
]
