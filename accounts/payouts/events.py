"""News of money that leaves."""

from config.lib.events import Event

destination_added = Event(
    "destination_added",
    "A person named a new place to be paid at. Payload: destination_id. Heard at least once.",
)

payout_moved = Event(
    "payout_moved",
    "A payout was asked for or changed its status. Payload: payout_id, from_status, to_status, change_id. Heard at "
    "least once.",
)

batch_moved = Event(
    "batch_moved",
    "A file of transfers was made or executed by the bank. Payload: payoutbatch_id, from_status, to_status, change_id.",
)
