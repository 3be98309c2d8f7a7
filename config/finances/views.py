"""The managers' page of the finances, in the admin."""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views import View
from unfold.widgets import INPUT_CLASSES, SELECT_CLASSES

from accounts.users.queries import require_staff_of
from accounts.wallet.accounting import queries as books
from config.finances import report
from config.finances.figures import BALANCES, FLOWS, Filter, Finances
from config.lib.errors import Invalid
from config.lib.pages import add_domain_error
from config.lib.templatetags.ui import money, percent

BY = [("day", gettext_lazy("days")), ("week", gettext_lazy("weeks")), ("month", gettext_lazy("months"))]
# Series of the charts: figure → colour of the admin's palette.
CHARTS = (
    (gettext_lazy("Revenue excl. VAT"),
     (("sales", "primary-600"), ("service_sales", "primary-700"), ("delivery_sales", "primary-300"),
      ("commissions", "base-500"))),
    (gettext_lazy("VAT collected and refunds"), (("vat", "primary-600"), ("refunds", "base-400"))),
)  # fmt: skip


class SpanForm(forms.Form):
    """Which days, in which periods. The names are those of the API; `from` is a word of Python."""

    to = forms.DateField(label=pgettext_lazy("day", "To"), required=False)
    by = forms.ChoiceField(label=gettext_lazy("By"), choices=BY, required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields = {"from": forms.DateField(label=pgettext_lazy("day", "From"), required=False), **self.fields}
        for name in ("from", "to"):
            self.fields[name].widget = forms.DateInput({"type": "date", "class": " ".join(INPUT_CLASSES)}, "%Y-%m-%d")
        self.fields["by"].widget.attrs["class"] = " ".join(SELECT_CLASSES)

    @property
    def asked(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"first": data["from"], "last": data["to"], "by": data["by"] or "day"}


class FinancesPage(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        """Figures, series, balances and accounts of some days; every figure leads to its postings."""
        require_staff_of(request.user, "MANAGER")
        form = SpanForm(request.GET or {"by": "day"})
        found = None
        if form.is_valid():
            try:
                found = report.finances(actor=request.user, **form.asked)
            except Invalid as error:
                add_domain_error(form, error)
        context = {
            **admin.site.each_context(request), "title": _("Finances"), "form": form, "presets": list(_presets()),
            "proof": books.proofs().first(),
        }
        if found is not None:
            context |= _shown(found)
            if not request.GET:
                context["form"] = SpanForm({"from": found.first, "to": found.last, "by": found.by})
        return render(request, "admin/finances.html", context, status=200 if found else 422)


def _presets() -> Iterable[dict[str, str]]:
    today = timezone.localdate()
    month, year = today.replace(day=1), today.replace(month=1, day=1)
    before = date.fromordinal(month.toordinal() - 1)
    for label, first, last, by in (
        (_("This month"), month, today, "day"), (_("Last month"), before.replace(day=1), before, "day"),
        (_("This year"), year, today, "month"),
        (_("Last year"), year.replace(year=year.year - 1), date.fromordinal(year.toordinal() - 1), "month"),
    ):  # fmt: skip
        yield {"label": label, "url": "?" + urlencode({"from": first, "to": last, "by": by})}


def _postings(found: Finances, chosen: Filter | None, *, since_ever: bool = False) -> str:
    """Address of the list of the postings behind a figure."""
    span = {"transaction__entry__date__lte": str(found.last)}
    if not since_ever:
        span["transaction__entry__date__gte"] = str(found.first)
    return reverse("admin:accounts_posting_changelist") + "?" + urlencode({**(chosen or {}), **span})


def _shown(found: Finances) -> dict[str, Any]:
    """What the template draws."""

    def euros(amount: Any) -> str:
        return money(amount, found.currency)

    def link(amount: Any, chosen: Filter, **kwargs: Any) -> Any:
        url = _postings(found, chosen, **kwargs)
        return format_html('<a href="{}" class="text-primary-600 dark:text-primary-400">{}</a>', url, euros(amount))

    flows = {figure.name: figure for figure in FLOWS}
    balances = {row["name"]: row for row in found.balances}
    query = urlencode({"from": found.first, "to": found.last})
    return {
        "found": found,
        "cards": [
            {"label": f.label, "value": euros(found.totals[f.name]), "url": _postings(found, f.filter)} for f in FLOWS
        ],
        "charts": [{"title": title, "data": _chart(found, names, flows)} for title, names in CHARTS],
        "series": {
            "headers": [_("Period"), *(str(f.label) for f in FLOWS)],
            "rows": [
                [_period(row["period"], found.by), *(euros(row[f.name]) for f in FLOWS)] for row in found.series
            ],
        },
        "vat": {
            "headers": [_("Rate"), _("Sales excl. VAT"), _("VAT")],
            "rows": [
                [
                    percent(row["rate"]) if row["rate"] else _("no rate noted"), euros(row["base"]),
                    link(row["vat"], {"account__code__exact": "VAT", **_rate(row["rate"])}),
                ]
                for row in found.vat_by_rate
            ],
        },
        "balances": {
            "headers": [_("Balance"), _("At the beginning"), _("At the end")],
            "rows": [
                [
                    f.label, euros(balances[f.name]["opening"]),
                    link(balances[f.name]["closing"], f.filter or {}, since_ever=True),
                ]
                for f in BALANCES
            ],
        },
        "accounts": {
            "headers": [_("Account"), _("Opening"), _("Debit"), _("Credit"), _("Closing")],
            "rows": [
                [
                    f"{a.number} {a.label}", euros(a.opening), euros(a.debit), euros(a.credit),
                    link(a.closing, a.filter, since_ever=True),
                ]
                for a in found.accounts
            ],
        },
        "csv_url": f"{reverse('api-finances-csv')}?{query}&by={found.by}",
        "fec_url": f"{reverse('api-finances-fec')}?{query}",
    }  # fmt: skip


def _rate(rate: str | None) -> Filter:
    return {"vat_rate__isnull": "True"} if rate is None else {"vat_rate__exact": rate}


def _period(day: date, by: str) -> str:
    if by == "month":
        return date_format(day, "F Y")
    return _("week of %(day)s") % {"day": date_format(day, "j N Y")} if by == "week" else date_format(day, "j N")


def _chart(found: Finances, names: Iterable[tuple[str, str]], flows: dict[str, Any]) -> str:
    """Chart.js data, as the admin's bar component reads it."""
    return json.dumps({
        "labels": [_period(row["period"], found.by) for row in found.series],
        "datasets": [
            {
                "label": str(flows[name].label), "data": [float(row[name]) for row in found.series],
                "backgroundColor": f"var(--color-{colour})",
            }
            for name, colour in names
        ],
    })  # fmt: skip
