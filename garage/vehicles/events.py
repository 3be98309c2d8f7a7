"""News of the vehicles."""

from config.lib.events import Event

vehicle_moved = Event("vehicle_moved", "vehicle_id, from_status, to_status, change_id")
vehicle_changed = Event("vehicle_changed", "vehicle_id: staff changed its file; its status has news of its own")
reading_taken = Event("reading_taken", "reading_id")
