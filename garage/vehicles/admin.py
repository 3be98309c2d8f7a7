"""Admin of the vehicles."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display

from config.lib.errors import DomainError
from garage.vehicles import queries, services
from garage.vehicles.models import Status, Vehicle


class VehicleForm(forms.ModelForm):
    """Says on the field that a plate or VIN is taken: the status, part of that rule, is not in the form."""

    class Meta:
        model = Vehicle
        fields = [
            "client", "plate", "vin", "make", "model", "kind", "energy", "first_registration", "odometer_km",
            "inspection_due", "insurance_until", "notes",
        ]

    def clean_plate(self) -> str:
        plate = self.cleaned_data["plate"]
        if queries.in_use(plate=plate, but=self.instance.pk):
            raise forms.ValidationError(_("A vehicle in use has this plate already."))
        return plate

    def clean_vin(self) -> str:
        vin = self.cleaned_data["vin"]
        if vin and queries.in_use(vin=vin, but=self.instance.pk):
            raise forms.ValidationError(_("A vehicle in use has this VIN already."))
        return vin


@admin.register(Vehicle)
class VehicleAdmin(ModelAdmin):
    form = VehicleForm
    list_display = ["plate", "make", "model", "client", "shown_status", "inspection_due", "insurance_until"]
    list_filter = ["status", "kind", "energy", "inspection_due"]
    search_fields = ["plate", "vin", "make", "model", "client__name"]
    list_select_related = ["client"]
    autocomplete_fields = ["client"]
    readonly_fields = ["status"]
    actions = ["mark_sold", "mark_scrapped", "mark_in_use"]

    @display(description=_("status"), label={"ACTIF": "success", "VENDU": "info", "DETRUIT": "danger"})
    def shown_status(self, vehicle: Vehicle) -> tuple[str, str]:
        return vehicle.status, vehicle.get_status_display()

    def save_model(self, request: HttpRequest, obj: Vehicle, form: Any, change: bool) -> None:
        if change:
            services.update_vehicle(actor=request.user, vehicle_id=obj.pk, **form.cleaned_data)
        else:
            obj.pk = services.create_vehicle(actor=request.user, **form.cleaned_data).pk

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
