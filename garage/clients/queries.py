"""Reads and rights of the garage's clients."""

from typing import Any

from django.db.models import Q, QuerySet

from accounts.users.queries import is_staff_of
from config.lib.actors import System
from config.lib.errors import Forbidden, NotFound
from garage.clients.models import Client


def works_here(user: Any) -> bool:
    """Whether this person works in the garage (or is the system)."""
    return isinstance(user, System) or is_staff_of(user, "GARAGE")


def require_staff(user: Any) -> None:
    """Forbidden for anybody who does not work in the garage."""
    if not works_here(user):
        raise Forbidden


def visible_to(user: Any) -> QuerySet[Client]:
    """Staff see all; anybody else what is linked to himself or to a company he belongs to."""
    rows = Client.objects.all()
    if works_here(user):
        return rows
    return rows.filter(Q(user=user) | Q(company__in=user.memberships.values("company")))


def get_for(user: Any, pk: Any, right: str = "read") -> Client:
    """One client with the right to "read" or "write" it. NotFound for a stranger, else Forbidden."""
    row = visible_to(user).filter(pk=pk).first()
    if row is None:
        raise NotFound
    if right == "write":
        require_staff(user)
    return row


def search(rows: QuerySet[Client], words: str) -> QuerySet[Client]:
    found = Q(name__icontains=words) | Q(email__icontains=words) | Q(phone__icontains=words)
    return rows.filter(found | Q(city__icontains=words) | Q(vehicles__plate__icontains=words)).distinct()


def locked(pk: int) -> Client:
    return Client.objects.select_for_update().get(pk=pk)
