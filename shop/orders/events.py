"""News of orders."""

from config.lib.events import Event

order_moved = Event(
    "order_moved",
    "An order came to a status (also its first one, from ''). Payload: order_id, from_status, to_status, change_id. "
    "Heard at least once.",
)
