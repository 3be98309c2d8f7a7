"""What each figure counts. A figure is the sum or number of the rows of one query, and the list behind it shows these
very rows: the two cannot disagree. Amounts are in euros, hours in hours."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import (
    Case,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    Max,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.models import MoneyField
from garage.dashboard.rules import Period
from garage.quotes import queries as quotes
from garage.quotes.models import Quote, QuoteChange, QuoteLine
from garage.workshop.models import RepairOrder, TimeEntry
from shop.invoices.models import Invoice, InvoiceKind

Rows = QuerySet[Any]
AGREED = (Quote.Status.ACCEPTE, Quote.Status.FACTURE)


def _within(column: str, period: Period) -> Q:
    """Moments of local days."""
    zone = timezone.get_default_timezone()
    start = datetime.combine(period.first, time(), zone)
    end = datetime.combine(period.last + timedelta(1), time(), zone)
    return Q(**{f"{column}__gte": start, f"{column}__lt": end})


# --- The rows, each with `amount` and the moment `at` ------------------------------------------------------------
def invoices(period: Period, column: str = "total") -> Rows:
    """Invoices of garage work, deposits among them, and their credit notes with a minus."""
    ours = Q(bill__isnull=False) | Q(corrects__bill__isnull=False)
    minus = ExpressionWrapper(F(column) * -1, output_field=MoneyField())
    amount = Case(When(kind=InvoiceKind.AVOIR, then=minus), default=F(column), output_field=MoneyField())
    return Invoice.objects.filter(ours, _within("issued_at", period)).annotate(amount=amount, at=F("issued_at"))


def invoices_net(period: Period) -> Rows:
    return invoices(period, "net")


def quotes_made(period: Period, status: str = "") -> Rows:
    """Main and supplementary quotes by the day on which they were made, in their present state."""
    rows = Quote.objects.filter(_within("created_at", period)).annotate(amount=F("total"), at=F("created_at"))
    return rows.filter(status=status) if status else rows


def answers(period: Period) -> Rows:
    """The last answer that each quote had in the period. A withdrawal takes an answer back and is none."""
    given = QuoteChange.objects.filter(_within("at", period), to_status__in=[Quote.Status.ACCEPTE, Quote.Status.REFUSE])
    given = given.exclude(from_status=Quote.Status.ACCEPTE).order_by()
    last = given.values("subject").annotate(last=Max("pk")).values("last")
    return QuoteChange.objects.filter(pk__in=last).annotate(amount=F("subject__total"))


def acceptances(period: Period) -> Rows:
    return answers(period).filter(to_status=Quote.Status.ACCEPTE)


def hours_sold(period: Period) -> Rows:
    """Accepted lines that take work, by the day of the acceptance."""
    rows = QuoteLine.objects.filter(_within("quote__accepted_at", period), quote__status__in=AGREED)
    rows = quotes.with_hours(rows.exclude(accepted=False)).filter(hours__gt=0)
    return rows.annotate(amount=F("hours"), at=F("quote__accepted_at"))


def hours_worked(period: Period) -> Rows:
    """Clocks by the day on which they were started; one that runs counts until now."""
    end = Coalesce(F("ended_at"), Value(timezone.now(), output_field=DateTimeField()))
    spent = ExpressionWrapper(end - F("started_at"), output_field=DurationField())
    return TimeEntry.objects.filter(_within("started_at", period)).annotate(amount=spent, at=F("started_at"))


def repairs(period: Period) -> Rows:
    """Orders handed over, with what was agreed on for them: their quote and its supplements."""
    rows = RepairOrder.objects.filter(_within("handed_over_at", period), quote__isnull=False)
    extra = Sum("quote__supplementary__total", filter=Q(quote__supplementary__status__in=AGREED))
    money = MoneyField()
    return rows.annotate(
        amount=ExpressionWrapper(F("quote__total") + Coalesce(extra, Value(0), output_field=money), output_field=money),
        at=F("handed_over_at"),
    )


def in_workshop(_period: Period | None = None) -> Rows:
    """Vehicles that are here now."""
    rows = RepairOrder.objects.filter(status__in=RepairOrder.HERE)
    return rows.annotate(amount=Value(None, output_field=MoneyField()), at=F("received_at"))


@dataclass(frozen=True)
class Figure:
    """`unit`: EUR, HOURS or COUNT, what `amount` is and what a list shows of it."""

    name: str
    label: Any
    unit: str
    rows: Callable[[Period], Rows]
    related: tuple[str, ...] = ()


def _made(status: str, label: Any) -> Figure:
    return Figure(
        f"quotes_{status.lower()}", label, "EUR", lambda period: quotes_made(period, status), ("client", "vehicle")
    )


ORDERS = ("client", "vehicle")
ANSWERS = ("subject__client", "subject__vehicle")
FIGURES: dict[str, Figure] = {
    figure.name: figure
    for figure in (
        Figure("turnover_incl_vat", _("Turnover incl. VAT"), "EUR", invoices),
        Figure("turnover_excl_vat", _("Turnover excl. VAT"), "EUR", invoices_net),
        Figure("quotes_made", _("Quotes made"), "EUR", quotes_made, ("client", "vehicle")),
        *(_made(status, label) for status, label in Quote.Status.choices),
        Figure("quotes_answered", _("Quotes answered"), "EUR", answers, ANSWERS),
        Figure("quotes_accepted", _("Quotes accepted"), "EUR", acceptances, ANSWERS),
        Figure("hours_sold", _("Hours sold"), "HOURS", hours_sold, ("quote__client", "quote__vehicle")),
        Figure("hours_worked", _("Hours worked"), "HOURS", hours_worked, ("mechanic", "task__order__vehicle")),
        Figure("repairs", _("Repairs handed over"), "EUR", repairs, ORDERS),
        Figure("vehicles_in_workshop", _("Vehicles in the workshop"), "COUNT", in_workshop, ORDERS),
    )
}
