"""News of the communities."""

from config.lib.events import Event

community_moved = Event(
    "community_moved", "A community changed state. Payload: community_id, from_status, to_status, change_id."
)
invited = Event("invited", "Somebody was invited by e-mail. Payload: invitation_id.")
adhesion_moved = Event(
    "adhesion_moved", "Somebody asks to join, or is answered. Payload: adhesion_id, from_status, to_status, change_id."
)
spending_moved = Event(
    "spending_moved",
    "A request for money was made or decided. Payload: spendingrequest_id, from_status, to_status, change_id.",
)
monthly_moved = Event(
    "monthly_moved",
    "A monthly contribution was set up, paused or stopped. Payload: monthlycontribution_id, from_status, to_status, "
    "change_id.",
)
monthly_paid = Event(
    "monthly_paid", "A monthly contribution was made. Payload: monthlycontribution_id, transaction_id."
)
