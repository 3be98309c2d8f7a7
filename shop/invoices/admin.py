"""Admin of invoices: read, download, write the file again when its job gave up; and the law that they are made by."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin
from unfold.admin import ModelAdmin

from config.lib import heavy
from config.lib.admin import ReadOnlyAdmin, each
from config.lib.errors import Invalid, NotFound
from shop.invoices import queries, services
from shop.invoices.models import FileFormat, Invoice, InvoiceCheck, InvoiceCounter, LegalText, VatRate
from shop.invoices.services.law import check_legal_text, check_vat_rate


def link(invoice: Invoice) -> str:
    return format_html('<a href="{}">{}</a>', reverse("admin:shop_invoice_change", args=[invoice.pk]), invoice.number)


@admin.register(Invoice)
class InvoiceAdmin(ReadOnlyAdmin):
    list_display = ["number", "kind", "buyer_name", "total", "issued_at", "file_format", "state", "download"]
    list_filter = ["kind", "file_format", "refusal", "check_of__outcome", "state", "issued_at"]
    search_fields = ["number", "key", "buyer_user__email"]
    date_hierarchy = "issued_at"
    list_select_related = ["buyer_user"]
    actions = ["write_pdf"]
    fields = readonly_fields = [
        "number", "kind", "is_deposit", "deducts", "issued_at", "due_on", "process", "buyer_user", "buyer",
        "buyer_reference", "subject", "delivery",
        "seller", "lines", "discount", "vat", "net", "vat_total", "total", "currency", "payment", "corrects", "reason",
        "notes", "texts", "download", "file_format", "refusal", "rules", "sha256", "state", "tries", "last_error",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invoice]:
        return super().get_queryset(request).defer("pdf")

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/pdf/", view(self.pdf), name="shop_invoice_pdf"),
            path("<int:pk>/xml/", view(self.xml), name="shop_invoice_xml"),
        ]
        return [*own, *super().get_urls()]

    def _file(self, request: HttpRequest, pk: int) -> Invoice:
        invoice = self.get_object(request, str(pk))
        if invoice is None or not invoice.pdf_ready or not self.has_view_permission(request, invoice):
            raise NotFound
        return invoice

    def pdf(self, request: HttpRequest, pk: int) -> HttpResponse:
        invoice = self._file(request, pk)
        headers = {"Content-Disposition": f'inline; filename="{invoice.number}.pdf"'}
        return HttpResponse(bytes(invoice.pdf or b""), content_type="application/pdf", headers=headers)

    def xml(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The XML taken out of the file, not made anew."""
        invoice = self._file(request, pk)
        xml = heavy.run("shop.invoices.pdf.xml_of", bytes(invoice.pdf or b""), timeout=30)
        if not xml:
            raise NotFound
        headers = {"Content-Disposition": f'attachment; filename="{invoice.number}.xml"'}
        return HttpResponse(xml, content_type="application/xml", headers=headers)

    @admin.display(description=_("buyer"))
    def buyer_name(self, invoice: Invoice) -> str:
        return str(invoice.buyer.get("name", ""))

    @admin.display(description=_("file to download"))
    def download(self, invoice: Invoice) -> str:
        if not invoice.pdf_ready:
            return "-"
        links = [("shop_invoice_pdf", "PDF")]
        if invoice.file_format == FileFormat.FACTURX:
            links.append(("shop_invoice_xml", "XML"))
        rows = [(reverse(f"admin:{name}", args=[invoice.pk]), label) for name, label in links]
        return format_html_join(" · ", '<a href="{}">{}</a>', rows)

    @admin.display(description=_("credit notes"))
    def notes(self, invoice: Invoice) -> str:
        notes = queries.credit_notes(invoice)
        return format_html_join(", ", "{} ({})", [(link(note), note.total) for note in notes]) or "-"

    @admin.display(description=_("legal texts"))
    def texts(self, invoice: Invoice) -> str:
        return format_html_join("", "<p>{}: {}</p>", [(text["code"], text["text"]) for text in invoice.legal]) or "-"

    @admin.display(description=_("checked by the official rules"))
    def rules(self, invoice: Invoice) -> str:
        check = InvoiceCheck.objects.filter(invoice=invoice).first()
        return "-" if check is None else check.get_outcome_display() or check.get_state_display()

    @admin.action(description=_("Write the PDF again"), permissions=["view"])
    def write_pdf(self, request: HttpRequest, queryset: QuerySet[Invoice]) -> None:
        each(request, queryset, lambda row: services.retry_pdf(actor=request.user, invoice_id=row.pk))


