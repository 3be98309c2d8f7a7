"""Index of the features' models."""

from support.notifications.models import Device, Dispatch, Notification, Preference, QuietHours
from support.threads.models import Attachment, CannedReply, Message, Thread, ThreadChange

__all__ = [
    "Attachment", "CannedReply", "Device", "Dispatch", "Message", "Notification", "Preference", "QuietHours", "Thread",
    "ThreadChange",
]
