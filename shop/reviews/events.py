"""News of reviews."""

from config.lib.events import Event

review_moved = Event(
    "review_moved",
    "A review came to a status (also its first one, from ''). Payload: review_id, from_status, to_status, change_id. "
    "Heard at least once.",
)
