"""News about people."""

from config.lib.events import Event

account_closed = Event(
    "account_closed",
    "A person closed the account; personal data is erased. Payload: user_id. Heard at least once.",
)
