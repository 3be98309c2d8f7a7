"""Pages of the garage's staff: every alert by urgency, and one alert with what can be done about it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format, number_format
from django.utils.functional import cached_property
from django.utils.timezone import is_aware, localtime
from django.utils.translation import gettext as _
from django.views import View

from config.lib.errors import Invalid
from config.lib.pages import ActionView, ServiceFormView, paginate
from garage.alerts import queries, services
from garage.alerts.forms import PRESETS, DoneForm, FindForm, SnoozeForm
from garage.alerts.models import Alert
from garage.clients.pages import StaffPage

SLOTS = 4


class AlertsPage(StaffPage, View):
    """Searched, filtered and paged by the query string alone."""

    def get(self, request: HttpRequest) -> HttpResponse:
        everything = queries.visible_to(request.user)
        form = FindForm(request.GET, auto_id="filter-%s", clients=queries.with_clients(queries.open_now()))
        form.is_valid()
        wish = form.cleaned_data
        rows = queries.in_state(everything, wish.get("state") or "open")
        for word in wish.get("search", "").split()[:5]:
            rows = queries.search(rows, word)
        for name, column in (("kind", "kind"), ("level", "level"), ("client", "vehicle__client")):
            if wish.get(name):
                rows = rows.filter(**{column: wish[name]})
        return render(request, "garage/alerts/list.html", {
            "page": paginate(request, rows.select_related("draft")), "form": form, "presets": PRESETS,
            "filtered": any(wish.get(name) for name in ("search", "kind", "level", "client", "state")),
        })  # fmt: skip


class AlertPage(StaffPage, ServiceFormView):
    """One alert. Its two forms are posted to SnoozePage and DonePage, which show it again when something is wrong."""

    template_name = "garage/alerts/detail.html"
    form_class: type[forms.Form] = SnoozeForm
    http_method_names = ["get"]
    slot = "snooze_form"

    @cached_property
    def alert(self) -> Alert:
        return queries.get_for(self.request.user, self.kwargs["pk"], "write")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        alert = self.alert
        context = {
            "alert": alert, "presets": PRESETS, "facts": _facts(alert),
            "snooze_form": SnoozeForm(), "done_form": DoneForm(alert=alert),
            "slots": services.slots_for(alert)[:SLOTS],
        }
        if "form" in kwargs and self.request.method == "POST":
            context[self.slot] = kwargs["form"]
        return {**super().get_context_data(**kwargs), **context}


def _facts(alert: Alert) -> list[dict[str, Any]]:
    vehicle, last = alert.vehicle, queries.last_done(alert)
    rows = []
    if vehicle is not None:
        rows = [
            (_("Vehicle"), f"{vehicle.plate} · {vehicle.make} {vehicle.model}"),
            (_("Odometer"), _("%(km)s km") % {"km": number_format(vehicle.odometer_km, force_grouping=True)}
             if vehicle.odometer_km is not None else _("not known")),
            (_("Client"), vehicle.client.name),
            (_("Phone"), vehicle.client.phone.as_national if vehicle.client.phone else ""),
            (_("E-mail"), vehicle.client.email),
        ]
    if alert.product is not None:
        rows = [(_("Part"), f"{alert.product.name} · {alert.product.sku}"), (_("In stock"), str(alert.product.stock))]
    if last is not None:
        rows.append((_("Last time"), date_format(last, "DATE_FORMAT")))
    return [{"label": label, "value": value} for label, value in rows if value]


class SnoozePage(AlertPage):
    http_method_names = ["get", "post"]

    def perform(self, form: Any) -> Alert:
        return services.snooze(actor=self.request.user, alert_id=self.alert.pk, until=form.cleaned_data["until"])

    def success(self, result: Alert) -> HttpResponse:
        day = date_format(result.snoozed_until, "DATE_FORMAT")
        messages.success(self.request, _("Put off until %(day)s.") % {"day": day})
        return super().success(result)

    def get_success_url(self) -> str:
        return reverse("garage:alerts")


class DonePage(SnoozePage):
    form_class = DoneForm
    slot = "done_form"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "alert": self.alert}

    def perform(self, form: Any) -> Alert:
        return services.settle(actor=self.request.user, alert_id=self.alert.pk, **form.values())

    def success(self, result: Alert) -> HttpResponse:
        messages.success(self.request, _("Settled: %(alert)s.") % {"alert": result})
        return ServiceFormView.success(self, result)


class MakeQuote(StaffPage, ActionView):
    """The button that turns an alert into a draft, and leads to it; a tick books the first free time too."""

    def perform(self) -> services.Draft:
        book = "book" in self.request.POST
        draft = services.make_quote(actor=self.request.user, alert_id=self.kwargs["pk"], book=book)
        if draft.slot:
            when = date_format(localtime(draft.slot.starts_at), "DATETIME_FORMAT")
            said = _("Booked for %(when)s. The alert is put off until then.") if draft.appointment else (
                _("The draft proposes the first free time: %(when)s.")
            )
            messages.success(self.request, said % {"when": when})
        elif book:
            messages.warning(self.request, _(
                "No lift and mechanic are free within three weeks, or their hours are not written down yet."
            ))
        return draft

    def back(self, result: Any) -> str:
        if result is None:
            return reverse("garage:alert", args=[self.kwargs["pk"]])
        return reverse("garage:quote_edit", args=[result.quote.pk])


class BookSlot(StaffPage, ActionView):
    def perform(self) -> Any:
        starts_at = parse_datetime(self.request.POST.get("starts_at", "")[:40])
        if starts_at is None or not is_aware(starts_at):
            raise Invalid(_("Choose a time."))
        booked = services.book_slot(actor=self.request.user, alert_id=self.kwargs["pk"], starts_at=starts_at)
        when = date_format(localtime(booked.starts_at), "DATETIME_FORMAT")
        messages.success(self.request, _("Booked for %(when)s. The alert is put off until then.") % {"when": when})
        return booked

    def back(self, result: Any) -> str:
        return reverse("garage:alert", args=[self.kwargs["pk"]])
