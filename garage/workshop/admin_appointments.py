"""Admin of lifts, mechanics, hours, closures and appointments."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action, display

from config.lib.admin import HistoryInline, ReadOnlyAdmin, each
from garage.workshop.models import Appointment, AppointmentChange, Closure, OpeningHours, Resource
from garage.workshop.queries import appointments as queries
from garage.workshop.services import appointments as services
from garage.workshop.services import resources
from shop.orders.admin import SureForm, dialog


class HoursInline(TabularInline):
    model = OpeningHours
    extra = 0
    verbose_name_plural = _("own hours; none: those of the garage")


@admin.register(Resource)
class ResourceAdmin(ModelAdmin):
    list_display = ["name", "kind", "skill", "user", "position", "is_active"]
    list_filter = ["kind", "skill", "is_active"]
    search_fields = ["name", "user__email"]
    list_select_related = ["user"]
    autocomplete_fields = ["user"]
    fields = ["kind", "name", "user", "skill", "position", "is_active", "feed_address"]
    readonly_fields = ["feed_address"]
    inlines = [HoursInline]
    actions_detail = ["renew_feed"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_renew_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("garage.change_resource")

    @admin.display(description=_("address of the calendar"))
    def feed_address(self, row: Resource) -> str | SafeString:
        if not row.pk or row.kind != Resource.Kind.MECANICIEN:
            return "–"
        said = _("Subscribe to it in a calendar application. Whoever knows it reads the appointments.")
        return format_html("<code>{}</code><br>{}", queries.feed_url(row), said)

    @action(
        description=_("New calendar address"), permissions=["renew"], icon="sync",
        dialog=dialog(_("New calendar address"), SureForm, _("The addresses given before end at once.")),
    )
    def renew_feed(self, request: HttpRequest, form: SureForm, object_id: int) -> HttpResponse:
        each(request, Resource.objects.filter(pk=object_id), lambda row: resources.renew_feed(
            actor=request.user, resource_id=row.pk
        ))
        return HttpResponse(headers={"HX-Redirect": reverse("admin:garage_resource_change", args=[object_id])})

    def save_model(self, request: HttpRequest, obj: Resource, form: Any, change: bool) -> None:
        values = {name: getattr(obj, name) for name in form.cleaned_data}
        obj.pk = resources.save_resource(
            actor=request.user, resource_id=obj.pk if change else None, **values  # type: ignore[typeddict-item]
        ).pk

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for opening in formset.save(commit=False):  # house: allow writes, nothing is written without commit
            resources.save_opening(actor=request.user, opening=opening)
        for opening in formset.deleted_objects:
            resources.remove_opening(actor=request.user, opening_id=opening.pk)
        formset.save_m2m()


@admin.register(OpeningHours)
class OpeningHoursAdmin(ModelAdmin):
    list_display = ["__str__", "resource", "weekday", "opens", "closes"]
    list_filter = ["weekday", "resource"]
    search_fields = ["resource__name"]
    list_select_related = ["resource"]

    def save_model(self, request: HttpRequest, obj: OpeningHours, form: Any, change: bool) -> None:
        resources.save_opening(actor=request.user, opening=obj)

    def delete_model(self, request: HttpRequest, obj: OpeningHours) -> None:
        resources.remove_opening(actor=request.user, opening_id=obj.pk)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[OpeningHours]) -> None:
        each(request, queryset, lambda row: resources.remove_opening(actor=request.user, opening_id=row.pk))


def links_to(rows: QuerySet[Appointment]) -> SafeString:
    """Appointments as links to their pages, each with time, vehicle and client."""
    return format_html_join(
        ", ", '<a href="{}">{} {} ({})</a>',
        (
            (
                reverse("garage:appointment", args=[row.pk]),
                date_format(queries.local(row.starts_at), "SHORT_DATETIME_FORMAT"), row.vehicle.plate, row.client.name,
            )
            for row in rows
        ),
    )


@admin.register(Closure)
class ClosureAdmin(ModelAdmin):
    list_display = ["label", "resource", "first_day", "last_day", "is_holiday"]
    list_filter = ["is_holiday", "resource"]
    search_fields = ["label", "resource__name"]
    list_select_related = ["resource"]
    date_hierarchy = "first_day"
    fields = ["resource", "first_day", "last_day", "label", "in_conflict"]
    readonly_fields = ["in_conflict"]

    @admin.display(description=_("appointments on these days"))
    def in_conflict(self, closure: Closure) -> str | SafeString:
        return (links_to(queries.in_conflict(closure)) if closure.pk else "") or "–"

    def save_model(self, request: HttpRequest, obj: Closure, form: Any, change: bool) -> None:
        closure = resources.save_closure(
            actor=request.user, closure_id=obj.pk if change else None, resource=obj.resource, first_day=obj.first_day,
            last_day=obj.last_day, label=obj.label,
        )
        obj.pk = closure.pk
        rows = queries.in_conflict(closure)
        if count := len(rows):
            said = ngettext(
                "%(count)s appointment lies on these days and has to be moved:",
                "%(count)s appointments lie on these days and have to be moved:", count,
            ) % {"count": count}
            messages.warning(request, format_html("{} {}", said, links_to(rows)))

    def delete_model(self, request: HttpRequest, obj: Closure) -> None:
        resources.remove_closure(actor=request.user, closure_id=obj.pk)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Closure]) -> None:
        each(request, queryset, lambda row: resources.remove_closure(actor=request.user, closure_id=row.pk))


class AppointmentHistory(HistoryInline):
    model: type[Model] = AppointmentChange


@admin.register(Appointment)
class AppointmentAdmin(ReadOnlyAdmin):
    list_display = ["starts_at", "vehicle", "client", "hours", "lift", "mechanic", "origin", "shown_status"]
    list_filter = ["status", "origin", "lift", "mechanic", "starts_at"]
    search_fields = ["vehicle__plate", "client__name", "reason", "quote__number"]
    list_select_related = ["vehicle", "client", "lift", "mechanic"]
    date_hierarchy = "starts_at"
    inlines = [AppointmentHistory]
    fields = readonly_fields = [
        "page", "status", "starts_at", "ends_at", "hours", "vehicle", "client", "quote", "lift", "mechanic", "reason",
        "origin", "reminded_at", "created_at",
    ]
    actions = ["arrived", "absent", "cancel"]

    def has_handle_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("garage.change_appointment")

    @display(description=_("status"), label={
        "CONFIRME": "info", "ARRIVE": "success", "ANNULE": "danger", "ABSENT": "warning",
    })
    def shown_status(self, row: Appointment) -> tuple[str, str]:
        return row.status, row.get_status_display()

    @admin.display(description=_("page"))
    def page(self, row: Appointment) -> SafeString:
        return format_html(
            '<a href="{}">{}</a>', reverse("garage:appointment", args=[row.pk]), gettext("Open, move or cancel")
        )

    @admin.action(description=_("The vehicle is here"), permissions=["handle"])
    def arrived(self, request: HttpRequest, queryset: QuerySet[Appointment]) -> None:
        each(request, queryset, lambda row: services.mark_arrived(actor=request.user, appointment_id=row.pk))

    @admin.action(description=_("Nobody came"), permissions=["handle"])
    def absent(self, request: HttpRequest, queryset: QuerySet[Appointment]) -> None:
        each(request, queryset, lambda row: services.mark_absent(actor=request.user, appointment_id=row.pk))

    @admin.action(description=_("Cancel"), permissions=["handle"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Appointment]) -> None:
        each(request, queryset, lambda row: services.cancel_appointment(actor=request.user, appointment_id=row.pk))
