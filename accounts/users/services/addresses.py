"""The address book."""

from typing import Any

from django.db import transaction

from accounts.users import queries
from accounts.users.models import Address, User
from accounts.users.rules import checked_address

FIELDS = ("label", "recipient", "phone", "line1", "line2", "postal_code", "city", "country", "lat", "lon")


@transaction.atomic
def save_address(*, actor: User, address_id: int | None = None, **fields: Any) -> Address:
    """Add an address to the actor's book, or change one of it; fields not given keep their value.

    Raises Invalid on the wrong fields, NotFound for an address of somebody else.
    """
    address = Address(user=actor) if address_id is None else queries.address_of(actor, address_id)
    values = {name: getattr(address, name) for name in FIELDS} | {k: v for k, v in fields.items() if k in FIELDS}
    for name, value in checked_address(values).items():
        setattr(address, name, value)
    address.save()
    return address


@transaction.atomic
def delete_address(*, actor: User, address_id: int) -> None:
    """Raises NotFound."""
    queries.address_of(actor, address_id).delete()
