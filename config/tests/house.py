"""Real processes of the product, for tests that meet it as an operator or a browser does."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

ONE_CENT_MORE = "UPDATE accounts_posting SET amount = amount + 1 WHERE id = (SELECT max(id) FROM accounts_posting)"


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

    def __init__(self, var: Path, **env: str):
        self.var = var
        self.url = ""
        self.env = {
            **os.environ,
            "VAR_DIR": str(var),
            "DATABASE_URL": "",
            "REDIS_URL": "",
            "DEBUG": "on",  # production would first compress every static file
            "PAYMENT_WEBHOOK_SECRET": "what the provider signs with",
            **env,
        }
        self.started: list[subprocess.Popen] = []

    def manage(self, *args: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "manage.py", *args]
        return subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=120)

    def serve(self, *args: str) -> tuple[subprocess.Popen, int]:
        """Start the embedded process; its output goes to `log` in the data folder."""
        port = free_port()
        command = [sys.executable, "manage.py", "serve", "--port", str(port), *args]
        with (self.var / "log").open("a") as log:
            process = subprocess.Popen(command, env=self.env, stderr=log, stdout=log)
        self.started.append(process)
        return process, port

    def answers(self, port: int) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/schema", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def ready(self, port: int, seconds: float = 60) -> None:
        """Wait until the site answers; when it does not, fail with its log."""
        try:
            wait_for(lambda: self.answers(port), seconds, "the site answers")
        except AssertionError as late:
            raise AssertionError(f"{late}\n{self.log()}") from None

    def count(self, query: str) -> int:
        base = sqlite3.connect(self.var / "triporteur.sqlite3", timeout=20)
        try:
            return base.execute(query).fetchone()[0]
        finally:
            base.close()

    def example(self, name: str, *sites: str, **env: str) -> subprocess.CompletedProcess:
        """docs/examples/<name>.py against the given sites, as its reader runs it."""
        script = Path(__file__).parents[2] / "docs" / "examples" / f"{name}.py"
        command = [sys.executable, str(script), *sites]
        return subprocess.run(command, env={**self.env, **env}, capture_output=True, text=True, timeout=300)

    def books_are_right(self) -> None:
        proof = self.manage("verify_ledger", "--files")
        assert proof.returncode == 0, proof.stderr
        assert proof.stdout.startswith("The ledger is right")

    def books_are_wrong(self) -> None:
        """After ONE_CENT_MORE: the command fails and names the transaction of the altered posting."""
        altered = self.count("SELECT transaction_id FROM accounts_posting ORDER BY id DESC LIMIT 1")
        proof = self.manage("verify_ledger")
        assert proof.returncode == 1, proof.stdout
        assert f"transaction {altered} " in proof.stderr.lower(), proof.stderr

    def log(self) -> str:
        return (self.var / "log").read_text()

    def close(self) -> None:
        """Stop what still runs."""
        for process in self.started:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.started:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
