"""Reads of companies. A company is seen by its members and by managers; a stranger's request finds nothing."""

from typing import Any

from django.db.models import QuerySet

from accounts.companies.models import Company, Membership, Role
from accounts.companies.rules import LastOwner
from accounts.users.models import User
from accounts.users.queries import is_staff_of
from config.lib.actors import SYSTEM
from config.lib.errors import Forbidden, NotFound


def visible_to(actor: Any) -> QuerySet[Company]:
    if actor is SYSTEM or is_staff_of(actor, "MANAGER"):
        return Company.objects.all()
    return Company.objects.filter(memberships__user_id=actor.pk, is_active=True)


def of_member(user: Any) -> QuerySet[Company]:
    """The working companies that a person belongs to, by name; for managers too, only their own."""
    return Company.objects.filter(memberships__user_id=user.pk, is_active=True).order_by("name", "pk")


def get_for(actor: Any, pk: Any, *, roles: tuple[str, ...] = ()) -> Company:
    """The company, if the actor is a member with one of `roles` (none: any member). NotFound, Forbidden."""
    company = visible_to(actor).filter(pk=pk).first()
    if company is None:
        raise NotFound
    if roles and role_in(actor, company) not in roles:
        raise Forbidden
    return company


def role_in(actor: Any, company: Company) -> str:
    """The actor's role; managers and the system act as owners. Empty for a stranger."""
    if actor is SYSTEM or is_staff_of(actor, "MANAGER"):
        return Role.OWNER
    return Membership.objects.filter(company=company, user_id=actor.pk).values_list("role", flat=True).first() or ""


def locked(pk: Any) -> Company:
    """The company, locked until the transaction ends: its members change one at a time."""
    return Company.objects.select_for_update().get(pk=pk)


def membership(company: Company, pk: Any) -> Membership:
    row = Membership.objects.filter(company=company, pk=pk).select_related("user").first()
    if row is None:
        raise NotFound
    return row


def owners(company: Company) -> QuerySet[Membership]:
    return Membership.objects.filter(company=company, role=Role.OWNER)


def is_merchant(user: Any) -> bool:
    return Membership.objects.filter(user_id=user.pk, company__is_active=True).exists()


def merchants_among(user_ids: list[int]) -> set[int]:
    rows = Membership.objects.filter(user_id__in=user_ids, company__is_active=True)
    return set(rows.values_list("user_id", flat=True))


def companies_section(user: User) -> list[dict[str, str]]:
    """What the export of personal data says about companies."""
    return [
        {"company": row.company.name, "role": row.role, "since": row.created_at.isoformat()}
        for row in Membership.objects.filter(user=user).select_related("company")
    ]


def check_no_orphan(user: User) -> None:
    """Conflict while the person is the only owner of a company that still works."""
    for row in Membership.objects.filter(user=user, role=Role.OWNER, company__is_active=True).select_related("company"):
        if not owners(row.company).exclude(pk=row.pk).exists():
            raise LastOwner
