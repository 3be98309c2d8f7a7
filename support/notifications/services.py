"""Every write about notifications. `notify` is the one door in; `send` the one door out."""

from datetime import time, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from config.lib import jobs
from config.lib.errors import Conflict, Invalid, NotFound
from config.lib.events import emit
from config.lib.templatetags.ui import money
from support.notifications import queries, rules
from support.notifications.catalogue import ENTRIES, Entry
from support.notifications.events import feed_read, notified
from support.notifications.models import (
    Channel,
    Device,
    Dispatch,
    Notification,
    Platform,
    Preference,
    QuietHours,
    Topic,
)
from support.notifications.ports import Gone, Later, Refused, mail, push, sms
from support.notifications.ports.webpush import endpoint_problem


class TooManyDevices(Conflict):
    code = "too_many_devices"


def _told(entry: Entry, user: Any, context: dict[str, Any]) -> tuple[str, str]:
    """Subject and text in the person's language; amounts (Decimal) in its form of money."""
    with translation.override(user.language):
        shown = {
            key: money(value, settings.CURRENCY) if isinstance(value, Decimal) else value
            for key, value in context.items()
        }
        return str(entry.subject % shown)[:200], str(entry.body % shown)


@transaction.atomic
def notify(*, user: Any, kind: str, dedupe_key: str, url: str = "", **context: Any) -> Notification | None:
    """Tell `user` one thing of the catalogue: in his feed, live, and by the channels he left on.

    `context` fills the texts; `id` in it fills the page's route (or give `url`). A `dedupe_key` seen before
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
    subject, body = _told(entry, user, context)
    row, created = Notification.objects.get_or_create(
        dedupe_key=dedupe_key,
        defaults={"user": user, "kind": kind, "topic": entry.topic, "subject": subject, "body": body, "url": url},
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
    rings_at = rules.not_before(
        now=timezone.localtime(), quiet=(quiet.starts, quiet.ends) if quiet else None
    )
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


def send(*, dispatch_id: int) -> bool:
    """Hand one owed message to its provider, outside any transaction. True when it went out now.

    Runs again harmlessly: a row that is done, not yet due, or taken by another worker is left alone.
    """
    dispatch = jobs.claim(Dispatch, dispatch_id)
    if dispatch is None:
        return False
    try:
        with translation.override(dispatch.notification.user.language):
            reference = _hand_over(dispatch)
    except Later as error:
        jobs.failed(dispatch, error)
        if error.after:
            wait = timezone.now() + timedelta(seconds=error.after)
            Dispatch.objects.filter(pk=dispatch.pk, next_attempt_at__lt=wait).update(next_attempt_at=wait)
        return False
    except Refused as error:
        jobs.failed(dispatch, error, retry=False)
        if isinstance(error, Gone) and dispatch.device is not None:
            dispatch.device.delete()
        return False
    except Exception as error:
        # A mistake of ours must not lose the message either: kept, tried again, and seen in the log.
        jobs.failed(dispatch, f"{type(error).__name__}: {error}")
        raise
    jobs.done(dispatch, sent_at=timezone.now(), provider_ref=reference[:200])
    return True


def _hand_over(dispatch: Dispatch) -> str:
    row = dispatch.notification
    reference = f"notification-{row.pk}-{dispatch.pk}"
    url = f"{settings.SITE_URL}{row.url}" if row.url else ""
    if not row.user.is_active:
        raise Refused("the account is closed")
    if dispatch.channel == Channel.EMAIL:
        return mail.send(to=row.user.email, subject=row.subject, body=row.body, url=url, reference=reference)
    if dispatch.channel == Channel.SMS:
        if not row.user.phone:
            raise Refused("no phone number")
        text = "\n".join(part for part in (f"{settings.SITE_NAME} : {row.subject}", url) if part)
        return sms.send(to=row.user.phone.as_e164, text=text, reference=reference)
    if dispatch.device is None:
        raise Refused("the device is gone")
    return push.send(
        device=dispatch.device, subject=row.subject, body=row.body, url=url, kind=row.kind, reference=reference
    )


@transaction.atomic
def retry_dispatch(*, dispatch_id: int) -> None:
    """Give a message a fresh set of tries (staff action); one that went out stays as it is."""
    jobs.retry(Dispatch.objects.get(pk=dispatch_id))


@transaction.atomic
def forget(*, user: Any) -> None:
    """Erase what was told to a person whose account is closed, and where his phones are reached."""
    for model in (Notification, Device, Preference, QuietHours):
        model.objects.filter(user=user).delete()


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
def set_preferences(
    *, actor: Any, channels: dict[str, dict[str, bool]] | None = None,
    quiet: tuple[time, time] | None = None, keep_quiet: bool = False,
) -> None:
    """Store what the person chose: topic → channel → on, and the quiet hours (None removes them).

    Topics and channels that are not named keep what they had. Invalid names a topic or channel that is not ours.
    """
    for topic, choices in (channels or {}).items():
        for channel, enabled in choices.items():
            if topic not in Topic.values or channel not in Channel.values:
                raise Invalid(errors={"topics": [_("There is no topic or channel of this name.")]})
            Preference.objects.update_or_create(
                user=actor, topic=topic, channel=channel, defaults={"enabled": enabled}
            )
    if keep_quiet:
        return
    if quiet is None:
        QuietHours.objects.filter(user=actor).delete()
    else:
        QuietHours.objects.update_or_create(user=actor, defaults={"starts": quiet[0], "ends": quiet[1]})


def _secret_of(platform: str, token: str, subscription: dict[str, Any] | None) -> tuple[str, dict[str, Any]]:
    """(what makes the device unique, the address to store); Invalid when the platform could never use it."""
    if platform == Platform.FCM:
        if not token:
            raise Invalid(errors={"token": [_("Give the token of the device.")]})
        return token, {"token": token}
    endpoint = str((subscription or {}).get("endpoint", ""))
    given = (subscription or {}).get("keys")
    keys = given if isinstance(given, dict) else {}
    if not endpoint or not keys.get("p256dh") or not keys.get("auth") or endpoint_problem(endpoint):
        raise Invalid(errors={"subscription": [_("This is not a subscription of a push service.")]})
    stored = {"endpoint": endpoint, "keys": {name: str(keys[name]) for name in ("p256dh", "auth")}}
    return endpoint, stored


@transaction.atomic
def add_device(
    *, actor: Any, platform: str, token: str = "", subscription: dict[str, Any] | None = None
) -> Device:
    """Send this person's push messages to a device too. A device known already now belongs to him.

    Invalid on `token` or `subscription`; TooManyDevices (409) past ten.
    """
    secret, address = _secret_of(platform, token, subscription)
    fingerprint = Device.fingerprint_of(platform, secret)
    others = queries.devices_of(actor).exclude(fingerprint=fingerprint)
    if others.count() >= rules.MAX_DEVICES:
        raise TooManyDevices(_("You have too many devices. Remove one first."))
    device, _created = Device.objects.update_or_create(
        fingerprint=fingerprint, defaults={"user": actor, "platform": platform, "address": address}
    )
    return device


@transaction.atomic
def remove_device(
    *, actor: Any, device_id: int | None = None, token: str = "", endpoint: str = ""
) -> bool:
    """No more push to this device, named by its id (NotFound when it is another's), token or endpoint. True when
    the person had it."""
    mine = queries.devices_of(actor)
    if device_id is not None:
        mine = mine.filter(pk=device_id)
        if not mine:
            raise NotFound
    elif token:
        mine = mine.filter(fingerprint=Device.fingerprint_of(Platform.FCM, token))
    else:
        mine = mine.filter(fingerprint=Device.fingerprint_of(Platform.WEBPUSH, endpoint))
    return bool(mine.delete()[0])
