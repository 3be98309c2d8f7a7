from django.db import connection, migrations, models
from django.db.migrations.state import ModelState, ProjectState

from config.lib.migrations import LeanMigration

OPERATIONS = [
    migrations.CreateModel("Garden", [("id", models.BigAutoField(primary_key=True)), ("name", models.TextField())]),
    migrations.CreateModel("Tool", [("id", models.BigAutoField(primary_key=True)), ("name", models.TextField())]),
    migrations.CreateModel(
        "Tree",
        [
            ("id", models.BigAutoField(primary_key=True)),
            ("height", models.IntegerField()),
            ("garden", models.ForeignKey("garden.garden", models.CASCADE, related_name="trees")),
            ("tools", models.ManyToManyField("garden.tool")),
        ],
        options={"indexes": [models.Index(fields=["height"], name="tree_height")]},
    ),
    migrations.AddField("garden", "oldest", models.ForeignKey("garden.tree", models.SET_NULL, null=True)),
]


def sql_of(base: type[migrations.Migration]) -> tuple[list[str], ProjectState, migrations.Migration]:
    migration = type("Migration", (base,), {"operations": OPERATIONS})("0001_initial", "garden")
    state = ProjectState()
    assert state.apps
    with connection.schema_editor(collect_sql=True) as editor:
        state = migration.apply(state, editor, collect_sql=True)
    return [line for line in editor.collected_sql if not line.startswith("--")], state, migration


def test_tables_made_together_are_those_that_django_makes_one_by_one(transactional_db, monkeypatch):
    rendered: list[str] = []
    render = ModelState.render
    monkeypatch.setattr(ModelState, "render", lambda self, apps: rendered.append(self.name) or render(self, apps))

    expected, one_by_one, _ = sql_of(migrations.Migration)
    before = rendered.count("Garden")
    rendered.clear()
    sql, together, migration = sql_of(LeanMigration)

    assert sql == expected
    assert any("tree_height" in line for line in sql)
    assert together == one_by_one
    assert together.apps.get_model("garden", "Garden").trees.rel.related_model.__name__ == "Tree"
    assert rendered.count("Garden") == 2 < before  # once for the tables, once for the field
    assert migration.operations == OPERATIONS


def test_an_sql_preview_names_every_table_made_together(transactional_db):
    migration = type("Migration", (LeanMigration,), {"operations": OPERATIONS})("0001_initial", "garden")
    with connection.schema_editor(collect_sql=True) as editor:
        migration.apply(ProjectState(), editor, collect_sql=True)
    assert "-- Create models Garden, Tool, Tree" in editor.collected_sql
