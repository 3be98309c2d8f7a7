"""Every write about the garage's clients."""

from typing import Any, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.companies.models import Company
from accounts.users.models import User
from config.lib.actors import Actor
from config.lib.errors import Invalid
from garage.clients import queries
from garage.clients.models import Client, Contact


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


@transaction.atomic
def create_client(*, actor: Actor, **values: Unpack[ClientFields]) -> Client:
    """Open a client's file (staff). Forbidden; Invalid on a field, also when the user or company has one already."""
    queries.require_staff(actor)
    client = Client(**values)
    checked_save(client)
    return client


@transaction.atomic
def update_client(*, actor: Actor, client_id: int, **values: Unpack[ClientFields]) -> Client:
    """Change what is given, keep the rest (staff). NotFound, Forbidden, Invalid."""
    client = queries.locked(queries.get_for(actor, client_id, "write").pk)
    for name, value in values.items():
        setattr(client, name, value)
    checked_save(client)
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
