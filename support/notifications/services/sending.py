"""Handing what is owed to the providers."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from config.lib import jobs
from support.notifications.models import Channel, Dispatch
from support.notifications.ports import Gone, Later, Refused, mail, push, sms


def send(*, dispatch_id: int) -> bool:
    """Hand one owed message to its provider, outside any transaction. True when it went out now.

    Runs again harmlessly: a row that is done, not yet due, or taken by another worker is left alone.
    """
    dispatch = jobs.claim(Dispatch, dispatch_id)
    if dispatch is None:
        return False
    return deliver(dispatch, language=dispatch.notification.user.language, hand_over=_hand_over)


def deliver(job: Any, *, language: str, hand_over: Callable[[Any], str]) -> bool:
    """Call `hand_over(job)`, which gives the provider's reference or raises what ports raise, and note on the claimed
    row what became of it. True when it went out."""
    try:
        with translation.override(language):
            reference = hand_over(job)
    except Later as error:
        jobs.failed(job, error)
        if error.after:
            wait = timezone.now() + timedelta(seconds=error.after)
            type(job)._base_manager.filter(pk=job.pk, next_attempt_at__lt=wait).update(next_attempt_at=wait)
        return False
    except Refused as error:
        jobs.failed(job, error, retry=False)
        device = getattr(job, "device", None)
        if isinstance(error, Gone) and device is not None:
            device.delete()
        return False
    except Exception as error:
        # A mistake of ours must not lose the message either: kept, tried again, and seen in the log.
        jobs.failed(job, f"{type(error).__name__}: {error}")
        raise
    jobs.done(job, sent_at=timezone.now(), provider_ref=reference[:200])
    return True


def absolute(url: str) -> str:
    """A page's path as a whole address; nothing for none."""
    return f"{settings.SITE_URL}{url}" if url.startswith("/") else url


def _hand_over(dispatch: Dispatch) -> str:
    row = dispatch.notification
    reference = f"notification-{row.pk}-{dispatch.pk}"
    url = absolute(row.url)
    link = absolute(row.link) or url
    if not row.user.is_active:
        raise Refused("the account is closed")
    if dispatch.channel == Channel.EMAIL:
        return mail.send(to=row.user.email, subject=row.subject, body=row.body, url=link, reference=reference)
    if dispatch.channel == Channel.SMS:
        if not row.user.phone:
            raise Refused("no phone number")
        text = "\n".join(part for part in (f"{settings.SITE_NAME} : {row.subject}", link) if part)
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
