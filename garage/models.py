"""Index of the features' models."""

from garage.clients.models import Client, Contact
from garage.quotes.models import (
    Acceptance,
    LabourRate,
    Package,
    PackageLine,
    Quote,
    QuoteChange,
    QuoteCounter,
    QuoteLine,
    QuotePaper,
    SignCode,
)
from garage.vehicles.models import OdometerReading, ReadingChange, Vehicle, VehicleChange
from garage.workshop.models import (
    Appointment,
    AppointmentChange,
    Closure,
    Inspection,
    OpeningHours,
    RepairOrder,
    RepairOrderChange,
    RepairOrderCounter,
    RepairPart,
    RepairPhoto,
    RepairTask,
    Resource,
    SlotTaken,
    TimeEntry,
)

__all__ = [
    "Acceptance", "Appointment", "AppointmentChange", "Client", "Closure", "Contact", "Inspection", "LabourRate",
    "OdometerReading", "OpeningHours", "Package", "PackageLine", "Quote", "QuoteChange", "QuoteCounter", "QuoteLine",
    "QuotePaper", "ReadingChange", "RepairOrder", "RepairOrderChange", "RepairOrderCounter", "RepairPart",
    "RepairPhoto", "RepairTask", "Resource",
    "SignCode", "SlotTaken", "TimeEntry", "Vehicle", "VehicleChange",
]
