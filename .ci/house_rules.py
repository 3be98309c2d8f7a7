"""Rules of the house that no ready-made linter knows (docs/architecture.md). `python .ci/house_rules.py` prints
`path:line: rule: what is wrong` and fails on the first finding.

A line may be excused where it stands, with its reason: `# house: allow writes, a file is not a model`.
Each rule has a bad snippet in test_house_rules.py that it must catch.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from house_texts import TEXT_RULES

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 400
APPS = {"accounts", "delivery", "shop", "garage", "support"}

Finding = tuple[int, str]


@dataclass
class Module:
    """A Python file: its path inside the repository, and its tree."""

    path: Path
    tree: ast.Module

    @property
    def parts(self) -> set[str]:
        return set(self.path.parts)

    @property
    def is_test(self) -> bool:
        return bool(self.parts & {"tests", "bench", "testing.py", "conftest.py", "styleguide.py", ".ci", "docs"})

    @property
    def is_migration(self) -> bool:
        return "migrations" in self.parts

    @property
    def in_house(self) -> bool:
        """Product code: not tests, migrations, benches."""
        return not self.is_test and not self.is_migration

    def called(self, *names: str) -> bool:
        """Whether the file is `name.py` or lives in a package `name/`."""
        return any(f"{n}.py" == self.path.name or n in self.path.parts[:-1] for n in names)


def chain(node: ast.AST) -> list[str]:
    """The names of `a.b(…).c[…].d` from left to right: [a, b, c, d]."""
    names: list[str] = []
    while True:
        if isinstance(node, ast.Attribute):
            names.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Subscript):
            node = node.value
        else:
            names.append(node.id if isinstance(node, ast.Name) else "")
            return names[::-1]


def method_calls(module: Module) -> Iterator[tuple[ast.Call, list[str]]]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node, chain(node.func)


ALWAYS_WRITES = {"bulk_create", "bulk_update", "get_or_create", "update_or_create", "abulk_create", "asave", "acreate"}
QUERYSET = {"objects", "_base_manager", "_default_manager", "filter", "exclude", "all", "history", "select_for_update"}
NOT_A_MODEL = re.compile(
    r"^_?(im|img|image|picture|thumb\w*|canvas|storage|default_storage|session|cache|caches|redis|client|workbook|"
    r"path|file|layer|super|pipeline|pipe)$"
)


def writes(module: Module) -> Iterator[Finding]:
    """No .save/.create/.update/.delete on a model outside services.py, services/ or config/lib."""
    if not module.in_house or module.called("services") or module.path.parts[:2] == ("config", "lib"):
        return
    managers = {
        id(node)
        for cls in ast.walk(module.tree)
        if isinstance(cls, ast.ClassDef) and "BaseUserManager" in base_names(cls)
        for node in ast.walk(cls)
    }
    for call, names in method_calls(module):
        verb, receiver = names[-1], names[:-1]
        to_file = verb == "save" and (len(call.args) > 1 or any(k.arg == "format" for k in call.keywords))  # a picture
        if id(call) in managers or to_file or any(NOT_A_MODEL.match(n) for n in receiver[-2:]):
            continue
        if (
            verb in ALWAYS_WRITES
            or verb in ("create", "save", "delete", "adelete")
            or (verb in ("update", "aupdate") and QUERYSET & set(receiver))
        ):
            yield call.lineno, f".{verb}() writes: call a service"


def locks(module: Module) -> Iterator[Finding]:
    """select_for_update only in queries, and without joined rows: PostgreSQL answers those from before the wait."""
    at_home = not module.in_house or module.called("queries") or module.path.parts[:2] == ("config", "lib")
    for call, names in method_calls(module):
        if names[-1] == "select_for_update" and not at_home:
            yield call.lineno, "locks are taken in queries.py (locked())"
        if names[-1] == "select_related" and "select_for_update" in names:
            yield call.lineno, "lock the row alone, then read its neighbours: a join would show them as they were"


def side_effects(module: Module) -> Iterator[Finding]:
    """Tasks are rung and sockets told by listeners and tasks, so at commit, never from the middle of a service."""
    if not module.in_house or module.path.parts[0] == "config" or module.called("listeners", "tasks"):
        return
    for call, names in method_calls(module):
        if names[-1] in ("delay", "apply_async") or names[-2:] == ["live", "push"]:
            yield call.lineno, f".{names[-1]}() belongs in listeners.py or tasks.py: emit an event"


def local_imports(module: Module) -> Iterator[Finding]:
    """No import inside a function, except in AppConfig.ready()."""
    if module.is_test:
        return
    for function in ast.walk(module.tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if module.path.name == "apps.py" and function.name == "ready":
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield node.lineno, "import at the top of the file; a circle means a wrong floor"


def model_signals(module: Module) -> Iterator[Finding]:
    """No Django model signals."""
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.ImportFrom):
            continue
        names = {alias.name for alias in node.names}
        if node.module == "django.db.models.signals" or (node.module == "django.db.models" and "signals" in names):
            yield node.lineno, "no model signals: call the service, or send an event"


def side_effect_in_save(module: Module) -> Iterator[Finding]:
    """Models do not override save() or delete(), save to refuse."""
    if not module.called("models") or not module.in_house:
        return
    for cls in ast.walk(module.tree):
        if not isinstance(cls, ast.ClassDef):
            continue
        for item in cls.body:
            overrides = isinstance(item, ast.FunctionDef) and item.name in ("save", "delete")
            if overrides and not any(isinstance(n, ast.Raise) for n in ast.walk(item)):
                yield item.lineno, f"{cls.name}.{item.name}() has a side effect: put it in a service"


def keyword_only_services(module: Module) -> Iterator[Finding]:
    """Public services take keyword arguments only, with types (a question about one thing may take it bare)."""
    if not module.in_house or not module.called("services") or module.path.parts[0] not in APPS:
        return
    for node in module.tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            if len(node.args.args + node.args.posonlyargs) > 1:
                yield node.lineno, f"{node.name}() takes keyword arguments only: put * first"
            if node.returns is None or any(a.annotation is None for a in node.args.kwonlyargs):
                yield node.lineno, f"{node.name}() needs types"


LAZY = {"verbose_name", "verbose_name_plural", "help_text", "label", "empty_label", "short_description"}
SPOKEN_ERRORS = {
    "DomainError", "NotFound", "Forbidden", "Invalid", "Conflict", "IllegalMove", "PaymentDeclined",
    "ValidationError", "PermissionDenied", "Http404",
}  # fmt: skip
LETTERS = re.compile(r"[A-Za-zÀ-ÿ]{2}")


def is_text(node: ast.AST | None) -> bool:
    if isinstance(node, ast.JoinedStr):
        return any(is_text(part) for part in node.values)
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(LETTERS.search(node.value))


def base_names(cls: ast.ClassDef) -> set[str]:
    return {chain(base)[-1] for base in cls.bases}


def untranslated(module: Module) -> Iterator[Finding]:
    """Texts that people read go through gettext."""
    if not module.in_house:
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            names = chain(node.func)
            for keyword in node.keywords:
                decorator = keyword.arg == "description" and names[-1] in ("action", "display")
                schema = keyword.arg == "help_text" and module.called("api", "serializers")  # English, for developers
                if ((keyword.arg in LAZY and not schema) or decorator) and is_text(keyword.value):
                    yield keyword.value.lineno, f"{keyword.arg}= is read by people: _(…)"
            if names[-1] in SPOKEN_ERRORS and node.args and is_text(node.args[0]):
                yield node.lineno, f"the message of {names[-1]} is read by people: _(…)"
            spoken = names[0] == "messages" and names[-1] in ("success", "info", "warning", "error")
            if spoken and len(node.args) > 1 and is_text(node.args[1]):
                yield node.lineno, "a message is read by people: _(…)"
        if isinstance(node, ast.ClassDef):
            yield from _untranslated_class(node)


def _untranslated_class(cls: ast.ClassDef) -> Iterator[Finding]:
    bases = base_names(cls)
    for item in cls.body:
        if not isinstance(item, ast.Assign):
            continue
        name = chain(item.targets[0])[-1]
        if bases & {"TextChoices", "IntegerChoices"}:
            bare = is_text(item.value) and "TextChoices" in bases
            if bare or (isinstance(item.value, ast.Tuple) and is_text(item.value.elts[-1])):
                yield item.lineno, f"{cls.name}.{name} needs a translated label: VALUE = 'VALUE', _(…)"
        elif cls.name == "Meta" and name in ("verbose_name", "verbose_name_plural") and is_text(item.value):
            yield item.lineno, f"{name} is read by people: _(…)"
        elif name == "message" and bases & SPOKEN_ERRORS and is_text(item.value):
            yield item.lineno, "the message of an error is read by people: _(…)"


CLOCKS = {"now", "localdate", "localtime", "today", "utcnow", "days_ago", "last_days"}


def clock_at_import(module: Module) -> Iterator[Finding]:
    """A day read while a file is imported is wrong from midnight on, in a server as in its tests."""
    waiting: list[ast.AST] = [] if "docs" in module.parts else [module.tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):  # only what its definition evaluates
            waiting += [*getattr(node, "decorator_list", []), *node.args.defaults, *filter(None, node.args.kw_defaults)]
            continue
        if isinstance(node, ast.Call) and chain(node.func)[-1] in CLOCKS:
            yield node.lineno, "the clock is read once, at import: ask inside the function"
        waiting += ast.iter_child_nodes(node)


def _is_instant(node: ast.AST) -> bool:
    name = chain(node)[-1]
    return isinstance(node, ast.Attribute | ast.Name) and (name == "at" or name.endswith("_at"))


def instant_without_zone(module: Module) -> Iterator[Finding]:
    """The database gives instants in UTC: their day and hour on the wall need `timezone.localtime` or `localdate`."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FormattedValue):
            wall = node.format_spec is not None and "%" in ast.unparse(node.format_spec)
            instant = node.value
        else:
            wall = isinstance(node, ast.Call) and chain(node.func)[-1] in ("date", "time", "strftime")
            instant = getattr(node.func, "value", node) if isinstance(node, ast.Call) else node
        if wall and _is_instant(instant):
            yield node.lineno, "in which zone? timezone.localtime(…), or localdate(…)"


