"""Reads of the journal, and its lock."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Sum, Value, When

from accounts.wallet.accounting.models import ChartNumber, JournalEntry, JournalHead, LedgerProof
from accounts.wallet.accounting.rules import Chart
from accounts.wallet.accounting.seals import Line
from accounts.wallet.models import Posting, Transaction
from config.lib.models import MoneyField

HEAD = "GENERAL"
# Quick runs look back this many transactions for one that began early and committed late; thorough ones look at all.
LOOK_BACK = 10_000
# 1 for a credit, 0 for a debit: what keeps both sides of an account apart in a sum.
SIDE = Case(When(amount__gt=Value(0, MoneyField()), then=1), default=0, output_field=IntegerField())


def locked_head() -> JournalHead:
    """Where the journal stands, locked until the transaction ends; the first lock of whoever journalises."""
    # house: allow writes, an empty head says nothing
    JournalHead.objects.get_or_create(name=HEAD)
    return JournalHead.objects.select_for_update().get(name=HEAD)


def head() -> JournalHead:
    """Where the journal stands now, for reading."""
    return JournalHead.objects.filter(name=HEAD).first() or JournalHead(name=HEAD)


def not_journalised(after: int = 0) -> QuerySet[Transaction]:
    """Transactions with money in them that have no entry yet, in order of their ids, from `after` on."""
    moved = Posting.objects.filter(transaction=OuterRef("pk"))
    return Transaction.objects.filter(Exists(moved), pk__gt=after, entry=None).order_by("pk")


def sums_of(ids: Iterable[int]) -> QuerySet[Posting, Any]:
    """The postings of some transactions by account, rate and side: `transaction_id, kind, code, rate, side, total`."""
    return (
        Posting.objects.filter(transaction_id__in=ids)
        .order_by()
        .values(
            "transaction_id", kind=F("account__kind"), code=F("account__code"), rate=F("vat_rate"), side=SIDE
        )
        .annotate(total=Sum("amount"))
    )


def lines_of(moves: Iterable[int] | QuerySet[Any]) -> dict[int, list[Line]]:
    """The postings of some transactions (ids) as seals read them, in order."""
    rows = Posting.objects.filter(transaction__in=moves).order_by("pk").values_list(
        "transaction_id", "pk", "account_id", "account__kind", "account__code", "account__user_id",
        "account__company_id", "amount", "vat_rate",
    )  # fmt: skip
    found: dict[int, list[Line]] = {}
    line: Any
    for move, *line in rows:
        found.setdefault(move, []).append(Line(*line))
    return found


def last_seal(before: int) -> str:
    """The seal of the entry before number `before`; empty at the beginning."""
    found = JournalEntry.objects.filter(number__lt=before).order_by("-number").values_list("seal", flat=True).first()
    return found or ""


def chart() -> Chart:
    """Every number that was ever used."""
    return Chart(ChartNumber.objects.values_list("key", "since", "number", "label"))


def entries(*, first: Any = None, last: Any = None) -> QuerySet[JournalEntry]:
    """Entries with an accounting date from `first` to `last`, both included, in their order."""
    rows = JournalEntry.objects.order_by("number")
    rows = rows.filter(date__gte=first) if first else rows
    return rows.filter(date__lte=last) if last else rows


def proofs() -> QuerySet[LedgerProof]:
    return LedgerProof.objects.select_related("by").order_by("-pk")


def running_proof() -> LedgerProof | None:
    """A proof that was asked for and is not done."""
    return LedgerProof.objects.filter(Q(state="A_FAIRE") | Q(state="EN_COURS")).order_by("pk").first()


def last_proof_faults() -> int:
    """How many wrong rows the last finished proof named."""
    return proofs().filter(state="FAIT").values_list("faults_count", flat=True).first() or 0
