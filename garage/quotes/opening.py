"""What an acceptance sets going in its own transaction, told by the workshop above: parts leave the stock and a
repair order opens, or the client has agreed to nothing. And what the workshop knows of the work, for who invoices it.
Filled in `GarageConfig.ready()`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from config.lib.actors import Actor
from config.lib.money import ZERO
from garage.quotes.models import Quote

Work = Callable[..., object]  # (*, quote: Quote, actor: Actor)


@dataclass(frozen=True)
class Dial:
    """What the odometer said."""

    km: int
    on: date


@dataclass(frozen=True)
class Progress:
    """How far the work of a line is: hours on the clock beside those planned, pieces handed to the mechanic."""

    finished: bool = False
    hours: Decimal = ZERO
    planned: Decimal = ZERO
    pieces: Decimal = ZERO


Told = Callable[[Quote], dict[int, Progress]]  # id of a line → how far it is
Odometer = Callable[[Quote], Dial | None]

_open: list[Work] = []
_undo: list[Work] = []
_odometers: list[Odometer] = []
_progress: list[Told] = []
_leave: list[Work] = []


def register(function: Work) -> None:
    """`function(quote=…, actor=…)` opens the work of an accepted quote, or raises and so stops the acceptance."""
    _open.append(function)


def register_undo(function: Work) -> None:
    """`function(quote=…, actor=…)` calls off work that has not begun; Conflict once it has."""
    _undo.append(function)


def register_odometer(function: Odometer) -> None:
    """`function(quote)` tells the kilometres at which the work of a quote was done, if anybody noted them."""
    _odometers.append(function)


def register_progress(function: Told) -> None:
    """`function(quote)` tells how far the work of its lines is."""
    _progress.append(function)


def register_leaving(function: Work) -> None:
    """`function(quote=…, actor=…, lines=…)` leaves what is not done yet of these lines (ids)."""
    _leave.append(function)


def open_work(*, quote: Quote, actor: Actor) -> None:
    for function in _open:
        function(quote=quote, actor=actor)


def call_off(*, quote: Quote, actor: Actor) -> None:
    for function in _undo:
        function(quote=quote, actor=actor)


def odometer(quote: Quote) -> Dial | None:
    return next((dial for function in _odometers if (dial := function(quote)) is not None), None)


def progress(quote: Quote) -> dict[int, Progress]:
    return {line: told for function in _progress for line, told in function(quote).items()}


def leave(*, quote: Quote, actor: Actor, lines: list[int]) -> None:
    for function in _leave:
        function(quote=quote, actor=actor, lines=lines)
