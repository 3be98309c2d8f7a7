"""Joining, changing what is known about oneself, leaving."""

from collections.abc import Iterable
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.users import personal_data, queries, roles
from accounts.users.events import email_verified
from accounts.users.models import AccountClosure, Language, User
from accounts.users.rules import checked_password
from accounts.users.services.mail import send_verification
from accounts.users.services.sessions import sign_out_everywhere
from config.lib.actors import SYSTEM, Actor
from config.lib.errors import Conflict, Forbidden, Invalid
from config.lib.events import emit

EMAIL_TAKEN = _("This address cannot be used. If it is yours, sign in or choose a new password.")
PROFILE_FIELDS = ("first_name", "last_name", "phone", "language")


@transaction.atomic
def create_user(
    *,
    actor: Actor,
    email: str,
    password: str | None,
    first_name: str = "",
    last_name: str = "",
    phone: str = "",
    language: str = Language.FR,
    verified: bool = False,
    is_staff: bool = False,
    is_superuser: bool = False,
    groups: Iterable[str] = (),
) -> User:
    """Make a person; the strength of the password is the caller's affair. Staff rights only by the system or an
    administrator. Raises Forbidden, Invalid on `email`."""
    privileged = is_staff or is_superuser or bool(list(groups))
    if privileged and actor is not SYSTEM and not getattr(actor, "is_superuser", False):
        raise Forbidden
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                email, password, first_name=first_name.strip(), last_name=last_name.strip(), phone=phone,
                language=language, is_staff=is_staff, is_superuser=is_superuser,
            )
    except IntegrityError:
        raise Invalid(errors={"email": [EMAIL_TAKEN]})
    for name in groups:
        user.groups.add(Group.objects.get_or_create(name=name)[0])
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=verified)
    if verified:
        emit(email_verified, user_id=user.pk)
    return user


@transaction.atomic
def register(
    *, email: str, password: str, first_name: str, last_name: str, phone: str = "", language: str = Language.FR
) -> User:
    """Someone signs up; a mail asks to prove the address. Raises Invalid on `email` or `password`."""
    checked_password(password, user=User(email=email, first_name=first_name, last_name=last_name))
    user = create_user(
        actor=SYSTEM, email=email, password=password, first_name=first_name, last_name=last_name, phone=phone,
        language=language,
    )
    send_verification(user=user, address=EmailAddress.objects.get(user=user), signup=True)
    return user


@transaction.atomic
def update_profile(*, actor: User, **changes: Any) -> User:
    """Change name, phone, language; a new e-mail counts once it is proved by the link sent to it.

    An address of somebody else is answered like any other, and stays without effect.
    """
    user = queries.locked(actor.pk)
    for name in PROFILE_FIELDS:
        if name in changes:
            value = changes[name]
            setattr(user, name, value.strip() if isinstance(value, str) else value)
    user.save(update_fields=[*PROFILE_FIELDS])
    email = (changes.get("email") or user.email).strip().lower()
    if email != user.email:
        EmailAddress.objects.filter(user=user, verified=False).exclude(email=user.email).delete()
        if queries.email_is_free(email, user):
            address = EmailAddress.objects.get_or_create(user=user, email=email)[0]
            send_verification(user=user, address=address)
    return user


@transaction.atomic
def set_active(*, actor: Actor, user_id: int, active: bool) -> User:
    """Shut a person out, or let in again; every device is signed out. Managers only, nobody shuts out himself, and
    an administrator only by another. Raises Forbidden, Conflict when the account is closed."""
    queries.require_staff_of(actor, "MANAGER")
    user = queries.locked(user_id)
    if actor is not SYSTEM and (user.pk == actor.pk or (user.is_superuser and not getattr(actor, "is_superuser", 0))):
        raise Forbidden
    if user.closed_at:
        raise Conflict(_("This account was closed by its owner."))
    User.objects.filter(pk=user.pk).update(is_active=active)
    user.is_active = active
    if not active:
        sign_out_everywhere(user=user)
    return user


def export_data(*, actor: User) -> dict[str, Any]:
    """All that the house keeps about the actor, as plain JSON values, one section for each feature."""
    return {
        "exported_at": timezone.now().isoformat(),
        "profile": {
            "id": actor.pk, "email": actor.email, "first_name": actor.first_name, "last_name": actor.last_name,
            "phone": str(actor.phone), "language": actor.language, "roles": roles.roles_of(actor),
            "joined": actor.date_joined.isoformat(),
        },
        "addresses": [
            {**row, "phone": str(row["phone"] or "")}
            for row in actor.addresses.values(
                "label", "recipient", "phone", "line1", "line2", "postal_code", "city", "country", "lat", "lon"
            )
        ],
        "devices": [
            {"name": device.name, "since": device.created_at.isoformat()} for device in queries.devices_of(actor)
        ],
        **personal_data.sections(actor),
    }


@transaction.atomic
def close_account(*, actor: User) -> None:
    """Erase what is personal, keep the accounting, shut the door. Raises a Conflict while money or a company still
    depends on the account; Forbidden for staff, who leave by another way."""
    user = queries.locked(actor.pk)
    if user.closed_at:
        return
    if user.is_staff:
        raise Forbidden(_("A staff account is closed by an administrator."))
    personal_data.check_closing(user)
    sign_out_everywhere(user=user)
    user.addresses.all().delete()
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    user.groups.clear()
    user.email = f"closed-{user.pk}@closed.invalid"
    user.first_name = user.last_name = user.phone = ""
    user.is_active = False
    user.closed_at = timezone.now()
    user.set_unusable_password()
    user.save()
    AccountClosure.objects.create(user=user).announce_at_commit()
