"""Admin of quotes: the prices they are made of, and the quotes themselves for looking and for the actions."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display

from config.lib.admin import HistoryInline, ReadOnlyAdmin, ReadOnlyInline, each
from config.lib.templatetags.ui import money
from garage.quotes import services
from garage.quotes.models import (
    Acceptance,
    LabourRate,
    Package,
    PackageLine,
    Quote,
    QuoteChange,
    QuoteLine,
    QuotePaper,
)
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
            kept = [row for row in formset.forms if row.cleaned_data and not row.cleaned_data.get("DELETE")]
            lines: Any = [
                {"id": row.instance.pk, **{name: row.cleaned_data[name] for name in names}} for row in kept
            ]
            packages.set_package_lines(actor=request.user, package_id=form.instance.pk, lines=lines)
            formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []


# --- Quotes: made in their editor, looked at and acted on here ----------------------------------------------------
class QuoteLineInline(ReadOnlyInline):
    model: type[Model] = QuoteLine
    fields = [
        "description", "kind", "quantity", "unit_price", "discount_percent", "vat_rate", "total", "accepted",
    ]


class QuoteHistoryInline(HistoryInline):
    model: type[Model] = QuoteChange


class QuotePaperInline(ReadOnlyInline):
    model: type[Model] = QuotePaper
    fields = readonly_fields = ["kind", "version", "made_at", "sha256", "state", "tries"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[QuotePaper]:
        return super().get_queryset(request).defer("pdf", "content")


class AcceptanceInline(ReadOnlyInline):
    model: type[Model] = Acceptance
    fields = ["version", "channel", "signed_by", "reused_parts", "at_distance", "withdraw_until", "pdf_sha256", "at"]


@admin.register(Quote)
class QuoteAdmin(ReadOnlyAdmin):
    list_display = ["number", "client", "vehicle", "shown_total", "shown_status", "valid_until", "created_at", "editor"]
    list_filter = ["status", "valid_until", "created_at"]
    search_fields = ["number", "client__name", "client__email", "vehicle__plate"]
    list_select_related = ["client", "vehicle"]
    date_hierarchy = "created_at"
    inlines = [QuoteLineInline, AcceptanceInline, QuotePaperInline, QuoteHistoryInline]
    actions = ["send", "copy", "decline"]
    fields = readonly_fields = [
        "number", "editor", "status", "version", "client", "vehicle", "supplements", "valid_until", "odometer_km",
        "discount_percent", "choice_by_line", "fee", "message", "notes", "total_excl_vat", "vat", "total",
        "reused_parts", "sent_at", "accepted_at", "followed_up_at", "author",
    ]

    @display(description=_("status"), label={
        "BROUILLON": "info", "ENVOYE": "warning", "ACCEPTE": "success", "FACTURE": "success", "REFUSE": "danger",
    })  # fmt: skip
    def shown_status(self, quote: Quote) -> tuple[str, str]:
        return quote.status, quote.get_status_display()

    @admin.display(description=_("total incl. VAT"), ordering="total")
    def shown_total(self, quote: Quote) -> str:
        return money(quote.total)

    @admin.display(description=_("editor"))
    def editor(self, quote: Quote) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("garage:quote_edit", args=[quote.pk]), _("Open"))

    @admin.action(description=_("Send the selected quotes by e-mail"), permissions=["view"])
    def send(self, request: HttpRequest, queryset: QuerySet[Quote]) -> None:
        each(request, queryset, lambda quote: services.send_quote(actor=request.user, quote_id=quote.pk))

    @admin.action(description=_("Copy the selected quotes"), permissions=["view"])
    def copy(self, request: HttpRequest, queryset: QuerySet[Quote]) -> None:
        each(request, queryset, lambda quote: services.copy_quote(actor=request.user, quote_id=quote.pk))

    @admin.action(description=_("The clients declined the selected quotes"), permissions=["view"])
    def decline(self, request: HttpRequest, queryset: QuerySet[Quote]) -> None:
        each(request, queryset, lambda quote: services.refuse_quote(actor=request.user, quote_id=quote.pk))
