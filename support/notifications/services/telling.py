"""Telling a person who has an account: his feed, and one owed row for each message that leaves the house."""

from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from config.lib import jobs
from config.lib.events import emit
from support.notifications import queries, rules
from support.notifications.catalogue import ENTRIES, Entry
from support.notifications.events import feed_read, notified
from support.notifications.models import Channel, Device, Dispatch, Notification, Preference, QuietHours
from support.notifications.wording import words


@transaction.atomic
def notify(
    *, user: Any, kind: str, dedupe_key: str, url: str = "", link: str = "", **context: Any
) -> Notification | None:
    """Tell `user` one thing of the catalogue: in his feed, live, and by the channels he left on.

    `context` fills the texts; `id` in it fills the page's route (or give `url`). Mail and text messages, often read on
    a phone that is not signed in, carry the signed `link` instead where there is one. A `dedupe_key` seen before
    changes nothing and returns the first notification. None for a closed account.
    """
    if not user.is_active:
        return None
    entry = ENTRIES[kind]
    earlier = Notification.objects.filter(dedupe_key=dedupe_key).first()
    if earlier is not None:
        return earlier
    if not url and entry.route:
        url = reverse(entry.route, args=[context[name] for name in entry.route_args])
    subject, body = words(entry, user.language, context)
    row, created = Notification.objects.get_or_create(
        dedupe_key=dedupe_key,
        defaults={"user": user, "kind": kind, "topic": entry.topic, "subject": subject, "body": body, "url": url,
                  "link": link},
    )
    if created:
        _owe_dispatches(row, entry)
        emit(notified, notification_id=row.pk)
    return row


def _owe_dispatches(row: Notification, entry: Entry) -> None:
    """One row for each message that leaves the house, in the transaction of the notification itself."""
    user = row.user
    channels = rules.channels_for(
        possible=entry.channels, forced=entry.forced, topic=entry.topic, choices=queries.choices_of(user)
    )
    owed: list[Dispatch] = []
    quiet = None if entry.forced or not rules.RINGING & set(channels) else queries.quiet_hours_of(user)
    hours = (quiet.starts, quiet.ends) if quiet else rules.NIGHT if entry.by_day else None
    rings_at = rules.not_before(now=timezone.localtime(), quiet=hours)
    if Channel.EMAIL in channels:
        owed.append(Dispatch(notification=row, channel=Channel.EMAIL))
    if Channel.SMS in channels and user.phone:
        owed.append(Dispatch(notification=row, channel=Channel.SMS, next_attempt_at=rings_at))
    if Channel.PUSH in channels:
        owed += [
            Dispatch(
                notification=row, channel=Channel.PUSH, device=device, target=device.fingerprint,
                next_attempt_at=rings_at,
            )
            for device in queries.devices_of(user)
        ]
    for dispatch in Dispatch.objects.bulk_create(owed):
        if dispatch.next_attempt_at <= timezone.now():
            jobs.ring(dispatch)


@transaction.atomic
def mark_read(*, actor: Any, notification_id: int) -> Notification:
    """The person has seen it. NotFound when it is another's."""
    row = queries.get_for(actor, notification_id)
    if row.read_at is None:
        row.read_at = timezone.now()
        Notification.objects.filter(pk=row.pk, read_at=None).update(read_at=row.read_at)
        emit(feed_read, user_id=actor.pk)
    return row


@transaction.atomic
def mark_all_read(*, actor: Any) -> int:
    """Everything up to now is seen; returns how many were not yet."""
    count = queries.feed(actor, unread=True).update(read_at=timezone.now())
    if count:
        emit(feed_read, user_id=actor.pk)
    return count


@transaction.atomic
def forget(*, user: Any) -> None:
    """Erase what was told to a person whose account is closed, and where his phones are reached."""
    for model in (Notification, Device, Preference, QuietHours):
        model.objects.filter(user=user).delete()
