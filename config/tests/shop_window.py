"""The demo, loaded once for all tests of a module, as loading it takes seconds."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from django.core.management import call_command
from django.db import connections, transaction
from django.test import TestCase, override_settings


def rolled_back() -> transaction.Atomic:
    """A block that services with a transaction of their own (durable) take for the test's."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]
    return block


@contextmanager
def demo_loaded(blocker: Any, folder: Path) -> Iterator[None]:
    """Everything that the demo makes, for the tests in this block, each of which takes back what it did itself.

    Django closes connections after each test; this one keeps open what the demo stands in."""
    options = {"DEBUG": True, "MEDIA_ROOT": folder / "media", "PRIVATE_ROOT": folder / "private"}
    keep = patch.object(connections["default"], "close", lambda: None)
    with blocker.unblock(), rolled_back(), keep, override_settings(**options):
        with patch("config.demo.goods_in.picture", lambda *_: b"\x89PNG\r\n"), TestCase.captureOnCommitCallbacks(
            execute=True
        ):
            call_command("demo", verbosity=0)
        yield
        transaction.set_rollback(True)
