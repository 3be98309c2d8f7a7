"""Reads about people: who is who, and who may work where."""

from typing import Any

from accounts.users.models import User

MANAGER = "Gestionnaire"
STAFF_GROUPS: dict[str, frozenset[str]] = {
    "SHOP": frozenset({"Boutique", MANAGER}),
    "DELIVERY": frozenset({MANAGER}),
    "GARAGE": frozenset({"Mecanicien", MANAGER}),
    "SUPPORT": frozenset({"Support", MANAGER}),
    "MANAGER": frozenset({MANAGER}),
}


def groups_of(user: Any) -> frozenset[str]:
    """Names of the staff groups of a person; read once for each instance."""
    known = getattr(user, "_group_names", None)
    if known is None:
        known = user._group_names = frozenset(user.groups.values_list("name", flat=True))
    return known


def is_staff_of(user: Any, area: str) -> bool:
    """True when `user` works in `area`: SHOP, DELIVERY, GARAGE, SUPPORT or MANAGER. An administrator works in all."""
    if not (user and user.is_authenticated and user.is_active):
        return False
    return bool(user.is_superuser or (user.is_staff and groups_of(user) & STAFF_GROUPS[area]))


def active_by_email(email: str) -> User | None:
    return User.objects.filter(email__iexact=email.strip(), is_active=True).first()


def active_by_email_or_id(text: str) -> User | None:
    """The active person with this e-mail or, for digits, this id."""
    text = str(text).strip()
    if text.isdigit() and len(text) < 18:
        return User.objects.filter(pk=int(text), is_active=True).first()
    return active_by_email(text)
