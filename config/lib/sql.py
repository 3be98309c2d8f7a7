"""Plain INSERTs for the few paths where the ORM's compiler costs more than the database (docs/performance.md).

The rows are ordinary unsaved instances, so defaults, types and column names stay in one place, the model.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models


@lru_cache(maxsize=256)
def _statement(model: type[models.Model], count: int, vendor: str) -> tuple[list[models.Field], str]:
    """The fields and the text of an INSERT of `count` rows that gives their ids back."""
    meta, quote = model._meta, connection.ops.quote_name
    fields = [field for field in meta.concrete_fields if not field.primary_key]
    columns = ", ".join(quote(field.column) for field in fields)
    row = f"({', '.join(['%s'] * len(fields))})"
    return fields, (
        f"INSERT INTO {quote(meta.db_table)} ({columns}) VALUES {', '.join([row] * count)}"
        f" RETURNING {quote(meta.pk.column)}"
    )


def insert(rows: Sequence[Any]) -> None:
    """Write new rows of one model in one statement and give them their ids. No signal, no save().

    Only for models with an automatic id and at most some hundred rows; the caller stands in a transaction.
    """
    if not rows:
        return
    fields, sql = _statement(type(rows[0]), len(rows), connection.vendor)
    database = connections[DEFAULT_DB_ALIAS]  # itself, not the proxy, which looks it up at every touch
    values = [field.get_db_prep_save(field.pre_save(row, True), database) for row in rows for field in fields]
    with database.cursor() as cursor:
        cursor.execute(sql, values)
        # Both databases give the ids of a VALUES list in its order.
        for row, (pk,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = pk
            row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