@admin.register(InvoiceCheck)
class CheckAdmin(ReadOnlyAdmin):
    list_display = ["number", "outcome", "checked_at", "state", "tries", "last_error"]
    list_filter = ["outcome", "state"]
    search_fields = ["invoice__number"]
    list_select_related = ["invoice"]
    actions = ["again"]
    fields = readonly_fields = ["number", "outcome", "findings", "checked_at", "state", "tries", "last_error"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[InvoiceCheck]:
        return super().get_queryset(request).defer("invoice__pdf")

    @admin.display(description=_("invoice"), ordering="invoice__number")
    def number(self, check: InvoiceCheck) -> str:
        return link(check.invoice)

    @admin.action(description=_("Try again"), permissions=["view"])
    def again(self, request: HttpRequest, queryset: QuerySet[InvoiceCheck]) -> None:
        each(request, queryset, lambda row: services.retry_check(actor=request.user, check_id=row.pk))


@admin.register(InvoiceCounter)
class CounterAdmin(ReadOnlyAdmin):
    list_display = ["kind", "year", "seller_key", "last"]
    list_filter = ["kind", "year"]
    search_fields = ["seller_key"]


# --- The law ------------------------------------------------------------------------------------------------------
class VatRateForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        return asked(self, check_vat_rate)


class LegalTextForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        return asked(self, check_legal_text)


def asked(form: forms.ModelForm, check: Any) -> dict[str, Any]:
    """What the service would say, beside its field."""
    data = forms.ModelForm.clean(form) or form.cleaned_data
    if not form.errors:
        for name, value in data.items():
            setattr(form.instance, name, value)
        try:
            check(form.instance)
        except Invalid as refusal:
            for name, texts in refusal.errors.items():
                form.add_error(name, texts)
    return data


class LawAdmin(SimpleHistoryAdmin, ModelAdmin):
    """Rows are closed by their last day, not deleted; every change is kept with its author."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(VatRate)
class VatRateAdmin(LawAdmin):
    form = VatRateForm
    list_display = ["territory", "code", "rate", "valid_from", "valid_until", "vatex", "source"]
    list_filter = ["territory", "code"]
    search_fields = ["code", "source", "exemption"]
    fields = ["territory", "code", "rate", "valid_from", "valid_until", "vatex", "exemption", "source"]
    history_list_display = ["rate", "valid_from", "valid_until"]

    def save_model(self, request: HttpRequest, obj: VatRate, form: Any, change: bool) -> None:
        made = services.save_vat_rate(actor=request.user, rate_id=obj.pk if change else None, **form.cleaned_data)
        obj.pk = made.pk


@admin.register(LegalText)
class LegalTextAdmin(LawAdmin):
    form = LegalTextForm
    list_display = ["code", "language", "valid_from", "valid_until", "source"]
    list_filter = ["code", "language"]
    search_fields = ["body", "source"]
    fields = ["code", "language", "body", "valid_from", "valid_until", "source"]
    history_list_display = ["body", "valid_from", "valid_until"]

    def save_model(self, request: HttpRequest, obj: LegalText, form: Any, change: bool) -> None:
        made = services.save_legal_text(actor=request.user, text_id=obj.pk if change else None, **form.cleaned_data)
        obj.pk = made.pk
