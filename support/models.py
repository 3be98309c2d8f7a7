"""Index of the features' models."""

from support.notifications.models import Device, Dispatch, Notification, Preference, QuietHours

__all__ = ["Device", "Dispatch", "Notification", "Preference", "QuietHours"]
