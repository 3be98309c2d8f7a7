"""Admin of the catalogue. What is saved goes through the services; the stock changes by an action with its reason."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from config.lib import jobs
from config.lib.admin import ReadOnlyAdmin, each
from config.lib.errors import DomainError
from shop.catalogue import services
from shop.catalogue.models import Category, Product, ProductImage, StockMovement, StockReason


def back_to(request: HttpRequest, model: str, pk: Any) -> HttpResponse:
    """Where a dialog leads when it is done: the page it was opened on, loaded anew."""
    return HttpResponse(headers={"HX-Redirect": reverse(f"admin:shop_{model}_change", args=[pk])})


class Shelf(admin.SimpleListFilter):
    """Categories that customers see, and those with nothing in them."""

    title = _("contents")
    parameter_name = "shelf"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("full", _("with products")), ("empty", _("empty"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Category]) -> QuerySet[Category]:
        if self.value() is None:
            return queryset
        return queryset.filter(products__isnull=self.value() == "empty").distinct()


@admin.register(Category)
class CategoryAdmin(ModelAdmin):
    list_display = ["name", "slug", "position"]
    list_filter = [Shelf]
    search_fields = ["name", "slug"]
    fields = ["name", "slug", "position"]
    readonly_fields = ["slug"]

    def save_model(self, request: HttpRequest, obj: Category, form: Any, change: bool) -> None:
        values = {"name": obj.name, "position": obj.position}
        if change:
            services.update_category(actor=request.user, category_id=obj.pk, **values)
        else:
            obj.pk = services.create_category(actor=request.user, **values).pk

    def delete_model(self, request: HttpRequest, obj: Category) -> None:
        services.remove_category(actor=request.user, category_id=obj.pk)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Category]) -> None:
        each(request, queryset, lambda row: services.remove_category(actor=request.user, category_id=row.pk))


class ImageInline(TabularInline):
    model = ProductImage
    fields = ["preview", "original", "alt", "position", "state", "last_error"]
    readonly_fields = ["preview", "state", "last_error"]
    extra = 0

    @admin.display(description=_("picture"))
    def preview(self, image: ProductImage) -> str:
        name = image.sizes.get("320") if image.pk else None
        return format_html('<img src="/media/{}" alt="" height="60">', name) if name else ""


class StockForm(BaseDialogForm):
    delta = forms.IntegerField(label=_("Change"), widget=UnfoldAdminIntegerFieldWidget, help_text=_("12 or -3"))
    reason = forms.ChoiceField(
        label=_("Reason"), widget=UnfoldAdminSelectWidget,
        choices=[(r.value, r.label) for r in (StockReason.RECEPTION, StockReason.INVENTAIRE)],
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=200, widget=UnfoldAdminTextInputWidget)


class ProductForm(forms.ModelForm):
    def clean_vat_rate(self) -> Decimal:
        rate = self.cleaned_data["vat_rate"]
        if self.instance.pk is None or "vat_rate" in self.changed_data:
            try:
                services.check_vat_rate(rate)
            except DomainError as error:
                raise forms.ValidationError(error.errors["vat_rate"])
        return rate


@admin.register(Product)
class ProductAdmin(ModelAdmin):
    form = ProductForm
    list_display = ["name", "sku", "category", "price", "vat_rate", "stock", "is_active"]
    list_filter = ["is_active", "category", "vat_rate"]
    search_fields = ["name", "sku", "search_text"]
    list_select_related = ["category"]
    autocomplete_fields = ["category"]
    inlines = [ImageInline]
    fields = [
        "name", "slug", "sku", "category", "description", "price", "vat_rate", "stock", "is_active", "weight_g",
        "parcel_size",
    ]
    actions = ["sell", "withdraw"]
    actions_detail = ["change_stock"]

    def get_readonly_fields(self, request: HttpRequest, obj: Product | None = None) -> list[str]:
        return ["slug", "stock"] if obj else ["slug"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # orders, invoices and the stock ledger speak of it: withdraw it instead

    def save_model(self, request: HttpRequest, obj: Product, form: Any, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in form.cleaned_data if name in services.EDITABLE}
        if change:
            services.update_product(actor=request.user, product_id=obj.pk, **values)
        else:
            made = services.create_product(actor=request.user, stock=form.cleaned_data.get("stock") or 0, **values)
            obj.pk, obj.slug, obj.search_text = made.pk, made.slug, made.search_text
            obj._state.adding = False

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        images = formset.save(commit=False)  # house: allow writes, only reads the form; the services below save
        for image in formset.deleted_objects:
            services.remove_image(actor=request.user, image_id=image.pk)
        for image in images:
            services.adopt_image(actor=request.user, image=image)

    @admin.action(description=_("Put on sale"), permissions=["change"])
    def sell(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        each(request, queryset, lambda p: services.update_product(actor=request.user, product_id=p.pk, is_active=True))

    @admin.action(description=_("Withdraw from sale"), permissions=["change"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        each(request, queryset, lambda p: services.update_product(actor=request.user, product_id=p.pk, is_active=False))

    @action(
        description=_("Change the stock"), permissions=["change"], icon="inventory_2",
        dialog={
            "title": _("Change the stock"), "description": _("The reason is kept in the stock ledger."),
            "form_class": StockForm, "form_submit_text": _("Change"),
        },
    )
    def change_stock(self, request: HttpRequest, form: StockForm, object_id: int) -> HttpResponse:
        data = form.cleaned_data
        try:
            services.set_stock(
                actor=request.user, product_id=object_id, delta=data["delta"], reason=data["reason"],
                note=data["note"],
            )
        except DomainError as error:
            texts = [str(text) for texts in error.errors.values() for text in texts]
            messages.error(request, " ".join(texts) or str(error))
        return back_to(request, "product", object_id)


@admin.register(ProductImage)
class ImageAdmin(ReadOnlyAdmin):
    list_display = ["product", "alt", "state", "tries", "last_error"]
    list_filter = ["state"]
    search_fields = ["product__name", "product__sku", "alt"]
    list_select_related = ["product"]
    actions = ["retry"]

    @admin.action(description=_("Try again"), permissions=["view"])
    def retry(self, request: HttpRequest, queryset: QuerySet[ProductImage]) -> None:
        each(request, queryset, jobs.retry)


@admin.register(StockMovement)
class MovementAdmin(ReadOnlyAdmin):
    list_display = ["at", "product", "delta", "reason", "reference", "note", "by"]
    list_filter = ["reason", "at"]
    search_fields = ["product__name", "product__sku", "reference", "note", "by__email"]
    list_select_related = ["product", "by"]
    date_hierarchy = "at"
