"""Telling somebody who has no account here, by e-mail or text message."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from config.lib import jobs
from support.notifications import rules
from support.notifications.catalogue import ENTRIES
from support.notifications.models import Channel, OutsideMessage
from support.notifications.ports import Refused, mail, sms
from support.notifications.services.sending import absolute, deliver
from support.notifications.wording import words

SECRET = "{secret}"
_secrets: dict[str, Callable[[int], str]] = {}


def register_secret(*, kind: str, read: Callable[[int], str]) -> None:
    """`read(id)` gives what `{secret}` stands for in the messages of this kind, "" when it counts no more."""
    _secrets[kind] = read


@transaction.atomic
def tell_contact(
    *, email: str, phone: str, language: str, kind: str, dedupe_key: str, url: str, client_id: int | None = None,
    secret_id: int | None = None, **context: Any,
) -> list[OutsideMessage]:
    """Tell one thing of the catalogue to an address without account; returns what is owed (nothing: out of reach).

    By e-mail where there is one, else by text message and never at night; a `forced` entry takes every way given, at
    any hour. `url` is absolute or a path of ours that asks for no account. A `dedupe_key` seen before changes nothing.
    """
    entry = ENTRIES[kind]
    subject, body = words(entry, language, context)
    now = timezone.localtime()
    owed = []
    for channel, to in rules.ways_outside(possible=entry.channels, forced=entry.forced, email=email, phone=phone):
        rings_at = now
        if channel == Channel.SMS and not entry.forced:
            rings_at = rules.not_before(now=now, quiet=rules.NIGHT)
        message, created = OutsideMessage.objects.get_or_create(
            dedupe_key=dedupe_key, channel=channel,
            defaults={
                "client_id": client_id, "kind": kind, "destination": to, "language": language, "subject": subject,
                "body": body, "url": url, "secret_id": secret_id, "next_attempt_at": rings_at,
            },
        )
        if created and rings_at <= now:
            jobs.ring(message)
        owed.append(message)
    return owed


def send_outside(*, message_id: int) -> bool:
    """Hand one owed message to its provider, outside any transaction. True when it went out now; safe to repeat."""
    message = jobs.claim(OutsideMessage, message_id)
    return message is not None and deliver(message, language=message.language, hand_over=_hand_over)


def _hand_over(message: OutsideMessage) -> str:
    reference = f"client-message-{message.pk}"
    subject, body = message.subject, message.body
    if message.secret_id is not None:
        secret = _secrets[message.kind](message.secret_id)
        if not secret:
            raise Refused("what it tells counts no more")
        subject, body = subject.replace(SECRET, secret), body.replace(SECRET, secret)
    url = absolute(message.url)
    if message.channel == Channel.EMAIL:
        why = _("You receive this message because you are a client of %(site)s.") % {"site": settings.SITE_NAME}
        return mail.send(
            to=message.destination, subject=subject, body=body, url=url, reference=reference, why=why
        )
    text = "\n".join(part for part in (f"{settings.SITE_NAME} : {subject}", url) if part)
    return sms.send(to=message.destination, text=text, reference=reference)


@transaction.atomic
def retry_outside(*, message_id: int) -> None:
    """Give a message a fresh set of tries (staff action); one that went out stays as it is."""
    jobs.retry(OutsideMessage.objects.get(pk=message_id))


@transaction.atomic
def forget_client(*, client_id: int) -> None:
    """Erase what was told to a client whose file is erased."""
    OutsideMessage.objects.filter(client_id=client_id).delete()
