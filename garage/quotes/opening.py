"""What an acceptance sets going in its own transaction, told by the workshop above: parts leave the stock and a
repair order opens, or the client has agreed to nothing. Filled in `GarageConfig.ready()`.
"""

from collections.abc import Callable

from config.lib.actors import Actor
from garage.quotes.models import Quote

Work = Callable[..., object]  # (*, quote: Quote, actor: Actor)

_open: list[Work] = []
_undo: list[Work] = []


def register(function: Work) -> None:
    """`function(quote=…, actor=…)` opens the work of an accepted quote, or raises and so stops the acceptance."""
    _open.append(function)


def register_undo(function: Work) -> None:
    """`function(quote=…, actor=…)` calls off work that has not begun; Conflict once it has."""
    _undo.append(function)


def open_work(*, quote: Quote, actor: Actor) -> None:
    for function in _open:
        function(quote=quote, actor=actor)


def call_off(*, quote: Quote, actor: Actor) -> None:
    for function in _undo:
        function(quote=quote, actor=actor)
