"""Tables of the vehicles."""

from garage.vehicles.models.driving import Driving, TrackedDistance
from garage.vehicles.models.owners import Ownership
from garage.vehicles.models.papers import FileKind, HistoryShare, VehicleFile
from garage.vehicles.models.readings import OdometerReading, ReadingChange, ReadingStatus, Source
from garage.vehicles.models.vehicle import Energy, Kind, Status, Vehicle, VehicleChange, VinField
from garage.vehicles.rules import Reason

__all__ = [
    "Driving", "Energy", "FileKind", "HistoryShare", "Kind", "OdometerReading", "Ownership", "ReadingChange",
    "ReadingStatus", "Reason", "Source", "Status", "TrackedDistance", "Vehicle", "VehicleChange", "VehicleFile",
    "VinField",
]
