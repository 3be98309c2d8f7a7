"""News of the workshop."""

from config.lib.events import Event

appointment_moved = Event(
    "appointment_moved",
    "appointment_id, from_status, to_status, change_id: booked (from nothing), another status, or another time or "
    "place (CONFIRME to CONFIRME; the change's reason says when it was before)",
)
appointment_reminder_due = Event("appointment_reminder_due", "appointment_id: it is tomorrow; sent once")
repair_order_moved = Event("repair_order_moved", "repairorder_id, from_status, to_status, change_id")
repair_slips = Event("repair_slips", "repairorder_id: it will not be ready when promised; once per promise")
