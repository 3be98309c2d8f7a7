"""Helpers of the tests: an API client per person, one case through both doors, pinned query counts."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from threading import Barrier
from types import SimpleNamespace
from typing import Any

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from django.contrib.auth.signals import user_logged_in
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient


def back(days: int = 0) -> date:
    """The local day so many days ago (0: today). Asked anew each time, as a run of the tests may cross midnight."""
    return timezone.localdate() - timedelta(days=days)


def api(user: Any = None) -> APIClient:
    """An API client signed in as `user` (None: a visitor). Speaks English so that messages can be compared."""
    client = APIClient(HTTP_ACCEPT_LANGUAGE="en")
    if user is not None:
        # As one who just signed in with all that the account asks for: money may leave.
        just_now = SimpleNamespace(confirmed_at=timezone.now(), confirmed_by_code=True)
        client.force_authenticate(user, token=just_now)
    return client


def browser(user: Any = None) -> Client:
    """A page client signed in as `user`."""
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    if user is not None:
        user_logged_in.connect(_signed_in_just_now)
        try:
            client.force_login(user)
        finally:
            user_logged_in.disconnect(_signed_in_just_now)
    return client


def _signed_in_just_now(request: Any, user: Any, **_kwargs: Any) -> None:
    """What a sign-in by page leaves in the session: money may leave (accounts/users/stepup.py). Without a query."""
    request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "at": time.time()}]
    request.session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)


def both_doors(user: Any) -> list[Any]:
    """The two clients of one person, for `@pytest.mark.parametrize`-like loops over page and API."""
    return [browser(user), api(user)]


async def close_code(communicator: Any) -> int | None:
    """Connect a `WebsocketCommunicator`; the code the server closes with at once, None when it stays open."""
    connected, code = await communicator.connect()
    if not connected:
        return code
    if await communicator.receive_nothing(0.05):
        return None
    output = await communicator.receive_output()
    return output.get("code", 1000) if output["type"] == "websocket.close" else None


@contextmanager
def assert_max_queries(limit: int) -> Iterator[CaptureQueriesContext]:
    """Fails, listing them, when the block runs more than `limit` queries."""
    with CaptureQueriesContext(connection) as context:
        yield context
    found = len(context)
    assert found <= limit, f"{found} queries, at most {limit}:\n" + "\n".join(
        q["sql"][:200] for q in context.captured_queries
    )


def at_once(count: int, work: Callable[[int], Any]) -> list[Any]:
    """Run `work(i)` on `count` real connections, released together; exceptions come back as values."""
    gate = Barrier(count)

    def run(number: int) -> Any:
        try:
            gate.wait(30)
            return work(number)
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))
