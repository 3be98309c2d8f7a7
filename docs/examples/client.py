"""What an app needs to talk to the API: a signed-in device, keys for repeats, and words for what was found."""

import os
import sys
import time
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import httpx

FOUND = os.environ.get("PAPERS", "")  # a folder: what was fetched is kept there


class Person:
    """One signed-in device. Every POST has a key: if the network drops the answer, the same key gets it again."""

    def __init__(self, site: str, email: str, password: str = "password123"):
        self.email = email
        self.http = httpx.Client(base_url=site, headers={"Accept-Language": "en"}, timeout=60)
        token = self.call("POST", "/api/auth/login", {"email": email, "password": password, "device_name": "script"})
        self.http.headers["Authorization"] = f"Token {token['token']}"

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        if method == "POST":
            headers.setdefault("Idempotency-Key", str(uuid.uuid4()))
        return self.http.request(method, path, json=body, headers=headers)

    def call(self, method: str, path: str, body: Any = None, *, expect: tuple[int, ...] = (200, 201, 202, 204)) -> Any:
        response = self.ask(method, path, body)
        check(response.status_code in expect, f"{method} {path} answered {response.status_code}: {response.text[:500]}")
        kind = response.headers.get("Content-Type", "")
        return response.json() if "json" in kind and response.content else response.content

    @property
    def balance(self) -> Decimal:
        return Decimal(self.call("GET", "/api/wallet")["balance"])


def step(text: str) -> None:
    print(f"• {text}", flush=True)


def check(fine: Any, otherwise: str) -> None:
    if not fine:
        sys.exit(otherwise)


def same(what: str, one: Any, other: Any) -> None:
    check(one == other, f"{what}: {one} is not {other}")


def wait_for(what: str, ask: Callable[[], Any], seconds: float = 60) -> Any:
    """Ask again until the answer is there: background jobs take a moment."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = ask()
        if answer:
            return answer
        time.sleep(0.3)
    sys.exit(f"waited {seconds:.0f} s in vain for {what}")


def keep(name: str, content: bytes) -> None:
    if FOUND:
        with open(os.path.join(FOUND, name), "wb") as file:
            file.write(content)
