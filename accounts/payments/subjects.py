"""What a payment is for, told by the feature that knows it: payments themselves know references only.

A feature above registers its kind of reference (the word before the colon) in its `AppConfig.ready()`. The calls are
direct and in the caller's transaction, for they move money.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from accounts.payments.models import Payment, Refund
from config.lib.actors import Actor


@dataclass(frozen=True)
class Target:
    """Something that waits for money: who owes how many euros for what."""

    reference: str
    amount: Decimal
    label: str
    user: Any


class Absorb(Protocol):
    def __call__(self, *, payment: Payment, amount: Decimal, actor: Actor, reason: str) -> Refund:
        """Refund `amount` euros of what `payment` paid, in our books and by `payments.services.refund`, as if it were
        asked now: the desk, which knows that the provider gave them back already, marks the refund as made. Raises a
        Conflict when what was paid cannot be reversed by so much."""


class Settle(Protocol):
    def __call__(self, *, payment_id: int, actor: Actor) -> Any:
        """Apply a received payment to what it is for, or open a case when that takes it no more."""


@dataclass(frozen=True)
class Subject:
    lock: Callable[[str], None]  # its row, by reference: it is locked before payments and cases
    url: Callable[[str], str]  # its page in the admin
    absorb: Absorb
    settle: Settle
    find: Callable[[str], Target | None]  # what a manager typed → the unpaid thing that he means
    title: Callable[[Payment], str]  # its name for managers; asks nothing of the database: lists show it


_subjects: dict[str, Subject] = {}


def register(word: str, subject: Subject) -> None:
    _subjects[word] = subject


def of(reference: str) -> Subject | None:
    """Who knows a reference like "order:12"."""
    return _subjects.get(reference.partition(":")[0])


def find(text: str) -> Target | None:
    """The unpaid thing that a manager names by its number."""
    return next((target for subject in _subjects.values() if (target := subject.find(text))), None)


def url_of(reference: str) -> str:
    """The admin page of what a reference names; empty when nobody knows it."""
    subject = of(reference)
    return subject.url(reference) if subject else ""
