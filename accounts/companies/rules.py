"""What is refused about companies, and the checks of their numbers."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from stdnum.eu import vat
from stdnum.fr import siren as siren_number

from accounts.companies.models import Role
from config.lib.errors import Conflict, Invalid


class LastOwner(Conflict):
    code = "last_owner"
    message = _("A company needs an owner: name another one first.")


class AlreadyMember(Conflict):
    code = "already_member"
    message = _("This person is already a member.")


def checked_numbers(*, siren: str | None = None, vat_number: str | None = None) -> dict[str, str]:
    """SIREN and EU VAT number in compact form, check digits proved; Invalid on the wrong field.

    A French VAT number must hold the company's own SIREN.
    """
    tidy: dict[str, str] = {}
    errors: dict[str, list] = {}
    if siren is not None:
        tidy["siren"] = siren_number.compact(siren)
        if not siren_number.is_valid(siren):
            errors["siren"] = [_("This is not a SIREN: nine digits, the last one checks the others.")]
    if vat_number is not None:
        tidy["vat_number"] = vat.compact(vat_number) if vat_number and vat.is_valid(vat_number) else ""
        if vat_number and not tidy["vat_number"]:
            errors["vat_number"] = [_("This is not a VAT number of the European Union.")]
        elif tidy["vat_number"].startswith("FR") and siren and not errors and tidy["vat_number"][4:] != tidy["siren"]:
            errors["vat_number"] = [_("This VAT number belongs to another SIREN.")]
    if errors:
        raise Invalid(errors=errors)
    return tidy


def may_give(giver: str, role: str) -> bool:
    """Owners give any role; administrators make members only."""
    return giver == Role.OWNER or (giver == Role.ADMIN and role == Role.MEMBER)


def plain(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value.strip() if isinstance(value, str) else value for name, value in fields.items()}