PYTHON_RULES: list[Callable[[Module], Iterator[Finding]]] = [
    writes,
    locks,
    side_effects,
    local_imports,
    model_signals,
    side_effect_in_save,
    keyword_only_services,
    untranslated,
    clock_at_import,
    instant_without_zone,
]


def too_long(path: Path, text: str) -> Iterator[Finding]:
    """Files of at most 400 lines."""
    generated = {"migrations", "tests", ".ci", "locale", "docs"} & set(path.parts)
    if path.suffix in (".py", ".html", ".css", ".js") and not generated and path.name != "conftest.py":
        lines = text.count("\n")
        if lines > LONGEST:
            yield lines, f"{lines} lines, at most {LONGEST}: split it by verb or feature"


def check_text(path: Path, text: str) -> Iterator[tuple[int, str, str]]:
    """(line, rule, what) of one file. `path` is inside the repository."""
    lines = text.splitlines()

    def excused(line: int, rule: str) -> bool:
        near = lines[max(0, line - 2) : line]
        return any(f"house: allow {rule.replace('_', ' ')}" in each for each in near)

    findings = [(line, rule.__name__, what) for rule in [too_long, *TEXT_RULES] for line, what in rule(path, text)]
    if path.suffix == ".py":
        module = Module(path, ast.parse(text))
        findings += [(line, rule.__name__, what) for rule in PYTHON_RULES for line, what in rule(module)]
    return (f for f in sorted(findings) if not excused(f[0], f[1]))


def tracked() -> Iterator[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    for name in listing.splitlines():
        path = Path(name)
        if path.suffix in (".py", ".html", ".txt", ".css", ".js", ".md", ".svg") and (ROOT / path).is_file():
            yield path


def main() -> int:
    count = 0
    for path in tracked():
        for line, rule, what in check_text(path, (ROOT / path).read_text()):
            print(f"{path}:{line}: {rule}: {what}")
            count += 1
    print(f"house rules: {count} findings" if count else "house rules: fine")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
