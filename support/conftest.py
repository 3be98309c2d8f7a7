"""Fixtures of the support tests: files of the ports go to a folder of the test; a provider to talk to."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def var_dir(settings: Any, tmp_path: Path) -> Path:
    """What the file adapters write goes here."""
    settings.VAR_DIR = tmp_path
    settings.PRIVATE_ROOT = tmp_path / "private"
    return tmp_path


@dataclass
class Provider:
    """A local HTTP server that answers what it is told to, and remembers what it was asked."""

    url: str = ""
    answers: list[tuple[int, dict[str, str], Any]] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, status: int, body: Any = None, **headers: str) -> None:
        """Queue one answer; the last one queued is given again and again."""
        self.answers.append((status, {k.replace("_", "-"): v for k, v in headers.items()}, body))


def handler_for(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            provider.requests.append({"path": self.path, "headers": dict(self.headers), "body": body})
            status, headers, answer = provider.answers.pop(0) if len(provider.answers) > 1 else provider.answers[0]
            content = json.dumps(answer if answer is not None else {}).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: Any) -> None:
            """Silent."""

    return Handler


@pytest.fixture
def provider() -> Iterator[Provider]:
    state = Provider()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_for(state))
    state.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield state
    server.shutdown()
    server.server_close()
