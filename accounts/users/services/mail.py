"""Mails about someone's account: an owed row, sent by a job, so that a post office that is down loses nothing.

A reset link is made when the mail is sent, not when it is asked for: no secret waits in the database, and the
asking takes the same work whether the address is known or not.
"""

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import translation

from accounts.users import queries
from accounts.users.models import OutgoingMail, User
from config.lib import jobs

Kind = OutgoingMail.Kind


def queue_mail(*, to: str, subject: str = "", text: str = "", html: str = "", kind: str = Kind.MESSAGE) -> OutgoingMail:
    """Owe a mail; it goes out after the commit."""
    mail = OutgoingMail.objects.create(kind=kind, to=to, subject=subject[:200], text=text, html=html)
    jobs.ring(mail)
    return mail


def send_verification(*, user: User, address: EmailAddress, signup: bool = False) -> None:
    """Owe the mail with the link that proves that an address is the person's own. Valid three days."""
    proof = EmailConfirmationHMAC(address)
    prefix = "account/email/email_confirmation_signup" if signup else "account/email/email_confirmation"
    adapter = get_adapter()
    url = adapter.get_email_confirmation_url(None, proof)
    adapter.send_mail(prefix, address.email, {"user": user, "activate_url": url, "key": proof.key})


def send_mail(*, mail_id: int) -> None:
    """The owed job. Nothing is sent to an address without an open account."""
    mail = jobs.claim(OutgoingMail, mail_id)
    if mail is None:
        return
    try:
        message = _reset_message(mail.to) if mail.kind == Kind.PASSWORD_RESET else _message(mail)
        if message is not None:
            message.send()
    except Exception as error:
        # The post office is down or refuses: the mail stays owed and the row says why.
        jobs.failed(mail, error)
        return
    jobs.done(mail, text="", html="")


def _message(mail: OutgoingMail) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(mail.subject, mail.text, settings.DEFAULT_FROM_EMAIL, [mail.to])
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    return message


def _reset_message(email: str) -> EmailMultiAlternatives | None:
    user = queries.active_by_email(email)
    if user is None:
        return None
    uid = user_pk_to_url_str(user)
    token = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    url = get_adapter().get_reset_password_from_key_url(f"{uid}-{token}")
    context = {
        "user": user, "email": user.email, "uid": uid, "token": token, "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL, "password_reset_url": url,
    }
    with translation.override(user.language):
        return get_adapter().render_mail("account/email/password_reset_key", user.email, context)
