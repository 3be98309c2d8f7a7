"""News of the workshop."""

from config.lib.events import Event

appointment_moved = Event("appointment_moved", "appointment_id, from_status, to_status, change_id")
repair_order_moved = Event("repair_order_moved", "repairorder_id, from_status, to_status, change_id")
