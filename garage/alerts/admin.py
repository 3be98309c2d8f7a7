"""Admin of alerts: looked at and settled; rules and intervals are data with their history."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from config.lib.admin import ReadOnlyAdmin, ReadOnlyInline, each
from config.lib.errors import Invalid
from garage.alerts import services
from garage.alerts.models import (
    Alert,
    AlertStep,
    InspectionRule,
    MaintenanceItem,
    ServiceDone,
    ServicePlan,
    TechnicalInspection,
)
from garage.vehicles.models import Energy


class StepInline(ReadOnlyInline):
    model: type[Model] = AlertStep
    fields = readonly_fields = ["days", "at"]


@admin.register(Alert)
class AlertAdmin(ReadOnlyAdmin):
    list_display = ["shown_title", "subject", "shown_level", "due_on", "due_km", "snoozed_until", "done_at", "done_how"]
    list_filter = ["kind", "level", ("done_at", admin.EmptyFieldListFilter), "done_how", "due_on"]
    search_fields = ["vehicle__plate", "vehicle__client__name", "quote__number", "product__name", "item__name"]
    list_select_related = ["vehicle", "quote", "product", "item"]
    inlines = [StepInline]
    actions = ["settle", "snooze_week"]
    fields = readonly_fields = [
        "kind", "shown_title", "level", "due_on", "due_km", "by_km", "vehicle", "quote", "product", "item",
        "check_kind", "draft", "snoozed_until", "done_at", "done_how", "done_by", "created_at",
    ]

    def has_settle_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("garage.change_alert")

    @admin.display(description=_("alert"), ordering="kind")
    def shown_title(self, alert: Alert) -> str:
        return alert.title

    @admin.display(description=_("about"), ordering="vehicle__plate")
    def subject(self, alert: Alert) -> str:
        return alert.subject

    @display(description=_("level"), ordering="rung", label={"ECHU": "danger", "PROCHE": "warning", "INFO": "info"})
    def shown_level(self, alert: Alert) -> tuple[str, str]:
        return alert.level, alert.get_level_display()

    @admin.action(description=_("Seen to today"), permissions=["settle"])
    def settle(self, request: HttpRequest, queryset: QuerySet[Alert]) -> None:
        each(request, queryset, lambda alert: services.settle(actor=request.user, alert_id=alert.pk))

    @admin.action(description=_("Put off for a week"), permissions=["settle"])
    def snooze_week(self, request: HttpRequest, queryset: QuerySet[Alert]) -> None:
        until = timezone.localdate() + timedelta(days=7)
        each(request, queryset, lambda alert: services.snooze(actor=request.user, alert_id=alert.pk, until=until))


class EnergiesField(forms.MultipleChoiceField):
    """A list of energies kept as JSON."""

    def __init__(self, **kwargs: Any):
        super().__init__(
            choices=Energy.choices, required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget, **kwargs
        )


class RuleForm(forms.ModelForm):
    except_energies = EnergiesField(label=_("not for energies"))

    def clean(self) -> dict[str, Any]:
        return _asked(self, services.check_rule)


class ItemForm(forms.ModelForm):
    energies = EnergiesField(label=_("energies"), help_text=_("none: all"))

    def clean(self) -> dict[str, Any]:
        return _asked(self, services.check_interval)


class PlanForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        return _asked(self, services.check_interval)


def _asked(form: forms.ModelForm, check: Any) -> dict[str, Any]:
    """What the service would say, beside its field."""
    data = forms.ModelForm.clean(form) or form.cleaned_data
    try:
        check(data)
    except Invalid as refusal:
        for name, texts in refusal.errors.items():
            form.add_error(name if name in form.fields else None, texts)
    return data


class RulesAdmin(SimpleHistoryAdmin, ModelAdmin):
    """Every change is kept with its author; what no longer holds is closed or switched off, not deleted."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        obj.pk = services.save_rules(
            actor=request.user, model=type(obj), pk=obj.pk if change else None, values=form.cleaned_data
        ).pk


@admin.register(InspectionRule)
class InspectionRuleAdmin(RulesAdmin):
    form = RuleForm
    list_display = [
        "vehicle_kind", "check_kind", "registered_from", "registered_until", "first_months", "first_due_on",
        "every_months", "valid_from", "valid_until",
    ]
    list_filter = ["vehicle_kind", "check_kind"]
    search_fields = ["source"]
    fields = [
        "vehicle_kind", "check_kind", "registered_from", "registered_until", "first_months", "first_due_on",
        "every_months", "window_months", "retest_months", "except_energies", "package", "valid_from", "valid_until",
        "source",
    ]
    history_list_display = ["every_months", "valid_from", "valid_until"]


@admin.register(MaintenanceItem)
class MaintenanceItemAdmin(RulesAdmin):
    form = ItemForm
    list_display = ["name", "code", "vehicle_kind", "every_months", "every_km", "is_active"]
    list_filter = ["vehicle_kind", "is_active"]
    search_fields = ["name", "code"]
    fields = ["code", "name", "vehicle_kind", "energies", "every_months", "every_km", "packages", "is_active"]
    filter_horizontal = ["packages"]
    history_list_display = ["every_months", "every_km", "is_active"]


@admin.register(ServicePlan)
class ServicePlanAdmin(RulesAdmin):
    form = PlanForm
    list_display = ["vehicle", "item", "every_months", "every_km", "is_active"]
    list_filter = ["item", "is_active"]
    search_fields = ["vehicle__plate", "vehicle__client__name", "item__name"]
    list_select_related = ["vehicle", "item"]
    autocomplete_fields = ["vehicle", "item"]
    fields = ["vehicle", "item", "every_months", "every_km", "is_active"]
    history_list_display = ["every_months", "every_km", "is_active"]


@admin.register(ServiceDone)
class ServiceDoneAdmin(ReadOnlyAdmin):
    list_display = ["vehicle", "item", "on", "km", "source", "order", "by"]
    list_filter = ["source", "item", "on"]
    search_fields = ["vehicle__plate", "vehicle__client__name", "item__name"]
    list_select_related = ["vehicle", "item", "order", "by"]


@admin.register(TechnicalInspection)
class TechnicalInspectionAdmin(ReadOnlyAdmin):
    list_display = ["vehicle", "check_kind", "on", "outcome", "good_until", "by"]
    list_filter = ["check_kind", "outcome", "on"]
    search_fields = ["vehicle__plate", "vehicle__client__name"]
    list_select_related = ["vehicle", "by"]
