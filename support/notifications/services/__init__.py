"""Every write about notifications. `notify` and `tell_contact` are the doors in; `send` and `send_outside` out."""

from support.notifications.services.choices import TooManyDevices, add_device, remove_device, set_preferences
from support.notifications.services.outside import (
    SECRET,
    forget_client,
    register_secret,
    retry_outside,
    send_outside,
    tell_contact,
)
from support.notifications.services.sending import retry_dispatch, send
from support.notifications.services.telling import forget, mark_all_read, mark_read, notify

__all__ = [
    "SECRET", "TooManyDevices", "add_device", "forget", "forget_client", "mark_all_read", "mark_read", "notify",
    "register_secret", "remove_device", "retry_dispatch", "retry_outside", "send", "send_outside", "set_preferences",
    "tell_contact",
]
