"""Reads of notifications; every one takes the person whose they are."""

from typing import Any

from django.db.models import QuerySet

from config.lib.errors import NotFound
from support.notifications.models import Channel, Device, Notification, Preference, QuietHours, Topic
from support.notifications.rules import DEFAULTS


def feed(user: Any, *, unread: bool = False) -> QuerySet[Notification]:
    """The person's notifications, newest first."""
    rows = Notification.objects.filter(user=user)
    return rows.filter(read_at=None) if unread else rows


def unread_count(user: Any) -> int:
    """How many notifications wait; 0 for a visitor."""
    return feed(user, unread=True).count() if user.is_authenticated else 0


def get_for(user: Any, pk: int) -> Notification:
    """One notification of this person; NotFound otherwise, also when it is another's."""
    row = feed(user).filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row


def choices_of(user: Any) -> dict[tuple[str, str], bool]:
    """(topic, channel) → chosen, only where the person chose."""
    rows = Preference.objects.filter(user=user).values_list("topic", "channel", "enabled")
    return {(topic, channel): enabled for topic, channel, enabled in rows}


def quiet_hours_of(user: Any) -> QuietHours | None:
    return QuietHours.objects.filter(user=user).first()


def preferences_of(user: Any) -> dict[str, Any]:
    """Every topic with its channels, defaults filled in, and the quiet hours (None when there are none)."""
    chosen, quiet = choices_of(user), quiet_hours_of(user)
    topics = [
        {
            "topic": topic.value,
            "label": str(topic.label),
            "channels": {c.value: chosen.get((topic.value, c.value), DEFAULTS[c]) for c in Channel},
        }
        for topic in Topic
    ]
    return {
        "topics": topics,
        "quiet_from": quiet.starts if quiet else None,
        "quiet_until": quiet.ends if quiet else None,
    }


def devices_of(user: Any) -> QuerySet[Device]:
    return Device.objects.filter(user=user)
