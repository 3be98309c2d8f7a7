"""What features above the wallet tell about it: how they name what a movement or a hold is about, and what money is
on its way in. They register in AppConfig.ready(), as the wallet imports none of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Name:
    """A thing in words ("Delivery D-7K2M"), and the page that shows it to the owner of the wallet, if he has one."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class OnItsWay:
    """Money that a provider has not settled yet, or refused a short while ago."""

    amount: Decimal
    method: str  # in words
    at: datetime
    declined: bool = False
    url: str = ""  # where the payer goes on


Namer = Callable[[Any, list[str]], dict[str, Name]]
Watcher = Callable[[Any], list[OnItsWay]]
_namers: dict[str, Namer] = {}
_watchers: list[Watcher] = []


def register_names(prefix: str, namer: Namer) -> None:
    """`namer(account, references)` names references that begin with `prefix:`, in one query for all of them."""
    _namers[prefix] = namer


def register_watcher(watcher: Watcher) -> None:
    """`watcher(account)` lists what is on its way to an account."""
    if watcher not in _watchers:
        _watchers.append(watcher)


def names_of(account: Any, references: Iterable[str]) -> dict[str, Name]:
    """The names of those references that some feature knows: one query per feature, however many references."""
    wanted: dict[str, set[str]] = {}
    for reference in references:
        wanted.setdefault(reference.split(":")[0], set()).add(reference)
    found: dict[str, Name] = {}
    for prefix, some in wanted.items():
        if prefix in _namers:
            found.update(_namers[prefix](account, sorted(some)))
    return found


def ids_in(references: Iterable[str]) -> dict[str, int]:
    """The number behind the first colon of each reference ("order:12" → 12), of those that have one."""
    found = {}
    for reference in references:
        number = reference.split(":")[1] if ":" in reference else ""
        if number.isdecimal() and number.isascii() and len(number) < 19:
            found[reference] = int(number)
    return found


def on_its_way(account: Any) -> list[OnItsWay]:
    """Newest first."""
    rows = [row for watcher in _watchers for row in watcher(account)]
    return sorted(rows, key=lambda row: row.at, reverse=True)
