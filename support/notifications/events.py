"""News of the notifications themselves, for open pages."""

from config.lib.events import Event

notified = Event("notified", "A person was told something. Payload: notification_id.")
feed_read = Event("feed_read", "A person has seen some of what he was told. Payload: user_id.")
