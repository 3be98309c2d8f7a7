"""Repair orders in the back office: looked at and searched here, worked on at their own pages."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from config.lib.admin import HistoryInline, ReadOnlyAdmin, ReadOnlyInline, each
from garage.workshop import services
from garage.workshop.models import (
    Inspection,
    RepairOrder,
    RepairOrderChange,
    RepairPart,
    RepairPhoto,
    RepairTask,
    TimeEntry,
)


class TaskInline(ReadOnlyInline):
    model: type[Model] = RepairTask
    fields = readonly_fields = ["description", "planned_hours", "mechanic", "status", "done_at", "struck_reason"]


class PartInline(ReadOnlyInline):
    model: type[Model] = RepairPart
    fields = readonly_fields = ["description", "product", "quantity", "reserved", "issued", "to_order", "supplier"]


class InspectionInline(ReadOnlyInline):
    model: type[Model] = Inspection
    fields = readonly_fields = ["label", "state", "note", "by", "at"]


class PhotoInline(ReadOnlyInline):
    model: type[Model] = RepairPhoto
    fields = readonly_fields = ["picture", "note", "by", "at"]

    @admin.display(description=_("photo"))
    def picture(self, photo: RepairPhoto) -> SafeString:
        url = reverse("garage:repair_photo", args=[photo.order_id, photo.pk])
        return format_html('<a href="{}"><img src="{}" alt="" style="max-height:8rem"></a>', url, url)


class RepairHistoryInline(HistoryInline):
    model: type[Model] = RepairOrderChange


@admin.register(RepairOrder)
class RepairOrderAdmin(ReadOnlyAdmin):
    list_display = ["number", "vehicle", "client", "mechanic", "promised_at", "shown_status", "created_at"]
    list_filter = ["status", "mechanic", "created_at"]
    search_fields = ["number", "client__name", "vehicle__plate", "complaint"]
    list_select_related = ["vehicle", "client", "mechanic"]
    date_hierarchy = "created_at"
    inlines = [TaskInline, PartInline, InspectionInline, PhotoInline, RepairHistoryInline]
    fields = readonly_fields = [
        "number", "client", "vehicle", "quote", "appointment", "mechanic", "status", "complaint", "odometer_km",
        "fuel", "belongings", "intake_signed_by", "received_at", "promised_at", "ready_at", "handed_over_at",
        "handed_over_to", "odometer_out_km", "notes",
    ]
    actions = ["ready_selected"]
    actions_detail = ["open_page"]

    def has_work_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("garage.change_repairorder")

    @display(description=_("status"), label={
        "OUVERT": "info", "RECU": "info", "EN_COURS": "warning", "ATTENTE_ACCORD": "warning",
        "ATTENTE_PIECES": "warning", "PRET": "success", "RENDU": "success", "ANNULE": "danger",
    })
    def shown_status(self, order: RepairOrder) -> tuple[str, str]:
        return order.status, order.get_status_display()

    @admin.action(description=_("The vehicle is ready"), permissions=["work"])
    def ready_selected(self, request: HttpRequest, queryset: QuerySet[RepairOrder]) -> None:
        each(request, queryset, lambda order: services.mark_ready(actor=request.user, order_id=order.pk))

    @action(description=_("Work on it"), permissions=["view"], icon="build")
    def open_page(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return redirect("garage:repair_order", object_id)


class MissingFilter(admin.SimpleListFilter):
    title = _("missing")
    parameter_name = "missing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("to order"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[RepairPart]) -> QuerySet[RepairPart]:
        return queryset.filter(to_order__gt=0) if self.value() else queryset


@admin.register(RepairPart)
class RepairPartAdmin(ReadOnlyAdmin):
    """What repairs need; the list of what lacks is its filter."""

    list_display = ["description", "order", "quantity", "reserved", "issued", "to_order", "supplier", "expected_on"]
    list_filter = [MissingFilter, "supplier", "expected_on"]
    search_fields = ["description", "order__number", "supplier", "product__sku"]
    list_select_related = ["order", "product"]
    actions = ["receive_selected"]

    def has_work_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("garage.change_repairpart")

    @admin.action(description=_("All of it has come"), permissions=["work"])
    def receive_selected(self, request: HttpRequest, queryset: QuerySet[RepairPart]) -> None:
        each(request, queryset, lambda part: services.receive_part(actor=request.user, part_id=part.pk))


@admin.register(TimeEntry)
class TimeEntryAdmin(ReadOnlyAdmin):
    list_display = ["mechanic", "task", "started_at", "ended_at", "forgotten"]
    list_filter = ["mechanic", "forgotten", "started_at"]
    search_fields = ["task__description", "task__order__number", "mechanic__name"]
    list_select_related = ["mechanic", "task"]
    date_hierarchy = "started_at"
