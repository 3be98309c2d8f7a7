"""Tables of the workshop: who and what works when, and the repairs."""

from garage.workshop.models.appointments import (
    Appointment,
    AppointmentChange,
    Closure,
    OpeningHours,
    Resource,
    SlotTaken,
)
from garage.workshop.models.repairs import (
    Inspection,
    RepairOrder,
    RepairOrderChange,
    RepairOrderCounter,
    RepairPart,
    RepairPhoto,
    RepairTask,
    TimeEntry,
)

__all__ = [
    "Appointment", "AppointmentChange", "Closure", "Inspection", "OpeningHours", "RepairOrder", "RepairOrderChange",
    "RepairOrderCounter", "RepairPart", "RepairPhoto", "RepairTask", "Resource", "SlotTaken", "TimeEntry",
]
