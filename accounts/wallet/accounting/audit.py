"""What must hold for the journal: no number missing, dates that never go back, each entry as large as its postings."""

from collections.abc import Iterator

from django.db.models import Exists, F, Max, OuterRef, Q, Sum, Value, Window
from django.db.models.functions import Coalesce, Lag

from accounts.wallet.accounting import queries
from accounts.wallet.accounting.models import JournalEntry
from accounts.wallet.accounting.seals import seal
from accounts.wallet.models import Transaction
from config.lib.models import MoneyField, money_value
from config.lib.money import ZERO

CHUNK = 2000


def faults() -> Iterator[str]:
    """Every broken rule, as a sentence that names the row."""
    yield from _numbers()
    yield from _dates()
    yield from _sums()
    yield from _seals()


def _numbers() -> Iterator[str]:
    count = JournalEntry.objects.count()
    last = JournalEntry.objects.aggregate(last=Max("number"))["last"] or 0
    if count != last:  # numbers are unique and above zero: as many as the last one means that none is missing
        yield f"journal entry {_first_gap()} is missing: {count} entries are numbered up to {last}"
    noted = queries.head().last
    if noted != last:
        yield f"the journal's head says {noted} entries, the last one has number {last}"


def _first_gap() -> int:
    expected = 1
    for number in JournalEntry.objects.order_by("number").values_list("number", flat=True).iterator():
        if number != expected:
            break
        expected += 1
    return expected


def _dates() -> Iterator[str]:
    before = Window(Lag("date"), order_by=F("number").asc())
    for entry in JournalEntry.objects.annotate(before=before).filter(date__lt=F("before")).order_by("number"):
        yield f"journal entry {entry.number} is dated {entry.date}, before the entry ahead of it"


def _sums() -> Iterator[str]:
    orphans = JournalEntry.objects.exclude(Exists(Transaction.objects.filter(pk=OuterRef("transaction_id"))))
    for entry in orphans.order_by("number"):
        yield f"journal entry {entry.number} is about transaction {entry.transaction_id}, which does not exist"
    positive = Q(transaction__postings__amount__gt=Value(0, MoneyField()))
    posted = Coalesce(Sum("transaction__postings__amount", filter=positive), money_value(ZERO))
    for entry in JournalEntry.objects.annotate(posted=posted).exclude(total=F("posted")).order_by("number"):
        yield f"journal entry {entry.number} was sealed with {entry.total}, its postings say {entry.posted}"


def _seals() -> Iterator[str]:
    """Each entry says what it said when it was sealed. Entries older than the seals have none."""
    begin, last = 1, JournalEntry.objects.aggregate(last=Max("number"))["last"] or 0
    before, sealed = "", False
    while begin <= last:
        span = JournalEntry.objects.filter(number__gte=begin, number__lt=begin + CHUNK)
        lines = queries.lines_of(span.values("transaction"))
        # The transactions are joined; one that is gone was named above.
        for entry in span.select_related("transaction").order_by("number"):
            sealed = sealed or entry.seal is not None
            if sealed and entry.seal != seal(before, entry, lines.get(entry.transaction_id, ())):
                yield (
                    f"journal entry {entry.number} (transaction {entry.transaction_id}) was changed after it was sealed"
                )
            before = entry.seal or ""
        begin += CHUNK


def counts() -> dict[str, int]:
    """How much was looked at."""
    return {"journal entries": JournalEntry.objects.count()}
