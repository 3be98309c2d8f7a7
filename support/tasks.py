"""Index of the features' background tasks."""

from support.notifications.tasks import send_dispatch

__all__ = ["send_dispatch"]
