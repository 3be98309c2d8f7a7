"""Pages of repair orders: the workshop's screen, the lists, one order, and what its client sees."""

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views import View

from config.lib.pages import LoginRequired, ServiceFormView, paginate
from config.lib.private import give_out
from garage.clients import queries as clients
from garage.clients.pages import StaffPage
from garage.quotes import queries as quotes
from garage.quotes.models import Quote
from garage.workshop import forms_repairs as forms
from garage.workshop import services, shapes_repairs
from garage.workshop.models import Inspection, RepairOrder, RepairPart
from garage.workshop.queries import repair_times as times
from garage.workshop.queries import repairs as queries
from garage.workshop.queries.appointments import expected_today

Status = RepairOrder.Status


class WorkshopPage(StaffPage, View):
    """Today's work: my clock and tasks, then every vehicle."""

    def get(self, request: HttpRequest) -> HttpResponse:
        mechanic = queries.mechanic_of(request.user)
        now = timezone.now()
        rows = list(queries.at_work(request.user))
        return render(request, "garage/workshop/workshop.html", {
            "mechanic": mechanic, "orders": rows, "now": now, "expected": list(expected_today(request.user)),
            "clock": queries.running(mechanic.pk) if mechanic else None,
            "tasks": list(queries.tasks_of(mechanic)) if mechanic else [],
            "others": [entry for entry in queries.running_clocks() if entry.mechanic_id != (mechanic and mechanic.pk)],
            "late": [row.pk for row in rows if row.promised_at and row.promised_at < now and row.status != Status.PRET],
        })  # fmt: skip


class OrdersPage(StaffPage, View):
    """Searched, filtered and paged by the query string alone."""

    def get(self, request: HttpRequest) -> HttpResponse:
        form = forms.FindForm(request.GET, auto_id="filter-%s")
        form.is_valid()
        words, status = form.cleaned_data.get("search", ""), form.cleaned_data.get("status", "")
        rows = queries.visible_to(request.user)
        if words:
            rows = queries.search(rows, words)
        if status:
            rows = rows.filter(status__in=RepairOrder.HERE if status == "ICI" else [status])
        return render(request, "garage/workshop/orders.html", {
            "page": paginate(request, queries.with_progress(rows).order_by("-pk")), "form": form,
            "filtered": bool(words or status),
        })  # fmt: skip


class NewOrderPage(StaffPage, ServiceFormView):
    template_name = "garage/workshop/new.html"
    form_class = forms.NewOrderForm

    def perform(self, form: forms.NewOrderForm) -> RepairOrder:
        return services.open_order(
            actor=self.request.user, vehicle_id=form.cleaned_data["vehicle"], complaint=form.cleaned_data["complaint"]
        )

    def success(self, result: RepairOrder) -> HttpResponse:
        self.success_url = reverse("garage:repair_order", args=[result.pk])
        return super().success(result)


class OrderPage(StaffPage, View):
    """Everything about one order, with the buttons of each verb."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        order = queries.detailed(request.user, pk, "write")
        tasks, points = list(order.tasks.all()), list(order.inspections.all())
        clocked = queries.clocked_hours(tasks)
        for task in tasks:
            task.clocked = clocked[task.pk]  # type: ignore[attr-defined]
            task.running = [entry for entry in task.entries.all() if entry.ended_at is None]  # type: ignore[attr-defined]
        now = timezone.now()
        mechanic = queries.mechanic_of(request.user)
        return render(request, "garage/workshop/order.html", {
            "order": order, "tasks": tasks, "events": shapes_repairs.timeline(order, staff=True),
            "workable": order.status in services.WORKABLE, "ended": order.status in queries.ENDED,
            "mechanic": mechanic, "running": queries.running(mechanic.pk) if mechanic else None,
            "mechanics": list(queries.mechanics()),
            "missing": [part for part in order.parts.all() if part.to_order],
            "unused": [part for part in order.parts.all() if part.to_order or part.to_issue],
            "progress": shapes_repairs.progress(points),
            "findings": [p for p in points if p.state in (Inspection.State.ROUGE, Inspection.State.ORANGE)],
            "extra": list(queries.extra_quotes(order)), "owed": queries.owed(order),
            "withdrawn": quotes.withdrawal_from(order.quote) if order.quote and not order.ready_at else None,
            "free_until": quotes.free_to_withdraw_until(order.quote) if order.quote and not order.ready_at else None,
            "forecast": times.forecast(order, now), "slips": times.slips(order, now),
            "forgotten": [entry for task in tasks for entry in task.entries.all() if entry.forgotten],
            "set_aside": queries.set_aside(order),
            "task_form": forms.TaskForm(auto_id="task-%s"), "part_form": forms.ExtraPartForm(auto_id="part-%s"),
            "promise_form": forms.PromiseForm(initial={"promised_at": order.promised_at}, auto_id="promise-%s"),
            "mechanic_form": forms.MechanicForm(initial={"mechanic": order.mechanic_id}, auto_id="mechanic-%s"),
            "photos_form": forms.PhotosForm(auto_id="photos-%s"),
            "sketch": shapes_repairs.sketch(order), "marks": shapes_repairs.marks(order),
        })  # fmt: skip


class ToOrderPage(StaffPage, ServiceFormView):
    """Missing parts of all repairs, by supplier and expected day; tick some to note that they are ordered."""

    template_name = "garage/workshop/to_order.html"
    form_class = forms.OrderPartsForm
    success_message = _("Noted as ordered.")

    def rows(self) -> Any:
        return queries.to_order(self.request.user, self.request.GET.get("search", "").replace("\x00", "")[:80])

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "rows": self.rows()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "page": paginate(self.request, self.rows(), 100)}

    def perform(self, form: forms.OrderPartsForm) -> list[RepairPart]:
        data = form.cleaned_data
        return services.mark_ordered(
            actor=self.request.user, part_ids=data["parts"], supplier=data["supplier"], expected_on=data["expected_on"]
        )

    def get_success_url(self) -> str:
        return reverse("garage:parts_to_order")


# --- The client ---------------------------------------------------------------------------------------------------
class MyRepairsPage(LoginRequired, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "garage/workshop/mine.html", {"page": paginate(request, queries.mine(request.user))})


class MyRepairPage(LoginRequired, View):
    """What the client sees of his repair: how far, until when, what we saw, what we propose."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        order = queries.detailed(request.user, pk)
        points = [p for p in order.inspections.all() if p.state != Inspection.State.NON_VU]
        shown = [row for row in queries.extra_quotes(order) if row.version]
        if order.quote and order.quote.status == Quote.Status.ENVOYE:
            shown.insert(0, order.quote)
        return render(request, "garage/workshop/mine_one.html", {
            "order": order, "events": shapes_repairs.timeline(order, staff=False), "points": points,
            "progress": shapes_repairs.progress(points), "staff": clients.works_here(request.user),
            "extra": [(row, quotes.public_url(row) if row.status == Quote.Status.ENVOYE else "") for row in shown],
            "tasks": list(order.tasks.all()),
        })  # fmt: skip


class PhotoView(LoginRequired, View):
    def get(self, request: HttpRequest, pk: int, photo: int) -> FileResponse:
        found = queries.photo_for(request.user, pk, photo)
        return give_out(found.file, content_type="image/jpeg", filename=f"{pk}-{photo}.jpg")
