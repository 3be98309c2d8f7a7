"""Index of the features' models."""

from support.notifications.models import Device, Dispatch, Notification, OutsideMessage, Preference, QuietHours
from support.threads.models import Attachment, CannedReply, Message, Thread, ThreadChange

__all__ = [
    "Attachment", "CannedReply", "Device", "Dispatch", "Message", "Notification", "OutsideMessage", "Preference",
    "QuietHours", "Thread", "ThreadChange",
]
