"""News of the conversations."""

from config.lib.events import Event

thread_moved = Event("thread_moved", "thread_id, from_status, to_status, change_id")
message_posted = Event("message_posted", "message_id, thread_id")
