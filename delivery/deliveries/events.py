from config.lib.events import Event

delivery_moved = Event("delivery_moved", "delivery_id, from_status, to_status, change_id")
handover_locked = Event("handover_locked", "delivery_id, step")
