"""News of quotes."""

from config.lib.events import Event

quote_moved = Event("quote_moved", "quote_id, from_status, to_status, change_id: a quote changed its status")
