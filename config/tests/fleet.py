"""The product as several processes on PostgreSQL and Redis: web, worker and beat, as docs/deploy.md runs them.

    .ci/with-services .venv/bin/python -m config.tests.fleet      two web processes, and the main job through both
"""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg

from config.tests.house import House, free_port


class Fleet(House):
    """Processes that share one database, made for them on the server of DATABASE_URL and dropped at the end."""

    def __init__(self, var: Path, **env: str):
        server, _slash, name = os.environ["DATABASE_URL"].rpartition("/")
        self.server, self.name = server, f"{name}_fleet_{os.getpid()}"
        with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
            admin.execute(f'CREATE DATABASE "{self.name}"')  # type: ignore[arg-type]
        super().__init__(
            var, DATABASE_URL=f"{server}/{self.name}", REDIS_URL=os.environ["REDIS_URL"], WEB_THREADS="4", **env
        )

    def run(self, *command: str) -> subprocess.Popen:
        """A process that leads a group of its own, so that kill -9 takes its children too."""
        with (self.var / "log").open("a") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *command], env=self.env, stdout=log, stderr=log, start_new_session=True
            )
        self.started.append(process)
        return process

    def web(self) -> int:
        """Start a web process; its port."""
        port = free_port()
        self.run("daphne", "-b", "127.0.0.1", "-p", str(port), "config.asgi:application")
        return port

    def worker(self) -> subprocess.Popen:
        return self.run("celery", "-A", "config", "worker", "--concurrency", "2", "--loglevel", "WARNING")

    def beat(self) -> subprocess.Popen:
        schedule = str(self.var / "beat-schedule")
        return self.run("celery", "-A", "config", "beat", "--schedule", schedule, "--loglevel", "WARNING")

    def kill(self, process: subprocess.Popen) -> None:
        """kill -9 of the process and its children."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def count(self, query: str) -> int:
        with psycopg.connect(f"{self.server}/{self.name}") as base:
            row = base.execute(query).fetchone()  # type: ignore[arg-type]
            return row[0] if row else 0

    def close(self) -> None:
        super().close()
        with psycopg.connect(f"{self.server}/postgres", autocommit=True) as admin:
            admin.execute(f'DROP DATABASE "{self.name}" WITH (FORCE)')  # type: ignore[arg-type]


def open_with_demo(fleet: Fleet) -> list[str]:
    """Migrate, load the demo, start two web processes, a worker and beat. The addresses of the web processes."""
    for command in (("migrate", "-v0"), ("demo",)):
        done = fleet.manage(*command)
        if done.returncode:
            raise RuntimeError(done.stderr)
    ports = [fleet.web(), fleet.web()]
    fleet.worker()
    fleet.beat()
    for port in ports:
        fleet.ready(port)
    return [f"http://127.0.0.1:{port}" for port in ports]


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="fleet-") as folder:
        fleet = Fleet(Path(folder))
        try:
            sites = open_with_demo(fleet)
            done = fleet.example("main_job", *sites)
            sys.stdout.write(done.stdout + done.stderr)
            return done.returncode
        finally:
            fleet.close()


if __name__ == "__main__":
    sys.exit(main())
