"""News about people."""

from config.lib.events import Event

account_closed = Event(
    "account_closed",
    "A person closed the account; personal data is erased. Payload: user_id. Heard at least once.",
)
email_verified = Event(
    "email_verified", "A person has shown that an address is his, by a link sent to it. Payload: user_id."
)
