"""The embedded process as an operator meets it: started, refused twice, stopped, killed."""

import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.tests.house import House, free_port, wait_for

pytestmark = pytest.mark.slow

JOBS = 200


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    home = House(tmp_path, DJANGO_SETTINGS_MODULE="config.tests.chores.settings")
    migrated = home.manage("migrate", "--run-syncdb", "-v0")
    assert migrated.returncode == 0, migrated.stderr
    yield home
    home.close()


def test_serves_within_memory_refuses_a_second_process_and_stops_cleanly(house: House) -> None:
    first, port = house.serve()
    house.ready(port)
    status = Path(f"/proc/{first.pid}/status").read_text()
    resident_kb = int(status.split("VmRSS:")[1].split()[0])
    assert resident_kb < 240 * 1024

    refused = house.manage("serve", "--port", str(free_port()))
    assert refused.returncode == 1
    assert f"process {first.pid}" in refused.stderr
    assert house.answers(port)

    first.send_signal(signal.SIGTERM)
    assert first.wait(10) == 0, house.log()
    assert "Traceback" not in house.log()

    _again, port = house.serve()
    house.ready(port)  # a lock file left behind is harmless


def test_every_owed_job_survives_kill_nine_and_none_is_done_twice(house: House) -> None:
    base = sqlite3.connect(house.var / "triporteur.sqlite3")
    with base:
        base.executemany(
            "INSERT INTO chores_chore (state, next_attempt_at, tries, last_error, minutes) "
            "VALUES ('A_FAIRE', datetime('now', '-1 minute'), 0, '', ?)",
            [(0,)] * JOBS,
        )
    base.close()
    done = "SELECT count(*) FROM chores_chore WHERE state = 'FAIT'"

    first, _port = house.serve()
    wait_for(lambda: house.count(done) >= 40, 60, "some jobs are done")
    first.kill()
    first.wait()
    at_death = house.count(done)
    assert at_death < JOBS, "killed too late to prove anything"

    house.serve()
    wait_for(lambda: house.count(done) == JOBS, 60, f"the rest after {at_death}")
    assert house.count("SELECT count(*) FROM chores_effect") == JOBS
    assert house.count("SELECT count(DISTINCT chore_id) FROM chores_effect") == JOBS
