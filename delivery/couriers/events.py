from config.lib.events import Event

courier_moved = Event("courier_moved", "courier_id, from_status, to_status, change_id")
shift_changed = Event("shift_changed", "courier_id, on: bool")
