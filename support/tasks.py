"""Index of the features' background tasks."""

from support.notifications.tasks import send_dispatch, send_outside, tell_alert_digest

__all__ = ["send_dispatch", "send_outside", "tell_alert_digest"]
