"""News of payments."""

from config.lib.events import Event

payment_moved = Event(
    "payment_moved",
    "A payment changed its status. Payload: payment_id, from_status, to_status, change_id. Heard at least once.",
)

disagreement_moved = Event(
    "disagreement_moved",
    "A disagreement of money was opened or settled. Payload: disagreement_id, from_status, to_status, change_id. "
    "Heard at least once.",
)
