"""News of bills."""

from config.lib.events import Event

bill_moved = Event(
    "bill_moved",
    "A bill came to a status (also its first one, from ''). Payload: bill_id, from_status, to_status, change_id. "
    "Heard at least once.",
)
bill_overdue = Event(
    "bill_overdue", "A bill is past its day and not paid. Payload: bill_id, reminder (1 the first time, 2, 3)."
)
