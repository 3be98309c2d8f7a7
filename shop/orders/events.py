"""News of orders."""

from config.lib.events import Event

order_refunded_in_part = Event(
    "order_refunded_in_part",
    "Some of the money went back, the order goes on. Payload: order_id, credit_note_id. Not sent for a return, which "
    "has news of its own.",
)
order_moved = Event(
    "order_moved",
    "An order came to a status (also its first one, from ''). Payload: order_id, from_status, to_status, change_id. "
    "Heard at least once.",
)
