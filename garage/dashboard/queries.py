"""The figures of a period and of the one before: aggregates only, in a number of queries that nothing changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncDay, TruncMonth
from django.utils import timezone

from config.lib.actors import Actor
from config.lib.errors import NotFound
from config.lib.money import ZERO, round_half_up
from garage.alerts import queries as alerts
from garage.alerts.models import AlertKind, AlertLevel
from garage.clients.queries import require_staff
from garage.dashboard import figures, rules
from garage.dashboard.figures import FIGURES, Figure
from garage.dashboard.rules import Period
from garage.quotes.models import Quote
from garage.workshop.models import Resource
from garage.workshop.queries.appointments import plan

QUARTERS = Decimal(4)
SUMMED = ("turnover_incl_vat", "turnover_excl_vat", "quotes_made", "hours_sold", "hours_worked", "repairs")
SERIES = ("turnover_incl_vat", "turnover_excl_vat", "hours_sold", "hours_worked")


@dataclass(frozen=True)
class Sum_:
    """How many rows, and what they come to."""

    count: int
    total: Decimal


@dataclass(frozen=True)
class Numbers:
    """The figures of one period. `acceptance_rate` in percent, None where nobody answered; hours in hours."""

    period: Period
    sums: dict[str, Sum_]
    answered: int
    accepted: int
    hours_available: Decimal

    @property
    def acceptance_rate(self) -> Decimal | None:
        return round_half_up(Decimal(100 * self.accepted) / self.answered) if self.answered else None

    @property
    def average_repair(self) -> Decimal | None:
        found = self.sums["repairs"]
        return round_half_up(found.total / found.count) if found.count else None


@dataclass(frozen=True)
class Dashboard:
    """`quotes_by_status`, `alerts` (open, by level), `stock_low` and `vehicles_in_workshop` are as things stand now."""

    now: Numbers
    before: Numbers
    quotes_by_status: dict[str, Sum_]
    alerts: dict[str, int]
    stock_low: int
    vehicles_in_workshop: int
    series: list[dict[str, Any]]


def dashboard(*, actor: Actor, first: date | None, last: date | None) -> Dashboard:
    """What the garage did from `first` to `last`, both included; none: this month until today. Forbidden, BadPeriod."""
    require_staff(actor)
    period = rules.period(first, last, timezone.localdate())
    open_alerts = alerts.open_now().order_by()
    levels = dict(open_alerts.values_list("level").annotate(n=Count("pk")))
    return Dashboard(
        now=_numbers(period), before=_numbers(period.previous), quotes_by_status=_by_status(period),
        alerts={level: levels.get(level, 0) for level in AlertLevel.values},
        stock_low=open_alerts.filter(kind=AlertKind.STOCK_BAS).count(),
        vehicles_in_workshop=figures.in_workshop().count(), series=_series(period),
    )


def behind(*, actor: Actor, name: str, first: date | None, last: date | None) -> tuple[Figure, Period, QuerySet[Any]]:
    """A figure, its period and the rows that it counts, newest first. Forbidden, NotFound, BadPeriod."""
    require_staff(actor)
    figure = FIGURES.get(name)
    if figure is None:
        raise NotFound
    period = rules.period(first, last, timezone.localdate())
    return figure, period, figure.rows(period).select_related(*figure.related).order_by("-at", "-pk")


def sum_of(figure: Figure, rows: QuerySet[Any]) -> Sum_:
    """How many rows, and what they come to."""
    if figure.unit == "COUNT":
        return Sum_(rows.count(), ZERO)
    found = rows.order_by().aggregate(n=Count("pk"), sum=Sum("amount"))
    return Sum_(found["n"], plain(found["sum"]))


def plain(amount: Any) -> Decimal:
    """Euros or hours with two decimals; a duration in hours."""
    if isinstance(amount, timedelta):
        amount = Decimal(round(amount.total_seconds())) / 3600
    return round_half_up(Decimal(str(amount or 0)))


def _numbers(period: Period) -> Numbers:
    answers = figures.answers(period).order_by().aggregate(n=Count("pk"))["n"]
    return Numbers(
        period=period, sums={name: sum_of(FIGURES[name], FIGURES[name].rows(period)) for name in SUMMED},
        answered=answers, accepted=figures.acceptances(period).order_by().count(),
        hours_available=_available(period),
    )


def _available(period: Period) -> Decimal:
    """Hours of the mechanics in use, less closures and absences."""
    tables = plan(period.first, period.last).of(Resource.Kind.MECANICIEN)
    return round_half_up(Decimal(sum(len(table.open) for table in tables)) / QUARTERS)


def _by_status(period: Period) -> dict[str, Sum_]:
    rows = figures.quotes_made(period).order_by().values_list("status").annotate(n=Count("pk"), sum=Sum("amount"))
    found = {status: Sum_(count, plain(total)) for status, count, total in rows}
    return {status: found.get(status, Sum_(0, ZERO)) for status in Quote.Status.values}


def _series(period: Period) -> list[dict[str, Any]]:
    """A row for each day or month, in the order of time."""
    found = {name: _by_time(FIGURES[name].rows(period), period) for name in SERIES}
    return [
        {"period": bucket, **{name: found[name].get(bucket, ZERO) for name in SERIES}} for bucket in period.buckets
    ]


def _by_time(rows: QuerySet[Any], period: Period) -> dict[date, Decimal]:
    trunc = TruncDay("at") if period.by == "day" else TruncMonth("at")
    sums: Iterable[tuple[Any, Any]] = (
        rows.order_by().annotate(bucket=trunc).values_list("bucket").annotate(sum=Sum("amount"))
    )
    return {timezone.localdate(bucket): plain(total) for bucket, total in sums}
