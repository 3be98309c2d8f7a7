"""News of the vehicles."""

from config.lib.events import Event

vehicle_moved = Event("vehicle_moved", "vehicle_id, from_status, to_status, change_id")
reading_taken = Event("reading_taken", "reading_id")
