"""Signing in and out of the API, and the devices that are signed in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from accounts.users import queries
from accounts.users.models import DeviceToken, User
from accounts.users.rules import TOKEN_LIFETIME, InvalidCredentials, MfaRequired, MfaSetupRequired
from config.lib.errors import NotFound


@dataclass(frozen=True)
class SignedIn:
    user: User
    token: str
    expires_at: datetime


def sign_in(*, email: str, password: str, code: str = "", device_name: str = "") -> SignedIn:
    """A token for a device, for 90 days.

    Raises InvalidCredentials for an unknown address, a wrong password, a closed account alike and after the same
    work; MfaRequired when a second factor is set up and `code` is missing; MfaSetupRequired for staff without one.
    """
    user = User.objects.filter(email__iexact=email.strip()).first()
    if user is None:
        make_password(password)  # the time of a check, so that the clock does not tell who is known here
        raise InvalidCredentials
    if not user.check_password(password) or not user.is_active:
        raise InvalidCredentials
    with_code = is_mfa_enabled(user)
    if with_code:
        _check_code(user, code)
    elif user.is_staff and settings.STAFF_MFA_REQUIRED:
        raise MfaSetupRequired
    return issue_token(user=user, device_name=device_name, by_code=with_code)


def _check_code(user: User, code: str) -> None:
    """A code of the second factor or one of the recovery codes; each counts once. MfaRequired, InvalidCredentials."""
    if not code:
        raise MfaRequired
    factors = Authenticator.objects.filter(user=user)
    if not any(factor.wrap().validate_code(code.strip()) for factor in factors):
        raise InvalidCredentials


@transaction.atomic
def issue_token(*, user: User, device_name: str = "", by_code: bool = False) -> SignedIn:
    """A new token, made by a person who just gave the password (and, `by_code`, a code); only its hash is kept."""
    now = timezone.now()
    DeviceToken.objects.filter(user=user, expiry__lt=now).delete()
    row, token = DeviceToken.objects.create(
        user=user, expiry=TOKEN_LIFETIME, device_name=device_name[:120], last_used_at=now, confirmed_at=now,
        confirmed_by_code=by_code,
    )
    User.objects.filter(pk=user.pk).update(last_login=now)
    return SignedIn(user, token, row.expiry)


def step_up(*, actor: User, password: str = "", code: str = "", token: Any = None) -> bool:
    """The actor shows again that it is he: by a code of the second factor where one is set up, else by the password.
    With `token` the device remembers it; a browser's session is the door's to keep. True when it was by a code.

    Raises MfaRequired when a code is needed and missing, InvalidCredentials when what was given is wrong.
    """
    by_code = is_mfa_enabled(actor)
    if by_code:
        _check_code(actor, code)
    elif not password or not actor.check_password(password):
        raise InvalidCredentials
    if token is not None:
        DeviceToken.objects.filter(pk=token.pk).update(confirmed_at=timezone.now(), confirmed_by_code=by_code)
    return by_code


def sign_out(*, token: Any) -> None:
    """The token of this device is dead."""
    DeviceToken.objects.filter(pk=token.pk).delete()


@transaction.atomic
def sign_out_device(*, actor: User, device_id: str) -> None:
    """End one device or browser of the actor. Raises NotFound."""
    device = queries.token_by_device(actor, device_id) or queries.browser_by_device(actor, device_id)
    if device is None:
        raise NotFound
    if isinstance(device, UserSession):
        device.end()
    else:
        device.delete()


@transaction.atomic
def sign_out_everywhere(*, user: User) -> None:
    """End every device and browser."""
    DeviceToken.objects.filter(user=user).delete()
    for browser in UserSession.objects.filter(user=user):
        browser.end()
