"""News from a lower floor to a higher one: ids only, sent after commit, heard by whoever listens."""

import logging
from collections.abc import Callable
from typing import Any

from django.db import transaction

logger = logging.getLogger(__name__)

Listener = Callable[..., None]


class Event:
    """A piece of news. `doc` names its payload; listeners take the payload as keyword arguments."""

    def __init__(self, name: str, doc: str):
        self.name = name
        self.__doc__ = doc
        self.listeners: list[Listener] = []

    def listener(self, function: Listener) -> Listener:
        """Decorator used in `listeners.py`. A listener must be safe to run twice."""
        if function not in self.listeners:
            self.listeners.append(function)
        return function

    def send(self, **ids: Any) -> bool:
        """Call every listener; one that fails is logged and does not stop the others. True when all went well."""
        fine = True
        for function in self.listeners:
            try:
                with transaction.atomic():
                    function(**ids)
            except Exception:
                fine = False
                logger.exception("listener %s failed on %s %s", function.__qualname__, self.name, ids)
        return fine

    def __repr__(self) -> str:
        return f"<Event {self.name}>"


def emit(event: Event, **ids: Any) -> None:
    """Send `event` once the transaction has committed. Lost if the process dies in between: a thing that must
    be heard is an `Announced` row (config/lib/models.py)."""
    transaction.on_commit(lambda: event.send(**ids))
