"""Every write about companies."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.companies import queries
from accounts.companies.models import Company, Membership, Role
from accounts.companies.rules import AlreadyMember, LastOwner, checked_numbers, may_give, plain
from accounts.users import queries as users
from accounts.users.models import User
from config.lib.actors import Actor, actor_user
from config.lib.errors import Forbidden, Invalid

FIELDS = ("name", "email", "phone", "line1", "line2", "postal_code", "city", "country")


@transaction.atomic
def create_company(
    *, actor: Actor, name: str, siren: str, vat_number: str = "", owner: User | None = None, **fields: Any
) -> Company:
    """A new company, owned by `owner` or by the actor. Raises Invalid on `siren`, `vat_number`."""
    numbers = checked_numbers(siren=siren, vat_number=vat_number)
    known = plain({key: value for key, value in fields.items() if key in FIELDS})
    try:
        with transaction.atomic():
            company = Company.objects.create(name=name.strip(), **numbers, **known)
    except IntegrityError:
        raise Invalid(errors={"siren": [_("This company is already registered. Ask its owner to add you.")]})
    first = owner if owner is not None else actor_user(actor)
    if first is not None:
        Membership.objects.create(company=company, user=first, role=Role.OWNER)
    return company


@transaction.atomic
def update_company(*, actor: Actor, company_id: int, **changes: Any) -> Company:
    """Owners and administrators; the SIREN stays. Raises NotFound, Forbidden, Invalid."""
    company = queries.get_for(actor, company_id, roles=Membership.MANAGERS)
    for name, value in plain({key: value for key, value in changes.items() if key in FIELDS}).items():
        setattr(company, name, value)
    if "vat_number" in changes:
        company.vat_number = checked_numbers(siren=company.siren, vat_number=changes["vat_number"])["vat_number"]
    company.save()
    return company


@transaction.atomic
def set_company_active(*, actor: Actor, company_id: int, active: bool) -> Company:
    """Managers: suspend a company or let it work again."""
    users.require_staff_of(actor, "MANAGER")
    company = queries.locked(company_id)
    company.is_active = active
    company.save(update_fields=["is_active"])
    return company


@transaction.atomic
def add_member(*, actor: Actor, company_id: int, email: str, role: str = Role.MEMBER) -> Membership:
    """Add someone who has an account here. Raises NotFound, Forbidden, Invalid on `email`, AlreadyMember."""
    company = queries.get_for(actor, company_id, roles=Membership.MANAGERS)
    if not may_give(queries.role_in(actor, company), role):
        raise Forbidden
    user = users.active_by_email(email)
    if user is None:
        raise Invalid(errors={"email": [_("This person cannot be added. Ask for the address of the account.")]})
    try:
        with transaction.atomic():
            return Membership.objects.create(company=company, user=user, role=role)
    except IntegrityError:
        raise AlreadyMember


@transaction.atomic
def change_role(*, actor: Actor, company_id: int, member_id: int, role: str) -> Membership:
    """Owners only. Raises NotFound, Forbidden, LastOwner."""
    company = queries.get_for(actor, company_id, roles=(Role.OWNER,))
    queries.locked(company.pk)
    member = queries.membership(company, member_id)
    if member.role == Role.OWNER and role != Role.OWNER:
        _leave_an_owner(member)
    member.role = role
    member.save(update_fields=["role"])
    return member


@transaction.atomic
def remove_member(*, actor: Actor, company_id: int, member_id: int) -> None:
    """Owners remove anybody, administrators members, everybody himself. Raises NotFound, Forbidden, LastOwner."""
    company = queries.get_for(actor, company_id)
    queries.locked(company.pk)
    member = queries.membership(company, member_id)
    if member.user_id != actor.pk and not may_give(queries.role_in(actor, company), member.role):
        raise Forbidden
    if member.role == Role.OWNER:
        _leave_an_owner(member)
    member.delete()


def _leave_an_owner(member: Membership) -> None:
    if not queries.owners(member.company).exclude(pk=member.pk).exists():
        raise LastOwner
