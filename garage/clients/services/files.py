"""A client's file: opened, changed, erased."""

from typing import Any, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.companies.models import Company
from accounts.companies.rules import checked_numbers
from accounts.users.models import User
from config.lib.actors import Actor
from config.lib.errors import Invalid
from config.lib.events import emit
from garage.clients import queries
from garage.clients.events import client_forgotten
from garage.clients.models import Client, Contact, Kind
from garage.clients.rules import Forgotten, StillBusy
from garage.clients.services.linking import link_file

PERSONAL = ("email", "phone", "line1", "line2", "postal_code", "city", "siren", "vat_number", "notes")


class ClientFields(TypedDict, total=False):
    kind: str
    name: str
    email: str
    phone: Any
    line1: str
    line2: str
    postal_code: str
    city: str
    country: str
    language: str
    siren: str
    vat_number: str
    user: User | None
    company: Company | None
    notes: str


class ContactFields(TypedDict, total=False):
    name: str
    role: str
    email: str
    phone: Any


def checked_save(row: Any) -> None:
    """Save a row that keeps every rule of its model, or raise Invalid on the fields."""
    try:
        row.full_clean()
    except ValidationError as error:
        errors = {("non_field_errors" if f == "__all__" else f): list(m) for f, m in error.message_dict.items()}
        raise Invalid(errors=errors) from error
    row.save()


def _checked_client(client: Client) -> None:
    """Save a client whose numbers are a company's own, check digits proved. Invalid."""
    numbers = {name: getattr(client, name).strip() for name in ("siren", "vat_number")}
    if any(numbers.values()) and client.kind != Kind.SOCIETE:
        wrong = {name: [_("Only a company has this number.")] for name, value in numbers.items() if value}
        raise Invalid(errors=wrong)
    checked = checked_numbers(siren=numbers["siren"] or None, vat_number=numbers["vat_number"] or None)
    client.siren, client.vat_number = checked.get("siren", ""), checked.get("vat_number", "")
    checked_save(client)


@transaction.atomic
def create_client(*, actor: Actor, **values: Unpack[ClientFields]) -> Client:
    """Open a client's file (staff). Forbidden; Invalid on a field, also when the user or company has one already."""
    queries.require_staff(actor)
    client = Client(**values)
    _checked_client(client)
    link_file(client=client)
    return client


@transaction.atomic
def update_client(*, actor: Actor, client_id: int, **values: Unpack[ClientFields]) -> Client:
    """Change what is given, keep the rest (staff). NotFound, Forbidden, Invalid, Forgotten."""
    client = queries.locked(queries.get_for(actor, client_id, "write").pk)
    if client.forgotten_at:
        raise Forgotten
    for name, value in values.items():
        setattr(client, name, value)
    _checked_client(client)
    if "email" in values:
        link_file(client=client)
    return client


@transaction.atomic
def set_contacts(*, actor: Actor, client_id: int, contacts: list[ContactFields]) -> list[Contact]:
    """Replace the persons to talk to (staff). NotFound, Forbidden, Invalid."""
    client = queries.locked(queries.get_for(actor, client_id, "write").pk)
    client.contacts.all().delete()
    rows = [Contact(client=client, **values) for values in contacts]
    for row in rows:
        checked_save(row)
    return rows


@transaction.atomic
def forget_client(*, actor: Actor, client_id: int) -> Client:
    """Erase what is personal on a file (staff, or the house when its owner closes his account). Vehicles and papers
    of work that was done stay, as the books and the law on repairs ask. NotFound, Forbidden, StillBusy."""
    client = queries.locked(queries.get_for(actor, client_id, "write").pk)
    if client.forgotten_at:
        return client
    if queries.still_busy(client):
        raise StillBusy
    client.contacts.all().delete()
    client.merges.update(gone={})
    client.name = f"Client {client.pk}"
    for name in PERSONAL:
        setattr(client, name, "")
    client.user = client.company = None
    client.forgotten_at = timezone.now()
    client.save()
    emit(client_forgotten, client_id=client.pk)
    return client
