"""Migrations that make many tables without rendering all models for each of them."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.db import migrations
from django.db.migrations.operations.base import Operation


class LeanMigration(migrations.Migration):
    """As Django's, save that tables made one after the other are made from one rendering of the models.

    Django renders anew, before each operation, every model that is related to the one it touches: here that is nearly
    all of them, and it was most of the time of a first `migrate`. A new table needs no state of before. `operations`
    stays a plain list for whatever reads it (going backwards, --fake-initial, makemigrations)."""

    def apply(self, project_state: Any, schema_editor: Any, collect_sql: bool = False) -> Any:
        listed = self.operations
        self.operations = together(listed)
        try:
            return super().apply(project_state, schema_editor, collect_sql)
        finally:
            self.operations = listed


class _Tables(Operation):
    """Several CreateModel in a row."""

    def __init__(self, creations: list[migrations.CreateModel]):
        self.creations = creations

    def state_forwards(self, app_label: str, state: Any) -> None:
        # Without the rendered models nothing is rendered here; Django does it once, when a table asks for its model.
        state.__dict__.pop("apps", None)
        for creation in self.creations:
            creation.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for creation in self.creations:
            creation.database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"Create models {', '.join(creation.name for creation in self.creations)}"


def together(operations: Sequence[Operation]) -> list[Operation]:
    """The operations in their order, each run of several CreateModel as one."""
    grouped: list[Operation] = []
    for creates, run in groupby(operations, lambda operation: isinstance(operation, migrations.CreateModel)):
        found = list(run)
        grouped += [_Tables(found)] if creates and len(found) > 1 else found
    return grouped
