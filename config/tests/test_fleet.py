"""Several processes on PostgreSQL and Redis. Runs where both are at hand (.ci/run), as the embedded mode has its own
test."""

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from config.tests.fleet import Fleet, open_with_demo
from config.tests.house import ONE_CENT_MORE, wait_for

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (os.environ.get("DATABASE_URL", "").startswith("postgres") and os.environ.get("REDIS_URL")),
        reason="needs PostgreSQL and Redis (DATABASE_URL, REDIS_URL)",
    ),
]
JOBS = 200
DONE = "SELECT count(*) FROM chores_chore WHERE state = 'FAIT'"


@pytest.fixture
def fleet(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Fleet]:
    processes = Fleet(tmp_path, **getattr(request, "param", {}))
    yield processes
    processes.close()


def test_the_examples_run_through_two_web_processes(fleet: Fleet) -> None:
    """A point sent to the one reaches a watcher on the other, jobs run in the worker, auctions close by the clock;
    then money by every way, and books that are proved, until one amount is altered behind the house's back."""
    sites = open_with_demo(fleet)
    for example in ("main_job", "garage", "money"):
        done = fleet.example(example, *sites)
        assert done.returncode == 0, f"{done.stdout}{done.stderr}\n{fleet.log()[-5000:]}"
        assert done.stdout.endswith("done\n")
    fleet.books_are_right()

    with psycopg.connect(f"{fleet.server}/{fleet.name}") as base:
        base.execute("ALTER TABLE accounts_posting DISABLE TRIGGER USER")
        base.execute(ONE_CENT_MORE)
        base.execute("ALTER TABLE accounts_posting ENABLE TRIGGER USER")
    fleet.books_are_wrong()


@pytest.mark.parametrize(
    "fleet", [{"DJANGO_SETTINGS_MODULE": "config.tests.chores.settings", "CHORES_LEASE_S": "5"}], indirect=True
)
def test_kill_nine_of_the_worker_loses_no_job_and_doubles_none(fleet: Fleet) -> None:
    migrated = fleet.manage("migrate", "--run-syncdb", "-v0")
    assert migrated.returncode == 0, migrated.stderr
    with psycopg.connect(f"{fleet.server}/{fleet.name}") as base:
        base.execute(
            "INSERT INTO chores_chore (state, next_attempt_at, tries, last_error, minutes) "
            "SELECT 'A_FAIRE', now() - interval '1 minute', 0, '', 0 FROM generate_series(1, %s)",
            [JOBS],
        )
    first = fleet.worker()
    fleet.beat()
    wait_for(lambda: fleet.count(DONE) >= 20, 60, "some jobs are done")
    fleet.kill(first)
    at_death = fleet.count(DONE)
    assert at_death < JOBS, "killed too late to prove anything"

    fleet.worker()
    wait_for(lambda: fleet.count(DONE) == JOBS, 90, f"the rest after {at_death}")
    assert fleet.count("SELECT count(*) FROM chores_effect") == JOBS
    assert fleet.count("SELECT count(DISTINCT chore_id) FROM chores_effect") == JOBS
