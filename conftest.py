"""Fixtures and rules of the whole suite.

- No socket leaves the machine: pytest-socket (pytest.ini) allows loopback and unix sockets only.
- Races are marked `postgres_race`. They are skipped on SQLite, whose single writer would hide them; with
  `REQUIRE_RACES=1` (set by .ci/run on PostgreSQL) a skipped race, or none at all, fails the run.
- Personas: alice (customer), bob (another customer), charlie (stranger), carla (courier, whose profile the
  delivery factories add), dora (staff of shop, delivery and support), admin_user (superuser).
"""

import os
import shutil
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import connection

from config.tests.house import House

REQUIRE_RACES = os.environ.get("REQUIRE_RACES") == "1"
_races = {"passed": 0, "failed": 0, "skipped": 0}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if connection.vendor == "postgresql":
        return
    skip = pytest.mark.skip(reason="races need PostgreSQL (DATABASE_URL)")
    for item in items:
        if "postgres_race" in item.keywords:
            item.add_marker(skip)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if "postgres_race" in report.keywords and (report.when == "call" or report.outcome == "skipped"):
        _races[report.outcome] += 1


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    worker = hasattr(session.config, "workerinput")
    if REQUIRE_RACES and not worker and (_races["skipped"] or not _races["passed"]):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not REQUIRE_RACES:
        return
    terminalreporter.write_line(f"races on {connection.vendor}: {_races}")
    if _races["skipped"] or not _races["passed"]:
        terminalreporter.write_line("FAILED: races must run here, none may be skipped", red=True)


PASSWORD = "password123"
STAFF_GROUPS = ["Boutique", "Support", "Gestionnaire"]


@pytest.fixture
def person(db):
    """Make a person by first name: `person("alice")`, with the password `password123`."""

    def make(name: str, **fields):
        return get_user_model().objects.create_user(
            f"{name}@email.test", PASSWORD, first_name=name.capitalize(), last_name="Martin", **fields
        )

    return make


@pytest.fixture
def alice(person):
    return person("alice")


@pytest.fixture
def bob(person):
    return person("bob")


@pytest.fixture
def charlie(person):
    return person("charlie")


@pytest.fixture
def carla(person):
    return person("carla")


@pytest.fixture
def dora(person):
    user = person("dora", is_staff=True)
    user.groups.set([Group.objects.get_or_create(name=name)[0] for name in STAFF_GROUPS])
    return user


@pytest.fixture
def admin_user(person):
    return person("admin", is_staff=True, is_superuser=True)


@pytest.fixture(autouse=True)
def _own_cache():
    """Rate limits and cached counts of one test do not reach the next, nor a neighbour on the same Redis."""
    cache.key_prefix = uuid4().hex


@pytest.fixture(scope="session", autouse=True)
def _sealed_tables_can_be_emptied():
    """Triggers seal the books (accounts migration 0003). PostgreSQL's TRUNCATE passes them by; SQLite empties tables
    by DELETE after a `transaction=True` test, so the triggers are taken off for the time of it."""
    if connection.vendor != "sqlite":
        yield
        return
    operations = type(connection.ops)
    plain = operations.sql_flush

    def sql_flush(self, *args, **kwargs):
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
        drops = [f'DROP TRIGGER "{name}"' for name, _sql in triggers]
        return [*drops, *plain(self, *args, **kwargs), *(sql for _name, sql in triggers)]

    operations.sql_flush = sql_flush
    yield
    operations.sql_flush = plain


@pytest.fixture
def commit(django_capture_on_commit_callbacks):
    """`with commit(): …` runs what waits for the commit (events, jobs, pushes) at the end of the block."""

    def block():
        return django_capture_on_commit_callbacks(execute=True)

    return block


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The whole product with its demonstration, served by a process of its own at `house.url`."""
    house = House(tmp_path_factory.mktemp("site"))
    _process, port = house.serve("--demo")
    house.ready(port, 180)
    house.url = f"http://127.0.0.1:{port}"
    yield house
    house.close()


@pytest.fixture(scope="session")
def site(house: House) -> str:
    """Its address."""
    return house.url


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    """Debian's Chromium, kept from calling home."""
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    return {**browser_type_launch_args, "executable_path": shutil.which("chromium"), "args": quiet}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict) -> dict:
    return {**browser_context_args, "locale": "fr-FR", "timezone_id": "Europe/Paris"}
