"""`GET /api/garage/dashboard`: the garage's figures, for its staff."""

from datetime import date
from typing import Any

from django.conf import settings
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.lib.api import ApiView, Money
from garage.alerts.models import AlertLevel
from garage.clients.queries import require_staff
from garage.dashboard import queries
from garage.dashboard.queries import Dashboard, Numbers
from garage.dashboard.rules import BadPeriod
from garage.quotes.models import Quote

SPAN = [
    OpenApiParameter("from", OpenApiTypes.DATE, description="first day; default: first of the month"),
    OpenApiParameter("to", OpenApiTypes.DATE, description="last day; default: today"),
]


class Hours(serializers.DecimalField):
    def __init__(self, **kwargs: Any):
        super().__init__(max_digits=12, decimal_places=2, **kwargs)


class NumbersOut(serializers.Serializer):
    """Money in `currency`, hours in hours, rates in percent (null where there is nothing to divide by)."""

    turnover_excl_vat = Money()
    turnover_incl_vat = Money()
    invoices = serializers.IntegerField(help_text="invoices and credit notes issued")
    quotes_made = serializers.IntegerField()
    quotes_answered = serializers.IntegerField()
    quotes_accepted = serializers.IntegerField()
    acceptance_rate = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)
    hours_sold = Hours()
    hours_worked = Hours()
    hours_available = Hours()
    repairs = serializers.IntegerField(help_text="repair orders handed over")
    average_repair = Money(allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        return {"from": serializers.DateField(source="first"), "to": serializers.DateField(), **super().get_fields()}


class StateOut(serializers.Serializer):
    status = serializers.ChoiceField(choices=Quote.Status.choices)
    count = serializers.IntegerField()
    total = Money()


class LevelOut(serializers.Serializer):
    level = serializers.ChoiceField(choices=AlertLevel.choices)
    count = serializers.IntegerField()


class SeriesOut(serializers.Serializer):
    period = serializers.DateField(help_text="the day, or the first of the month")
    turnover_incl_vat = Money()
    turnover_excl_vat = Money()
    hours_sold = Hours()
    hours_worked = Hours()


class DashboardOut(serializers.Serializer):
    currency = serializers.CharField()
    now = NumbersOut()
    before = NumbersOut()
    quotes_by_status = StateOut(many=True)
    alerts = LevelOut(many=True)
    alerts_due = serializers.IntegerField()
    stock_low = serializers.IntegerField()
    vehicles_in_workshop = serializers.IntegerField()
    by = serializers.ChoiceField(choices=[("day", "day"), ("month", "month")])
    series = SeriesOut(many=True)


def numbers(found: Numbers) -> dict[str, Any]:
    sums = found.sums
    return {
        "first": found.period.first, "to": found.period.last,
        "turnover_excl_vat": sums["turnover_excl_vat"].total, "turnover_incl_vat": sums["turnover_incl_vat"].total,
        "invoices": sums["turnover_incl_vat"].count, "quotes_made": sums["quotes_made"].count,
        "quotes_answered": found.answered, "quotes_accepted": found.accepted, "acceptance_rate": found.acceptance_rate,
        "hours_sold": sums["hours_sold"].total, "hours_worked": sums["hours_worked"].total,
        "hours_available": found.hours_available, "repairs": sums["repairs"].count,
        "average_repair": found.average_repair,
    }


def shape(found: Dashboard) -> dict[str, Any]:
    return {
        "currency": settings.CURRENCY, "now": numbers(found.now), "before": numbers(found.before),
        "quotes_by_status": [
            {"status": status, "count": row.count, "total": row.total}
            for status, row in found.quotes_by_status.items()
        ],
        "alerts": [{"level": level, "count": count} for level, count in found.alerts.items()],
        "alerts_due": found.alerts[AlertLevel.ECHU], "stock_low": found.stock_low,
        "vehicles_in_workshop": found.vehicles_in_workshop, "by": found.now.period.by, "series": found.series,
    }


def span(query: Any) -> tuple[date | None, date | None]:
    """`from` and `to` of an address. BadPeriod on the one that is no day."""
    days: dict[str, date | None] = {}
    errors = {}
    for name in ("from", "to"):
        text = query.get(name, "").strip()
        try:
            days[name] = parse_date(text) if text else None
            wrong = bool(text) and days[name] is None
        except ValueError:
            wrong = True
        if wrong:
            errors[name] = [_("Write a day as 2026-01-31.")]
    if errors:
        raise BadPeriod(errors=errors)
    return days["from"], days["to"]


class DashboardView(ApiView):
    pagination_class = None

    @extend_schema(operation_id="garage_dashboard", parameters=SPAN, responses=DashboardOut)
    def get(self, request: Request) -> Response:
        """Turnover, quotes, hours, repairs and what waits, compared with the period before; staff."""
        require_staff(request.user)
        first, last = span(request.query_params)
        found = queries.dashboard(actor=request.user, first=first, last=last)
        return Response(DashboardOut(shape(found)).data)
