"""The garage's figures in the admin, and the rows behind each."""

import json
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from config.lib.money import ZERO
from config.lib.pages import paginate
from config.lib.templatetags.ui import money, percent
from garage.alerts.models import AlertKind, AlertLevel
from garage.clients.queries import require_staff
from garage.dashboard import queries, rules
from garage.dashboard.api import span
from garage.dashboard.figures import FIGURES
from garage.dashboard.forms import SpanForm
from garage.dashboard.queries import Dashboard, Numbers
from garage.dashboard.rows import describe
from garage.dashboard.rules import BadPeriod, Period
from garage.quotes.models import Quote

PER_PAGE = 50
# Series of the charts: figure → colour of the admin's palette.
CHARTS = (
    (gettext_lazy("Turnover"), (("turnover_incl_vat", "primary-600"), ("turnover_excl_vat", "primary-300"))),
    (gettext_lazy("Hours sold and worked"), (("hours_sold", "primary-600"), ("hours_worked", "base-400"))),
)


class DashboardPage(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        """Figures of some days, compared with the days before; each leads to its rows."""
        require_staff(request.user)
        found, form = None, SpanForm(request.GET)
        try:
            first, last = span(request.GET)
            found = queries.dashboard(actor=request.user, first=first, last=last)
        except BadPeriod as error:
            form.refuse(error)
        today = timezone.localdate()
        context = {
            **admin.site.each_context(request), "title": _("Garage: figures"), "form": form,
            "presets": [{"label": label, "url": "?" + _query(period)} for label, period in rules.presets(today)],
        }
        if found is not None:
            context |= _shown(found)
            if not request.GET:
                context["form"] = SpanForm({"from": found.now.period.first, "to": found.now.period.last})
        return render(request, "admin/garage_dashboard.html", context, status=200 if found else 400)


class RowsPage(View):
    def get(self, request: HttpRequest, name: str) -> HttpResponse:
        """The rows that a figure counts, a page at a time, with their number and sum."""
        require_staff(request.user)
        first, last = span(request.GET)
        figure, period, rows = queries.behind(actor=request.user, name=name, first=first, last=last)
        page = paginate(request, rows, PER_PAGE)
        total = queries.sum_of(figure, rows)
        return render(request, "admin/garage_rows.html", {
            **admin.site.each_context(request), "title": figure.label, "period": period, "page": page,
            "total": total, "sum": _amount(figure.unit, total.total), "back": _url(period),
            "table": {
                "headers": [_("What"), _("Day"), _("Amount") if figure.unit == "EUR" else _("Hours")][
                    : 2 if figure.unit == "COUNT" else 3
                ],
                "rows": [_row(figure.unit, row) for row in page],
            },
        })  # fmt: skip


def _row(unit: str, row: Any) -> list[Any]:
    day = date_format(timezone.localdate(row.at), "SHORT_DATE_FORMAT") if row.at else ""
    cells = [describe(row), day]
    return cells if unit == "COUNT" else [*cells, _amount(unit, queries.plain(row.amount))]


def _query(period: Period) -> str:
    return urlencode({"from": period.first, "to": period.last})


def _url(period: Period) -> str:
    return f"{reverse('garage-dashboard')}?{_query(period)}"


def _rows_url(name: str, period: Period) -> str:
    return f"{reverse('garage-dashboard-rows', args=[name])}?{_query(period)}"


def _hours(amount: Decimal | None) -> str:
    return _("%(hours)s h") % {"hours": number_format(amount or ZERO, 1)}


def _amount(unit: str, amount: Decimal | None) -> str:
    if amount is None:
        return "–"
    return {"EUR": money, "HOURS": _hours}.get(unit, str)(amount)


def _cards(found: Dashboard) -> list[dict[str, Any]]:
    """Label, value, what it was before, and where its rows are."""
    now, before = found.now, found.before

    def sums(name: str) -> dict[str, Any]:
        unit = FIGURES[name].unit
        return _card(name, *(_amount(unit, numbers.sums[name].total) for numbers in (now, before)))

    def _card(name: str, value: Any, earlier: Any, label: Any = None) -> dict[str, Any]:
        return {
            "label": label or FIGURES[name].label, "value": value, "before": earlier,
            "url": _rows_url(name, now.period), "name": name,
        }

    def both(read: Any) -> list[Any]:
        return [read(numbers) for numbers in (now, before)]

    return [
        sums("turnover_excl_vat"), sums("turnover_incl_vat"),
        _card("repairs", *both(lambda n: _amount("EUR", n.average_repair)), label=_("Average repair")),
        _card("repairs", *both(lambda n: n.sums["repairs"].count)),
        _card("quotes_answered", *both(_rate), label=_("Acceptance of quotes")),
        sums("hours_sold"), sums("hours_worked"),
        _card("hours_worked", *both(_load), label=_("Hours worked of those available")),
    ]  # fmt: skip


def _rate(numbers: Numbers) -> str:
    rate = "–" if numbers.acceptance_rate is None else percent(round(numbers.acceptance_rate))
    return _("%(rate)s (%(accepted)d of %(answered)d)") % {
        "rate": rate, "accepted": numbers.accepted, "answered": numbers.answered,
    }


def _load(numbers: Numbers) -> str:
    return f"{_hours(numbers.sums['hours_worked'].total)} / {_hours(numbers.hours_available)}"


def _waiting(found: Dashboard) -> list[dict[str, Any]]:
    """What stands now, whatever the period."""
    alerts = reverse("garage:alerts")
    return [
        {"label": _("Alerts due"), "value": found.alerts[AlertLevel.ECHU], "url": f"{alerts}?level={AlertLevel.ECHU}"},
        {"label": _("Alerts in all"), "value": sum(found.alerts.values()), "url": alerts},
        {"label": _("Parts nearly gone"), "value": found.stock_low, "url": f"{alerts}?kind={AlertKind.STOCK_BAS}"},
        {"label": _("Vehicles in the workshop"), "value": found.vehicles_in_workshop,
         "url": _rows_url("vehicles_in_workshop", found.now.period)},
    ]  # fmt: skip


def _shown(found: Dashboard) -> dict[str, Any]:
    """What the template draws."""
    period = found.now.period
    return {
        "found": found, "period": period, "earlier": found.before.period, "cards": _cards(found),
        "waiting": _waiting(found),
        "states": [
            {
                "label": Quote.Status(status).label, "count": row.count, "total": money(row.total),
                "url": _rows_url(f"quotes_{status.lower()}", period),
            }
            for status, row in found.quotes_by_status.items()
        ],
        "charts": [{"title": title, "data": _chart(found, names)} for title, names in CHARTS],
        "series": {
            "headers": [_("Period"), *(str(FIGURES[name].label) for name in queries.SERIES)],
            "rows": [
                [_bucket(row["period"], period), *(_amount(FIGURES[name].unit, row[name]) for name in queries.SERIES)]
                for row in found.series
            ],
        },
    }


def _bucket(day: Any, period: Period) -> str:
    return date_format(day, "j N" if period.by == "day" else "F Y")


def _chart(found: Dashboard, names: Any) -> str:
    """Chart.js data, as the admin's bar component reads it."""
    return json.dumps({
        "labels": [_bucket(row["period"], found.now.period) for row in found.series],
        "datasets": [
            {
                "label": str(FIGURES[name].label), "data": [float(row[name]) for row in found.series],
                "backgroundColor": f"var(--color-{colour})",
            }
            for name, colour in names
        ],
    })  # fmt: skip
