"""News of returns."""

from config.lib.events import Event

return_moved = Event(
    "return_moved",
    "A return came to a status (also its first one, from ''). Payload: return_id, from_status, to_status, change_id. "
    "Heard at least once.",
)
