"""Every write about vehicles, one verb per function."""

from garage.vehicles.services.driving import measure_day, measure_missed, set_driver
from garage.vehicles.services.papers import (
    add_file,
    history_pdf,
    open_share,
    remove_file,
    revoke_share,
    share_history,
    shared_pdf,
)
from garage.vehicles.services.readings import record_reading, retain_reading, set_reading_aside
from garage.vehicles.services.register import VehicleFields, change_owner, create_vehicle, set_status, update_vehicle

__all__ = [
    "VehicleFields", "add_file", "change_owner", "create_vehicle", "history_pdf", "measure_day", "measure_missed",
    "open_share", "record_reading", "remove_file", "retain_reading", "revoke_share", "set_driver", "set_reading_aside",
    "set_status", "share_history", "shared_pdf", "update_vehicle",
]
