"""Fixtures and rules of the whole suite.

- No socket leaves the machine: pytest-socket (pytest.ini) allows loopback and unix sockets only.
- Races are marked `postgres_race`. They are skipped on SQLite, whose single writer would hide them; with
  `REQUIRE_RACES=1` (set by .ci/run on PostgreSQL) a skipped race, or none at all, fails the run.
- Personas (alice, bob, charlie, carla, dora) come from config/lib/testing.
"""

import os

import pytest
from django.db import connection

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
