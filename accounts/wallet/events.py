"""News of the ledger."""

from config.lib.events import Event

wallet_posted = Event("wallet_posted", "A transaction was posted. Payload: transaction_id.")
