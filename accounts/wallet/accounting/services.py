"""Journalising: giving transactions their number and date in the accounts, in the order in which they became visible.

A transaction with a smaller id that commits later gets a later number. The accounting date is the local date of the
transaction, but never before the last entry's: what was exported once only ever grows at its end.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.wallet.accounting import queries, rules
from accounts.wallet.accounting.models import ChartNumber, JournalEntry
from accounts.wallet.accounting.seals import seal
from accounts.wallet.models import Transaction
from config.lib.money import ZERO

BATCH = 2000
Piece = tuple[str, date]
# Gives the papers (invoice, credit note) of some transactions, by their ids: number and local date.
Describe = Callable[[Sequence[Transaction]], dict[int, Piece]]


@dataclass
class _Moved:
    total: Decimal = ZERO
    codes: set[str | None] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)


def journalise(*, describe: Describe, thorough: bool = True) -> int:
    """Give every visible transaction its entry; how many. Safe to run twice and at the same time.

    A run that is not thorough looks only at the newest transactions (the clock does that every minute; exports and
    proofs are thorough). Call it outside a transaction: it commits in batches.
    """
    after = 0 if thorough else max(queries.head().highest - queries.LOOK_BACK, 0)
    if not queries.not_journalised(after).exists():
        return 0
    count = 0
    while True:
        done, after = _journalise_batch(describe=describe, after=after)
        count += done
        if done < BATCH:
            return count


@transaction.atomic
def _journalise_batch(*, describe: Describe, after: int) -> tuple[int, int]:
    """Up to BATCH entries; how many, and the id of the last transaction looked at."""
    head = queries.locked_head()
    # The rows are read after the lock is ours, so that they are seen as the last holder of the lock left them.
    rows = list(queries.not_journalised(after)[:BATCH])
    if not rows:
        return 0, after
    moved: dict[int, _Moved] = {row.pk: _Moved() for row in rows}
    for part in queries.sums_of(moved):
        mine = moved[part["transaction_id"]]
        mine.codes.add(part["code"])
        mine.keys.add(rules.key_of(part["kind"], part["code"], part["rate"], credit=bool(part["side"])))
        mine.total += max(part["total"], ZERO)
    pieces, lines = describe(rows), queries.lines_of(moved)
    before = queries.last_seal(head.last + 1)
    entries = []
    for row in rows:
        day = timezone.localtime(row.at).date()
        head.last += 1
        head.last_date = max(day, head.last_date or day)
        head.highest = max(head.highest, row.pk)
        piece, piece_date = pieces.get(row.pk) or (row.reference or f"T{row.pk}", day)
        entry = JournalEntry(
            number=head.last, transaction=row, date=head.last_date, label=rules.entry_label(row.kind, row.reference),
            journal=rules.journal_of(row.kind, moved[row.pk].codes), piece=piece, piece_date=piece_date,
            total=moved[row.pk].total,
        )  # fmt: skip
        before = entry.seal = seal(before, entry, lines[row.pk])
        entries.append(entry)
    _note_numbers(entries, moved)
    JournalEntry.objects.bulk_create(entries)
    head.save()
    return len(rows), rows[-1].pk


def _note_numbers(entries: Sequence[JournalEntry], moved: dict[int, _Moved]) -> None:
    """Write down the number of each key that is new, or that the operator has changed, with its first entry."""
    chart = queries.chart()
    seen: dict[str, ChartNumber] = {}
    for entry in entries:
        for key in moved[entry.transaction_id].keys - seen.keys():
            number, label = rules.number_of(key, settings.ACCOUNT_NUMBERS)
            seen[key] = ChartNumber(key=key, number=number, label=label, since=entry.number)
    ChartNumber.objects.bulk_create(
        row for key, row in sorted(seen.items()) if chart.last(key) != (row.number, row.label)
    )
