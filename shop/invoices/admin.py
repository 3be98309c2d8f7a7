"""Admin of invoices: read, download, write the PDF again when its job gave up."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from config.lib.admin import ReadOnlyAdmin, each
from config.lib.errors import NotFound
from shop.invoices import services
from shop.invoices.models import Invoice, InvoiceCounter


@admin.register(Invoice)
class InvoiceAdmin(ReadOnlyAdmin):
    list_display = ["number", "kind", "buyer_name", "total", "issued_at", "state", "download"]
    list_filter = ["kind", "state", "issued_at"]
    search_fields = ["number", "key", "buyer_user__email"]
    date_hierarchy = "issued_at"
    list_select_related = ["buyer_user"]
    actions = ["write_pdf"]
    fields = readonly_fields = [
        "number", "kind", "issued_at", "buyer_user", "buyer", "seller", "lines", "vat", "net", "vat_total", "total",
        "currency", "payment", "corrects", "reason", "download", "sha256", "state", "tries", "last_error",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invoice]:
        return super().get_queryset(request).defer("pdf")

    def get_urls(self) -> list[Any]:
        own = path("<int:pk>/pdf/", self.admin_site.admin_view(self.pdf), name="shop_invoice_pdf")
        return [own, *super().get_urls()]

    def pdf(self, request: HttpRequest, pk: int) -> HttpResponse:
        invoice = self.get_object(request, str(pk))
        if invoice is None or not invoice.pdf_ready or not self.has_view_permission(request, invoice):
            raise NotFound
        headers = {"Content-Disposition": f'inline; filename="{invoice.number}.pdf"'}
        return HttpResponse(bytes(invoice.pdf), content_type="application/pdf", headers=headers)

    @admin.display(description=_("buyer"))
    def buyer_name(self, invoice: Invoice) -> str:
        return str(invoice.buyer.get("name", ""))

    @admin.display(description=_("PDF"))
    def download(self, invoice: Invoice) -> str:
        if not invoice.pdf_ready:
            return "-"
        return format_html('<a href="{}">PDF</a>', reverse("admin:shop_invoice_pdf", args=[invoice.pk]))

    @admin.action(description=_("Write the PDF again"), permissions=["view"])
    def write_pdf(self, request: HttpRequest, queryset: QuerySet[Invoice]) -> None:
        each(request, queryset, lambda row: services.retry_pdf(actor=request.user, invoice_id=row.pk))


@admin.register(InvoiceCounter)
class CounterAdmin(ReadOnlyAdmin):
    list_display = ["kind", "year", "seller_key", "last"]
    list_filter = ["kind", "year"]
    search_fields = ["seller_key"]
