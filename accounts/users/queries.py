"""Reads about people: who is who, and who may work where."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from accounts.users.models import Address, DeviceToken, User
from accounts.users.roles import groups_of
from accounts.users.rules import PHONE_MARKS, device_title, e164
from config.lib.actors import SYSTEM
from config.lib.errors import Forbidden, NotFound

TOKEN, BROWSER = "APPAREIL", "NAVIGATEUR"
DEVICE_ID_LENGTH = 20

MANAGER = "Gestionnaire"
STAFF_GROUPS: dict[str, frozenset[str]] = {
    "SHOP": frozenset({"Boutique", MANAGER}),
    "DELIVERY": frozenset({MANAGER}),
    "GARAGE": frozenset({"Mecanicien", MANAGER}),
    "SUPPORT": frozenset({"Support", MANAGER}),
    "MANAGER": frozenset({MANAGER}),
}


def may_work(user: Any) -> bool:
    """Whether a person may use staff rights at all: staff with a second factor, where STAFF_MFA_REQUIRED is on.

    Every right of staff begins here, whatever the door: page, API by session or token, socket, back office.
    """
    if not (user and user.is_authenticated and user.is_active and (user.is_staff or user.is_superuser)):
        return False
    return not settings.STAFF_MFA_REQUIRED or is_mfa_enabled(user)


def is_staff_of(user: Any, area: str) -> bool:
    """True when `user` works in `area`: SHOP, DELIVERY, GARAGE, SUPPORT or MANAGER. An administrator works in all."""
    if not (user and user.is_authenticated and user.is_active):
        return False
    holds = user.is_superuser or (user.is_staff and groups_of(user) & STAFF_GROUPS[area])
    return bool(holds) and may_work(user)


def staff_of(area: str) -> list[User]:
    """The people to tell of what concerns `area`: those of its groups, or the administrators where there are none."""
    active = User.objects.filter(is_active=True).order_by("pk")
    groups = STAFF_GROUPS[area]
    return list(active.filter(is_staff=True, groups__name__in=groups).distinct()) or list(
        active.filter(is_superuser=True)
    )


def active_by_email(email: str) -> User | None:
    return User.objects.filter(email__iexact=email.strip(), is_active=True).first()


def is_active(user: User) -> bool:
    """Whether a person may still act and be given something, as the database says now."""
    return User.objects.filter(pk=user.pk, is_active=True).exists()


def email_is_free(email: str, user: User) -> bool:
    """True when no other account uses this address, as its own or proved."""
    taken = User.objects.filter(email__iexact=email).exclude(pk=user.pk).exists()
    return not (taken or EmailAddress.objects.filter(email__iexact=email, verified=True).exclude(user=user).exists())


def active_by_name(text: str) -> User | None:
    """The one active person whom somebody names by e-mail, phone (international or French) or id.

    A number that begins with + or 0 is a phone, other digits are an id. Nobody when several gave the same phone: a
    number is proved by nothing but its being the only one. The same work whoever is found.
    """
    text = str(text).strip()
    if "@" not in text:
        digits = PHONE_MARKS.sub("", text)
        if digits.startswith(("+", "0")):
            number = e164(digits)
            found = list(User.objects.filter(phone=number, is_active=True)[:2]) if number else []
            return found[0] if len(found) == 1 else None
        if digits.isdecimal() and len(digits) < 18:
            return User.objects.filter(pk=int(digits), is_active=True).first()
    return active_by_email(text)


def require_staff_of(actor: Any, area: str) -> None:
    """Forbidden unless the actor works in `area` or is the system."""
    if actor is not SYSTEM and not is_staff_of(actor, area):
        raise Forbidden


def visible_to(actor: Any) -> QuerySet[User]:
    """The people that `actor` may look up: all, for staff. Forbidden otherwise."""
    if actor is not SYSTEM and not may_work(actor):
        raise Forbidden
    return User.objects.prefetch_related("groups", "emailaddress_set")


def get_for(actor: Any, pk: Any) -> User:
    """One person for staff. NotFound, Forbidden."""
    user = visible_to(actor).filter(pk=pk).first()
    if user is None:
        raise NotFound
    return user


def locked(pk: Any) -> User:
    """The person, locked until the transaction ends; before everything that belongs to him."""
    return User.objects.select_for_update().get(pk=pk)


def address_of(actor: Any, pk: Any) -> Address:
    """One address of the actor's own book. NotFound."""
    address = Address.objects.filter(user_id=actor.pk, pk=pk).first()
    if address is None:
        raise NotFound
    return address


@dataclass(frozen=True)
class Device:
    """Something signed in: an API token or a browser."""

    id: str
    kind: str
    name: str
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    current: bool


def devices_of(user: User, *, token: Any = None, session_key: str | None = None) -> list[Device]:
    """What is signed in as `user`, newest first. `token` and `session_key` mark the one that asks."""
    now = timezone.now()
    rows = [
        Device(
            f"{TOKEN}-{t.digest[:DEVICE_ID_LENGTH]}", TOKEN, device_title(t.device_name), t.created, t.last_used_at,
            t.expiry, token is not None and t.digest == token.digest,
        )
        for t in DeviceToken.objects.filter(user=user).exclude(expiry__lt=now)
    ]
    rows += [
        Device(
            f"{BROWSER}-{s.pk}", BROWSER, device_title(s.user_agent)[:120], s.created_at, s.last_seen_at, None,
            s.session_key == session_key,
        )
        for s in UserSession.objects.filter(user=user)
        if s.exists()
    ]
    return sorted(rows, key=lambda device: device.created_at, reverse=True)


def token_by_device(user: User, device_id: str) -> DeviceToken | None:
    digest = device_id.removeprefix(f"{TOKEN}-")
    if len(digest) != DEVICE_ID_LENGTH or digest == device_id:
        return None
    return DeviceToken.objects.filter(user=user, digest__startswith=digest).first()


def browser_by_device(user: User, device_id: str) -> UserSession | None:
    pk = device_id.removeprefix(f"{BROWSER}-")
    if pk == device_id or not pk.isdecimal() or len(pk) > 18:
        return None
    return UserSession.objects.filter(user=user, pk=int(pk)).first()
