"""Sums of the ledger by account and period: one GROUP BY each, whatever the number of rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, Case, DateField, F, IntegerField, Q, QuerySet, Sum, Value, When
from django.db.models.functions import TruncMonth, TruncWeek

from accounts.wallet.accounting import queries as books
from accounts.wallet.accounting.rules import Chart
from accounts.wallet.models import Posting
from delivery.couriers.models import Courier

PERIODS: dict[str, Any] = {
    "day": F("transaction__entry__date"),
    "week": TruncWeek("transaction__entry__date", output_field=DateField()),
    "month": TruncMonth("transaction__entry__date", output_field=DateField()),
}


@dataclass(frozen=True)
class Movement:
    """What moved on one side of one account in one period, in euros: positive for a credit, negative for a debit.

    `entry` is an entry number at which the account's number in the chart can be looked up; `courier` says that the
    wallets are those of couriers; `period` is None for what was before the time asked for.
    """

    period: date | None
    kind: str
    code: str | None
    rate: Decimal | None
    credit: bool
    courier: bool
    journal: str
    entry: int
    total: Decimal


def movements(first: date, last: date, by: str, chart: Chart) -> list[Movement]:
    """What moved from `first` to `last`, both included, by accounting date, in periods of a day, week or month."""
    rows = Posting.objects.filter(transaction__entry__date__gte=first, transaction__entry__date__lte=last)
    return list(_summed(rows, chart, period=PERIODS[by]))


def before(first: date, chart: Chart) -> list[Movement]:
    """What had moved before `first`: the opening balances."""
    rows = Posting.objects.filter(transaction__entry__date__lt=first)
    return list(_summed(rows, chart, period=Value(None, DateField(null=True))))


def all_couriers() -> Any:
    """Users who are couriers, or were."""
    return Courier.objects.values("user")


def _summed(rows: QuerySet[Posting], chart: Chart, *, period: Any) -> Iterator[Movement]:
    names = (
        "period", "account__kind", "account__code", "vat_rate", "side", "courier", "transaction__entry__journal",
        "epoch",
    )  # fmt: skip
    # A subquery, not a join: the couriers are few, and the database looks them up in memory.
    courier = Case(When(account__user__in=all_couriers(), then=True), default=False, output_field=BooleanField())
    found = (
        rows.annotate(period=period, side=books.SIDE, courier=courier, epoch=_epoch(chart.changes))
        .order_by().values_list(*names).annotate(total=Sum("amount"))
    )  # fmt: skip
    for at, kind, code, rate, side, is_courier, journal, entry, total in found:
        yield Movement(at, kind, code, rate, bool(side), is_courier, journal, entry, total)


def _epoch(changes: list[int]) -> Case | Value:
    """The last entry at which an account of the chart changed its number, so that no sum mixes two numbers. Without a
    change (the rule) it costs nothing: numbers are then looked up as of the newest entry."""
    newest = Value(2**62)
    if not changes:
        return newest
    bounds = [
        When(Q(transaction__entry__number__lt=end), then=Value(end - 1)) for end in changes
    ]  # fmt: skip
    return Case(*bounds, default=newest, output_field=IntegerField())
