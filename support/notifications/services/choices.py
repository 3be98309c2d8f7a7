"""What a person chooses: topics by channel, quiet hours, the devices that ring."""

from datetime import time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from config.lib.errors import Conflict, Invalid, NotFound
from support.notifications import queries, rules
from support.notifications.models import Channel, Device, Platform, Preference, QuietHours, Topic
from support.notifications.ports.webpush import endpoint_problem


class TooManyDevices(Conflict):
    code = "too_many_devices"


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
