"""Reads of a wallet's statement: its lines under filters, each with the balance after it, and its months.

Lines stand in the order in which they were posted. The balance after a line counts every posting up to it, those
that the filters hide too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Count, DateField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Window
from django.db.models.functions import Coalesce, TruncMonth
from django.utils import timezone

from accounts.wallet.models import GROUPS, Account, Hold, Posting
from accounts.wallet.neighbours import names_of
from config.lib.errors import NotFound
from config.lib.models import money_value
from config.lib.money import ZERO

IN, OUT = "ENTREE", "SORTIE"
CHUNK = 500
WORDS = 5
# A month is closed a while after its end: what was begun before midnight has been written by then.
GRACE = timedelta(hours=1)


@dataclass(frozen=True)
class Wanted:
    """What a reader asked to see. Days are whole days of the shop, both included; `group` is a key of GROUPS, or
    the kind of a transaction as the API names it."""

    since: date | None = None
    until: date | None = None
    group: str = ""
    direction: str = ""
    search: str = ""

    def __bool__(self) -> bool:
        return self != Wanted()


def midnight(day: date) -> datetime:
    """The moment at which a day begins here."""
    return datetime(day.year, day.month, day.day, tzinfo=timezone.get_current_timezone())


def _after(day: date) -> date:
    return day + timedelta(days=1) if day < date.max else day


def lines(account: Account, wanted: Wanted = Wanted()) -> QuerySet[Posting]:
    """The lines of a statement, newest first, with all that a door shows but the balances (see with_balances)."""
    rows = Posting.objects.filter(account=account)
    if wanted.since:
        rows = rows.filter(transaction__at__gte=midnight(wanted.since))
    if wanted.until:
        rows = rows.filter(transaction__at__lt=midnight(_after(wanted.until)))
    if wanted.group:
        group = GROUPS.get(wanted.group)
        rows = rows.filter(transaction__kind__in=group.kinds if group else [wanted.group])
    if wanted.direction:
        rows = rows.filter(amount__gt=ZERO) if wanted.direction == IN else rows.filter(amount__lt=ZERO)
    for word in wanted.search.split()[:WORDS]:
        others = Posting.objects.filter(transaction=OuterRef("transaction")).exclude(account=account)
        named = others.filter(
            Q(account__user__first_name__icontains=word) | Q(account__user__last_name__icontains=word)
            | Q(account__company__name__icontains=word) | Q(account__label__icontains=word)
        )
        note = Q(transaction__memo__icontains=word) | Q(transaction__reference__icontains=word)
        rows = rows.filter(note | Exists(named))
    return (
        rows.select_related("transaction")
        .prefetch_related("transaction__postings__account__user", "transaction__postings__account__company")
        .order_by("-pk")
    )


def _until(account: Account, pk: int) -> Decimal:
    """The balance before line `pk`: the stored one less what came from there on, read in one statement. Near the end
    of a long statement, where people look, this adds up a few rows."""
    later = Posting.objects.filter(account=OuterRef("pk"), pk__gte=pk).order_by().values("account")
    total = Subquery(later.annotate(total=Sum("amount")).values("total"))
    balance, since = Account.objects.annotate(later=total).values_list("balance", "later").get(pk=account.pk)
    return balance - (since or ZERO)


def with_balances(account: Account, rows: Sequence[Posting], *, before: tuple[int, Decimal] | None = None) -> Decimal:
    """Give each line its `balance_after`; two queries, whatever was filtered out in between.

    `before` is a line that is already known, older than all of these, and the balance after it. Answers the balance
    after the newest line. Only for accounts that store their balance.
    """
    if not rows:
        return before[1] if before else ZERO
    wanted = {row.pk for row in rows}
    first = before[0] + 1 if before else min(wanted)
    start = before[1] if before else _until(account, first)
    span = Posting.objects.filter(account=account, pk__gte=first, pk__lte=max(wanted)).order_by()
    running = span.annotate(running=Window(Sum("amount"), order_by=F("pk").asc()))
    # The never-true half keeps the condition outside of the window, which must see every line.
    shown = dict(running.filter(Q(pk__in=wanted) | Q(running=None)).values_list("pk", "running"))
    for row in rows:
        row.balance_after = start + shown[row.pk]  # type: ignore[attr-defined]
    return start + shown[max(wanted)]


def with_names(account: Account, rows: Sequence[Posting]) -> None:
    """Give each line the `name` of what it is about, where a feature knows it."""
    found = names_of(account, (row.transaction.reference for row in rows if row.transaction.reference))
    for row in rows:
        row.name = found.get(row.transaction.reference)  # type: ignore[attr-defined]


def read_through(account: Account, wanted: Wanted) -> Iterator[Posting]:
    """Every line, oldest first, with balances and names; in memory only CHUNK at a time."""
    before: tuple[int, Decimal] | None = None
    ordered = lines(account, wanted).order_by("pk")
    while True:
        rows = list(ordered.filter(pk__gt=before[0] if before else 0)[:CHUNK])
        if not rows:
            return
        before = (rows[-1].pk, with_balances(account, rows, before=before))
        with_names(account, rows)
        yield from rows


def balances(account: Account, wanted: Wanted) -> tuple[Decimal, Decimal]:
    """What the account held when the wanted days began and when they ended."""
    early = Q(transaction__at__lt=midnight(wanted.since)) if wanted.since else None
    late = Q(transaction__at__lt=midnight(_after(wanted.until))) if wanted.until else None
    if early is None and late is None:
        return ZERO, account.balance
    wholes = {"opening": early, "closing": late}
    sums = Posting.objects.filter(account=account).aggregate(
        **{name: Sum("amount", filter=whole) for name, whole in wholes.items() if whole is not None}
    )
    return sums.get("opening") or ZERO, (sums["closing"] or ZERO) if late else account.balance


def with_hold_names(account: Account, holds: Sequence[Hold]) -> Sequence[Hold]:
    """Give each hold the `name` of what it waits for."""
    found = names_of(account, (row.reference for row in holds))
    for row in holds:
        row.name = found.get(row.reference)  # type: ignore[attr-defined]
    return holds


# --- Months -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Month:
    """The figures of one wallet and one month, in euros; `spent` is a positive amount."""

    month: date
    opening: Decimal
    received: Decimal
    spent: Decimal
    lines: int

    @property
    def closing(self) -> Decimal:
        return self.opening + self.received - self.spent


def end_of(month: date) -> date:
    """The first day after the month that begins with `month`."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def is_closed(month: date) -> bool:
    """True when nothing can be posted in that month any more."""
    return timezone.now() >= midnight(end_of(month)) + GRACE


