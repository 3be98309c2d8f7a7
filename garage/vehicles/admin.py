"""Admin of the vehicles."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from config.lib.admin import HistoryInline, ReadOnlyAdmin, ReadOnlyInline, each
from config.lib.errors import DomainError
from config.lib.sheets import SheetAdmin
from config.lib.templatetags.ui import distance
from delivery.couriers.models import Courier
from garage.clients import queries as clients
from garage.vehicles import queries, services
from garage.vehicles.models import (
    Driving,
    HistoryShare,
    OdometerReading,
    Ownership,
    ReadingChange,
    Status,
    TrackedDistance,
    Vehicle,
    VehicleChange,
    VehicleFile,
)
from garage.vehicles.rules import HIGHEST_KM, AlreadyDriving, BadPlate, normal_plate
from garage.vehicles.sheet import VehicleResource


class VehicleForm(forms.ModelForm):
    """Says on the field that a plate or VIN is taken: the status, part of that rule, is not in the form."""

    kilometres = forms.IntegerField(
        label=_("odometer (km)"), required=False, min_value=0, max_value=HIGHEST_KM,
        widget=UnfoldAdminIntegerFieldWidget, help_text=_("A change becomes a reading of today."),
    )

    class Meta:
        model = Vehicle
        fields = [
            "client", "plate", "plate_country", "vin", "make", "model", "kind", "energy", "first_registration",
            "inspection_due", "insurance_until", "driver", "notes",
        ]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["kilometres"].initial = self.instance.odometer_km

    def clean(self) -> dict[str, Any] | None:
        """The plate is read with its country: by the model, after this."""
        values = super().clean() or {}
        country = values.get("plate_country", "").strip().upper()
        try:
            plate = normal_plate(values.get("plate", ""), country)
        except BadPlate:
            return values  # the model says it on the field
        if queries.in_use(plate=plate, country=country, but=self.instance.pk):
            self.add_error("plate", _("A vehicle in use has this plate already."))
        return values

    def clean_driver(self) -> Courier | None:
        driver = self.cleaned_data["driver"]
        if driver and driver.status != Courier.Status.ACTIF:
            raise forms.ValidationError(_("Choose an approved courier."))
        if driver and (other := queries.driven_by(driver.pk)) and other.pk != self.instance.pk:
            raise forms.ValidationError(AlreadyDriving.message)
        return driver

    def clean_vin(self) -> str:
        vin = self.cleaned_data["vin"]
        if vin and queries.in_use(vin=vin, but=self.instance.pk):
            raise forms.ValidationError(_("A vehicle in use has this VIN already."))
        return vin


class ReadingInline(ReadOnlyInline):
    model = OdometerReading
    fields = readonly_fields = ["read_on", "km", "source", "status", "reason_code", "note", "by"]
    show_change_link = True
    verbose_name_plural = _("last odometer readings")

    def get_queryset(self, request: HttpRequest) -> QuerySet[OdometerReading]:
        """The last thirty: with a courier's tracks there is one a day."""
        rows = super().get_queryset(request)
        vehicle = request.resolver_match.kwargs.get("object_id") if request.resolver_match else None
        newest = rows.filter(vehicle_id=vehicle).values_list("pk", flat=True)[:30] if vehicle else []
        return rows.filter(pk__in=list(newest)).select_related("by")


class OwnershipInline(ReadOnlyInline):
    model = Ownership
    fields = readonly_fields = ["client", "since", "until"]


class DrivingInline(ReadOnlyInline):
    model = Driving
    fields = readonly_fields = ["courier", "since", "until"]


class FileInline(ReadOnlyInline):
    model = VehicleFile
    fields = readonly_fields = ["given_out", "kind", "by", "created_at"]

    @admin.display(description=_("file"))
    def given_out(self, row: VehicleFile) -> str:
        return format_html('<a href="{}">{}</a>', reverse("garage:vehicle_file", args=[row.pk]), row.name)


class ShareInline(ReadOnlyInline):
    model = HistoryShare
    fields = readonly_fields = ["label", "by", "created_at", "expires_at", "revoked_at", "opened_at"]


class VehicleHistory(HistoryInline):
    model = VehicleChange


