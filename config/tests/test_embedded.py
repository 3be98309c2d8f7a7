"""The embedded process as an operator meets it: started, refused twice, stopped, killed."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

JOBS = 200


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(what: Callable[[], object], seconds: float, why: str) -> object:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = what()
        if answer:
            return answer
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {why}")


class House:
    """A data folder and the processes that serve it."""

    def __init__(self, var: Path):
        self.var = var
        self.env = {
            **os.environ,
            "VAR_DIR": str(var),
            "DATABASE_URL": "",
            "REDIS_URL": "",
            "DEBUG": "off",
            "DJANGO_SETTINGS_MODULE": "config.tests.chores.settings",
        }
        self.started: list[subprocess.Popen] = []

    def manage(self, *args: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "manage.py", *args]
        return subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=120)

    def serve(self) -> tuple[subprocess.Popen, int]:
        port = free_port()
        command = [sys.executable, "manage.py", "serve", "--port", str(port)]
        process = subprocess.Popen(command, env=self.env, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.started.append(process)
        return process, port

    def answers(self, port: int) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/schema", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def count(self, query: str) -> int:
        base = sqlite3.connect(self.var / "triporteur.sqlite3", timeout=20)
        try:
            return base.execute(query).fetchone()[0]
        finally:
            base.close()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    home = House(tmp_path)
    migrated = home.manage("migrate", "--run-syncdb", "-v0")
    assert migrated.returncode == 0, migrated.stderr
    yield home
    for process in home.started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_serves_within_memory_refuses_a_second_process_and_stops_cleanly(house: House) -> None:
    first, port = house.serve()
    wait_for(lambda: house.answers(port), 60, "the first process answers")
    status = Path(f"/proc/{first.pid}/status").read_text()
    resident_kb = int(status.split("VmRSS:")[1].split()[0])
    assert resident_kb < 200 * 1024

    refused = house.manage("serve", "--port", str(free_port()))
    assert refused.returncode == 1
    assert f"process {first.pid}" in refused.stderr
    assert house.answers(port)

    first.send_signal(signal.SIGTERM)
    _out, errors = first.communicate(timeout=10)
    assert first.returncode == 0, errors
    assert "Traceback" not in errors

    _again, port = house.serve()
    wait_for(lambda: house.answers(port), 60, "a lock file left behind is harmless")


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
    first.communicate()
    at_death = house.count(done)
    assert at_death < JOBS, "killed too late to prove anything"

    house.serve()
    wait_for(lambda: house.count(done) == JOBS, 60, f"the rest after {at_death}")
    assert house.count("SELECT count(*) FROM chores_effect") == JOBS
    assert house.count("SELECT count(DISTINCT chore_id) FROM chores_effect") == JOBS