def months(account: Account) -> list[Month]:
    """The closed months with movements, newest first. One query."""
    rows = (
        Posting.objects.filter(account=account)
        .annotate(month=TruncMonth("transaction__at", output_field=DateField()))
        .values("month")
        .annotate(
            received=Coalesce(Sum("amount", filter=Q(amount__gt=ZERO)), money_value(ZERO)),
            spent=Coalesce(Sum("amount", filter=Q(amount__lt=ZERO)), money_value(ZERO)),
            lines=Count("pk"),
        )
        .order_by("month")
    )
    found: list[Month] = []
    opening = ZERO
    for row in rows:
        month = Month(row["month"], opening, row["received"], -row["spent"], row["lines"])
        opening = month.closing
        if is_closed(month.month):
            found.append(month)
    return found[::-1]


def month_of(account: Account, month: date) -> Month:
    """The figures of one closed month with movements. NotFound otherwise."""
    found = next((row for row in months(account) if row.month == month), None)
    if found is None:
        raise NotFound
    return found


def holds_at(account: Account, moment: datetime) -> QuerySet[Hold]:
    """What was held at a moment of the past, oldest first."""
    still = Q(ended_at=None) | Q(ended_at__gte=moment)
    return Hold.objects.filter(still, account=account, created_at__lt=moment).order_by("pk")
