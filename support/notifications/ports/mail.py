"""E-mail through Django's own port: files under var/mail by default, SMTP or any anymail provider by settings."""

from smtplib import SMTPException, SMTPRecipientsRefused
from typing import Any
from urllib.parse import urlparse

from anymail.exceptions import AnymailError, AnymailRecipientsRefused
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from support.notifications.ports import Later, Refused


def send(*, to: str, subject: str, body: str, url: str, reference: str, why: str = "") -> str:
    """Send one notification as text and HTML, in the active language. Returns the Message-ID. `why` says why one
    receives it, when not because of an account.

    The Message-ID is made of `reference`, so that a message sent twice after a crash is one for mail readers.
    """
    host = urlparse(settings.SITE_URL).hostname or "localhost"
    message_id = f"<{reference}@{host}>"
    context: dict[str, Any] = {
        "subject": subject, "body": body, "site_name": settings.SITE_NAME, "site_url": settings.SITE_URL,
        "action_url": url, "action_label": _("See it on %(site)s") % {"site": settings.SITE_NAME},
        "why": why
        or _("You receive this message because of your account. Choose what you receive in your settings."),
    }
    message = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=render_to_string("mail/notification.txt", context),
        to=[to],
        headers={"Message-ID": message_id, "Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(render_to_string("mail/notification.html", context), "text/html")
    try:
        message.send()
    except (SMTPRecipientsRefused, AnymailRecipientsRefused) as error:
        raise Refused(str(error)) from error
    except (OSError, SMTPException, AnymailError) as error:
        raise Later(str(error)) from error
    return message_id
