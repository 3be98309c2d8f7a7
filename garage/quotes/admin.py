"""Admin of quotes: the prices they are made of, and the quotes themselves for looking and for the actions."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from unfold.admin import TabularInline

from garage.quotes.models import LabourRate, Package, PackageLine
from garage.quotes.services import packages, rates
from shop.invoices.admin import LawAdmin, asked


# --- Prices ---------------------------------------------------------------------------------------------------------
class LabourRateForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        return asked(self, rates.check_labour_rate)


@admin.register(LabourRate)
class LabourRateAdmin(LawAdmin):
    form = LabourRateForm
    list_display = ["skill", "price", "vat_rate", "valid_from", "valid_until", "source"]
    list_filter = ["skill", "valid_from"]
    search_fields = ["skill", "source"]
    fields = ["skill", "price", "vat_rate", "valid_from", "valid_until", "source"]
    history_list_display = ["price", "vat_rate", "valid_from", "valid_until"]

    def save_model(self, request: HttpRequest, obj: LabourRate, form: Any, change: bool) -> None:
        made = rates.save_labour_rate(actor=request.user, rate_id=obj.pk if change else None, **form.cleaned_data)
        obj.pk = made.pk


class PackageLineFormSet(BaseInlineFormSet):
    """Says on the row what the service would say."""

    def clean(self) -> None:
        super().clean()
        kept = [form for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        for form in kept:
            if not form.errors:
                for name, texts in packages.line_errors(form.instance).items():
                    form.add_error(name, texts)
        if not kept and self.instance.price is None:
            raise forms.ValidationError(packages.needs_lines())


class PackageLineInline(TabularInline):
    model: type[Model] = PackageLine
    formset = PackageLineFormSet
    fields = ["kind", "description", "product", "skill", "quantity", "unit_price"]
    autocomplete_fields = ["product"]
    extra = 0


@admin.register(Package)
class PackageAdmin(LawAdmin):
    list_display = ["code", "name", "price", "vat_rate", "hours", "is_active"]
    list_filter = ["is_active", "vat_rate"]
    search_fields = ["code", "name", "lines__description"]
    fields = ["code", "name", "price", "vat_rate", "hours", "is_active"]
    history_list_display = ["price", "vat_rate"]
    inlines = [PackageLineInline]

    def save_model(self, request: HttpRequest, obj: Package, form: Any, change: bool) -> None:
        made = packages.save_package(actor=request.user, package_id=obj.pk if change else None, **form.cleaned_data)
        obj.pk = made.pk

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The lines in one call: the service keeps, changes and takes away."""
        names = [*PackageLineInline.fields]
        for formset in formsets:
            kept = [each for each in formset.forms if each.cleaned_data and not each.cleaned_data.get("DELETE")]
            lines: Any = [
                {"id": each.instance.pk, **{name: each.cleaned_data[name] for name in names}} for each in kept
            ]
            packages.set_package_lines(actor=request.user, package_id=form.instance.pk, lines=lines)
            formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
