"""Index of the features' models."""

from garage.alerts.models import (
    Alert,
    AlertStep,
    InspectionRule,
    MaintenanceItem,
    ServiceDone,
    ServicePlan,
    TechnicalInspection,
)
from garage.billing.models import Bill, BillChange, BillCredit, BillPayment
from garage.clients.models import Client, Consent, Contact, Distinct, Merge
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
from garage.quotes.paper_models import PaperSending, QuoteText
from garage.vehicles.models import (
    Driving,
    HistoryShare,
    OdometerReading,
    Ownership,
    ReadingChange,
    TrackedDistance,
    Vehicle,
    VehicleChange,
    VehicleFile,
)
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
    "Acceptance", "Alert", "AlertStep", "Appointment", "AppointmentChange", "Bill", "BillChange", "BillCredit",
    "BillPayment", "Client", "Closure", "Consent", "Contact", "Distinct", "Driving", "HistoryShare", "Inspection",
    "InspectionRule", "LabourRate", "MaintenanceItem", "Merge", "OdometerReading", "OpeningHours", "Ownership",
    "Package", "PackageLine", "PaperSending", "Quote", "QuoteChange", "QuoteCounter", "QuoteLine", "QuotePaper",
    "QuoteText", "ReadingChange", "RepairOrder", "RepairOrderChange", "RepairOrderCounter", "RepairPart", "RepairPhoto",
    "RepairTask", "Resource", "ServiceDone", "ServicePlan", "SignCode", "SlotTaken", "TechnicalInspection", "TimeEntry",
    "TrackedDistance", "Vehicle", "VehicleChange", "VehicleFile",
]
