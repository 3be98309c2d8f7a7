"""Forgotten, chosen anew, changed."""

from typing import Any

from allauth.account import app_settings
from allauth.account.models import EmailAddress
from allauth.account.utils import url_str_to_user_pk
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.users import queries
from accounts.users.events import email_verified
from accounts.users.models import DeviceToken, OutgoingMail, User
from accounts.users.rules import BadResetLink, checked_password
from accounts.users.services.mail import queue_mail
from config.lib.errors import Invalid
from config.lib.events import emit


def ask_password_reset(*, email: str) -> None:
    """Owe the reset mail. Does the same whether the address is known or not."""
    queue_mail(to=email.strip().lower(), kind=OutgoingMail.Kind.PASSWORD_RESET)


@transaction.atomic
def set_password(*, user: User, password: str, keep_token: Any = None) -> None:
    """Change the password and end every API token save `keep_token`. Browsers fall out by themselves, as their
    session holds a hash of the password."""
    user.set_password(password)
    user.save(update_fields=["password"])
    tokens = DeviceToken.objects.filter(user=user)
    if keep_token is not None:
        tokens = tokens.exclude(pk=keep_token.pk)
    tokens.delete()


@transaction.atomic
def change_password(*, actor: User, old: str, new: str, keep_token: Any = None) -> None:
    """Raises Invalid on `old_password` when it is not the present one, on `new_password` when it is too weak."""
    if not actor.check_password(old):
        raise Invalid(errors={"old_password": [_("This is not your present password.")]})
    set_password(
        user=actor, password=checked_password(new, user=actor, field="new_password"), keep_token=keep_token
    )


@transaction.atomic
def reset_password(*, uid: str, token: str, password: str) -> User:
    """Choose a new password with the link of the reset mail, which also proves the address. Works once.

    Raises BadResetLink, Invalid on `new_password`.
    """
    try:
        pk = url_str_to_user_pk(uid)
    except (ValueError, ValidationError, User.DoesNotExist):
        raise BadResetLink(errors={"token": [BadResetLink.message]})
    user = User.objects.filter(pk=pk, is_active=True).first()
    if user is None or not app_settings.PASSWORD_RESET_TOKEN_GENERATOR().check_token(user, token):
        raise BadResetLink(errors={"token": [BadResetLink.message]})
    user = queries.locked(user.pk)
    set_password(user=user, password=checked_password(password, user=user, field="new_password"))
    EmailAddress.objects.filter(user=user, email__iexact=user.email).update(verified=True)
    emit(email_verified, user_id=user.pk)
    return user
