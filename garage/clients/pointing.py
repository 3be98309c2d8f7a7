"""What points at a client's file, found in the models themselves: a table added tomorrow is not forgotten."""

from dataclasses import dataclass
from typing import Any

from django.db.models import ForeignKey, QuerySet

from garage.clients.models import Client, Distinct


@dataclass(frozen=True)
class Pointer:
    """A foreign key (or one-to-one) of some table to the client."""

    field: ForeignKey

    @property
    def name(self) -> str:
        """`garage.Quote.client`"""
        return f"{self.field.model._meta.label}.{self.field.name}"

    @property
    def label(self) -> str:
        return str(self.field.model._meta.verbose_name_plural)

    def rows(self, client_id: int) -> QuerySet[Any]:
        return self.field.model._base_manager.filter(**{self.field.attname: client_id})


def pointers() -> list[Pointer]:
    """Every foreign key to Client in the whole product, hidden ones and tables between included."""
    relations = Client._meta.get_fields(include_hidden=True)
    found = [
        Pointer(relation.field)
        for relation in relations
        if relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one)
    ]
    return sorted(found, key=lambda pointer: pointer.name)


def moving() -> list[Pointer]:
    """Those that a merge moves. That two files are not the same says nothing once one of them is gone."""
    return [pointer for pointer in pointers() if pointer.field.model is not Distinct]


def what_points(client_id: int) -> list[tuple[Pointer, int]]:
    """What a merge would move from this file, with the number of rows; nothing for an empty table."""
    counted = [(pointer, pointer.rows(client_id).count()) for pointer in moving()]
    return [(pointer, count) for pointer, count in counted if count]
