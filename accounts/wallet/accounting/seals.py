"""The seal of a journal entry: a hash of everything that it says, and of the seal before it. No ORM.

Triggers keep anybody from changing sealed rows, but whoever owns the database can take triggers off. Sums then only
find what no longer adds up; a posting moved to another wallet, with both balances, still does. A seal does not: to
hide such a change, every later seal has to be written anew, and none is then the one in yesterday's backup.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from accounts.wallet.accounting.rules import rate_text
from config.lib.money import to_cents

FIELD, LINE = "\x1f", "\x1e"


@dataclass(frozen=True)
class Line:
    """One posting, and whose account it is on."""

    pk: int
    account: int
    kind: str
    code: str | None
    user: int | None
    company: int | None
    amount: Decimal
    rate: Decimal | None

    @property
    def text(self) -> str:
        owner = f"{self.kind}/{self.code or ''}/{self.user or ''}/{self.company or ''}"
        return FIELD.join((str(self.pk), str(self.account), owner, str(to_cents(self.amount)), rate_text(self.rate)))


def seal(before: str, entry: Any, lines: Iterable[Line]) -> str:
    """The seal of `entry` (a JournalEntry with its transaction) after the seal `before`."""
    move = entry.transaction
    said = (
        before, entry.number, move.pk, move.kind, move.key, move.reference, move.actor_id or "", _at(move.at),
        move.memo, _day(entry.date), entry.journal, entry.label, entry.piece, _day(entry.piece_date),
        to_cents(entry.total), _at(entry.sealed_at),
    )  # fmt: skip
    text = LINE.join((FIELD.join(map(str, said)), *(line.text for line in lines)))
    return sha256(text.encode()).hexdigest()


def _at(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _day(day: date) -> str:
    return day.isoformat()
