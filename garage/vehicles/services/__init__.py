"""Every write about vehicles, one verb per function."""

from garage.vehicles.services.driving import measure_day, measure_missed, set_driver
from garage.vehicles.services.readings import record_reading, retain_reading, set_reading_aside
from garage.vehicles.services.register import VehicleFields, change_owner, create_vehicle, set_status, update_vehicle

__all__ = [
    "VehicleFields", "change_owner", "create_vehicle", "measure_day", "measure_missed", "record_reading",
    "retain_reading", "set_driver", "set_reading_aside", "set_status", "update_vehicle",
]
