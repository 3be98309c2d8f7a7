"""Admin of what goes with quotes: papers and their sendings, codes, acceptances, legal texts."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from config.lib.admin import ReadOnlyAdmin, ReadOnlyInline, each
from garage.quotes import services
from garage.quotes.models import Acceptance, QuotePaper, SignCode
from garage.quotes.paper_models import PaperSending, QuoteText
from garage.quotes.services.law import check_quote_text
from shop.invoices.admin import LawAdmin, asked


class SendingInline(ReadOnlyInline):
    model = PaperSending
    fields = readonly_fields = ["at", "by_email", "by_sms", "by"]


@admin.register(QuotePaper)
class QuotePaperAdmin(ReadOnlyAdmin):
    list_display = ["quote", "version", "kind", "progress", "made_at", "state", "tries", "last_error"]
    list_filter = ["kind", "state"]
    search_fields = ["quote__number", "quote__client__name", "sha256"]
    list_select_related = ["quote"]
    fields = readonly_fields = [
        "quote", "version", "kind", "progress", "made_at", "sha256", "state", "tries", "last_error"
    ]
    inlines = [SendingInline]
    actions = ["again"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[QuotePaper]:
        return super().get_queryset(request).defer("pdf", "content")

    @admin.action(description=_("Write the PDF again"), permissions=["view"])
    def again(self, request: HttpRequest, queryset: QuerySet[QuotePaper]) -> None:
        each(request, queryset, lambda row: services.retry_paper(actor=request.user, paper_id=row.pk))


@admin.register(SignCode)
class SignCodeAdmin(ReadOnlyAdmin):
    list_display = ["quote", "version", "channel", "created_at", "expires_at", "tries", "used_at"]
    list_filter = ["channel"]
    search_fields = ["quote__number", "destination"]
    list_select_related = ["quote"]
    fields = readonly_fields = [
        "quote", "version", "channel", "destination", "created_at", "expires_at", "tries", "used_at"
    ]


@admin.register(Acceptance)
class AcceptanceAdmin(ReadOnlyAdmin):
    list_display = ["quote", "version", "signed_by", "channel", "at", "withdraw_until", "withdrawn_at"]
    list_filter = ["channel", "at_distance", "reused_parts"]
    search_fields = ["quote__number", "signed_by", "pdf_sha256"]
    date_hierarchy = "at"
    list_select_related = ["quote"]
    fields = readonly_fields = [
        "quote", "version", "signed_by", "channel", "at", "lines", "reused_parts", "at_distance", "start_now",
        "withdraw_until", "withdrawn_at", "pdf_sha256", "code", "by", "ip", "user_agent",
    ]


class QuoteTextForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        return asked(self, check_quote_text)


@admin.register(QuoteText)
class QuoteTextAdmin(LawAdmin):
    form = QuoteTextForm
    list_display = ["code", "language", "valid_from", "valid_until", "source"]
    list_filter = ["code", "language"]
    search_fields = ["body", "source"]
    fields = ["code", "language", "body", "valid_from", "valid_until", "source"]
    history_list_display = ["body", "valid_from", "valid_until"]

    def save_model(self, request: HttpRequest, obj: QuoteText, form: Any, change: bool) -> None:
        made = services.save_quote_text(actor=request.user, text_id=obj.pk if change else None, **form.cleaned_data)
        obj.pk = made.pk
