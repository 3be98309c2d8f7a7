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
    if is_mfa_enabled(user):
        if not code:
            raise MfaRequired
        factors = Authenticator.objects.filter(user=user)
        if not any(factor.wrap().validate_code(code.strip()) for factor in factors):
            raise InvalidCredentials
    elif user.is_staff and settings.STAFF_MFA_REQUIRED:
        raise MfaSetupRequired
    return issue_token(user=user, device_name=device_name)


@transaction.atomic
def issue_token(*, user: User, device_name: str = "") -> SignedIn:
    """A new token; only its hash is kept."""
    DeviceToken.objects.filter(user=user, expiry__lt=timezone.now()).delete()
    row, token = DeviceToken.objects.create(
        user=user, expiry=TOKEN_LIFETIME, device_name=device_name[:120], last_used_at=timezone.now()
    )
    User.objects.filter(pk=user.pk).update(last_login=timezone.now())
    return SignedIn(user, token, row.expiry)


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