@admin.register(Vehicle)
class VehicleAdmin(SheetAdmin, ModelAdmin):
    form = VehicleForm
    list_display = ["plate", "make", "model", "client", "shown_status", "inspection_due", "insurance_until"]
    list_filter = ["status", "kind", "energy", "inspection_due"]
    search_fields = ["plate", "vin", "make", "model", "client__name"]
    list_select_related = ["client"]
    autocomplete_fields = ["client", "driver"]
    readonly_fields = ["status", "vin_says"]
    inlines = [ReadingInline, OwnershipInline, DrivingInline, FileInline, ShareInline, VehicleHistory]
    actions = ["mark_sold", "mark_scrapped", "mark_in_use"]
    resource_classes = [VehicleResource]

    def may_exchange(self, request: HttpRequest) -> bool:
        return clients.works_here(request.user)

    @admin.display(description=_("the VIN says"))
    def vin_says(self, vehicle: Vehicle) -> str:
        facts = vehicle.vin_facts
        return " · ".join(str(part) for part in facts.values() if part) if facts else "–"

    @display(description=_("status"), label={"ACTIF": "success", "VENDU": "info", "DETRUIT": "danger"})
    def shown_status(self, vehicle: Vehicle) -> tuple[str, str]:
        return vehicle.status, vehicle.get_status_display()

    def save_model(self, request: HttpRequest, obj: Vehicle, form: Any, change: bool) -> None:
        values = dict(form.cleaned_data)
        km = values["odometer_km"] = values.pop("kilometres")
        if change:
            saved = services.update_vehicle(actor=request.user, vehicle_id=obj.pk, **values)
        else:
            saved = services.create_vehicle(actor=request.user, **values)
            obj.pk = saved.pk
        if km is not None and saved.odometer_km != km:
            text = _("The reading of %(km)s km was set aside: look at its reason below.")
            messages.warning(request, text % {"km": km})

    def view_on_site(self, obj: Vehicle) -> str:
        """Its page with the history, where readings, files and links are added."""
        return reverse("garage:vehicle", args=[obj.pk])

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description=_("The selected vehicles are sold"), permissions=["change"])
    def mark_sold(self, request: HttpRequest, queryset: QuerySet[Vehicle]) -> None:
        self._move(request, queryset, Status.VENDU)

    @admin.action(description=_("The selected vehicles are scrapped"), permissions=["change"])
    def mark_scrapped(self, request: HttpRequest, queryset: QuerySet[Vehicle]) -> None:
        self._move(request, queryset, Status.DETRUIT)

    @admin.action(description=_("The selected vehicles are in use again"), permissions=["change"])
    def mark_in_use(self, request: HttpRequest, queryset: QuerySet[Vehicle]) -> None:
        self._move(request, queryset, Status.ACTIF)

    def _move(self, request: HttpRequest, queryset: QuerySet[Vehicle], status: str) -> None:
        for pk, plate in list(queryset.values_list("pk", "plate")):
            try:
                services.set_status(actor=request.user, vehicle_id=pk, status=status)
            except DomainError as error:
                messages.error(request, f"{plate}: {error}")


class ReadingHistory(HistoryInline):
    model = ReadingChange


@admin.register(OdometerReading)
class OdometerReadingAdmin(ReadOnlyAdmin):
    list_display = ["vehicle", "read_on", "km", "source", "shown_status", "reason_code", "by"]
    list_filter = ["status", "reason_code", "source", "read_on"]
    search_fields = ["vehicle__plate", "vehicle__vin", "vehicle__client__name"]
    list_select_related = ["vehicle", "by"]
    inlines = [ReadingHistory]
    actions = ["retain", "retain_instead", "new_speedometer", "set_aside"]

    @display(description=_("status"), label={"RETENUE": "success", "ECARTEE": "warning"})
    def shown_status(self, reading: OdometerReading) -> tuple[str, str]:
        return reading.status, reading.get_status_display()

    @admin.action(description=_("Retain"), permissions=["view"])
    def retain(self, request: HttpRequest, queryset: QuerySet[OdometerReading]) -> None:
        each(request, queryset, lambda row: services.retain_reading(actor=request.user, reading_id=row.pk))

    @admin.action(description=_("Retain, and set aside those that contradict it"), permissions=["view"])
    def retain_instead(self, request: HttpRequest, queryset: QuerySet[OdometerReading]) -> None:
        each(request, queryset, lambda row: services.retain_reading(
            actor=request.user, reading_id=row.pk, instead=True
        ))

    @admin.action(description=_("Retain: the speedometer is new"), permissions=["view"])
    def new_speedometer(self, request: HttpRequest, queryset: QuerySet[OdometerReading]) -> None:
        each(request, queryset, lambda row: services.retain_reading(
            actor=request.user, reading_id=row.pk, instead=True, note=gettext("New speedometer")
        ))

    @admin.action(description=_("Set aside: wrongly read"), permissions=["view"])
    def set_aside(self, request: HttpRequest, queryset: QuerySet[OdometerReading]) -> None:
        each(request, queryset, lambda row: services.set_reading_aside(
            actor=request.user, reading_id=row.pk, note=gettext("Wrongly read")
        ))


@admin.register(TrackedDistance)
class TrackedDistanceAdmin(ReadOnlyAdmin):
    list_display = ["vehicle", "day", "kilometres", "measured_at"]
    list_filter = ["day"]
    search_fields = ["vehicle__plate"]
    list_select_related = ["vehicle"]

    @admin.display(description=_("kilometres"), ordering="metres")
    def kilometres(self, tracked: TrackedDistance) -> str:
        return distance(tracked.metres)
