"""Admin of orders. Nothing is edited: every step is an action that calls its service, with the staff as author."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.forms import BaseDialogForm
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from config.lib.admin import HistoryInline, ReadOnlyAdmin, ReadOnlyInline, each
from config.lib.errors import DomainError
from delivery.deliveries.queries import Audience, handover_for
from delivery.places.rules import one_line
from shop.catalogue.admin import back_to
from shop.orders import queries, services
from shop.orders.models import Order, OrderChange, OrderLine
from shop.orders.refund_admin import refund_page


class LineInline(ReadOnlyInline):
    model: type[Model] = OrderLine
    fields = ["sku", "name", "quantity", "unit_price", "vat_rate", "line_total", "refunded_quantity", "refunded"]


class OrderHistory(HistoryInline):
    model: type[Model] = OrderChange


class SureForm(BaseDialogForm):
    """No field: the button is the question."""


class ShipForm(BaseDialogForm):
    award = forms.ChoiceField(
        label=_("Who chooses the courier"), widget=UnfoldAdminSelectWidget, required=False,
        choices=[("AUTOMATIQUE", _("the best bid wins at the close")), ("MANUELLE", _("we choose among the bids"))],
    )


class ReasonForm(BaseDialogForm):
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=UnfoldAdminTextInputWidget)


SHIPPING = _(
    "By courier an auction opens; a pick up waits at the counter. An order whose delivery expired, was cancelled or "
    "came back is offered again."
)


def dialog(title: Any, form_class: type[BaseDialogForm], text: Any = "") -> dict[str, Any]:
    return {"title": title, "description": text, "form_class": form_class, "form_submit_text": title}


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    list_display = ["number", "status", "user", "delivery_method", "total", "created_at", "expires_at"]
    list_filter = ["status", "delivery_method", "created_at"]
    search_fields = [
        "user__email", "user__last_name", "company__name", "lines__name", "delivery__reference", "invoice__number",
    ]
    search_help_text = _("Number, customer, article, delivery or invoice")
    list_select_related = ["user"]
    date_hierarchy = "created_at"
    inlines = [LineInline, OrderHistory]
    actions = ["validate_selected", "ship_selected", "deliver_selected"]
    actions_detail = ["validate", "ship", "deliver", "refund", "cancel"]
    fields = readonly_fields = [
        "number", "status", "user", "company", "delivery_method", "way", "note", "subtotal", "delivery_fee", "discount",
        "vat_total", "total", "refunded", "expires_at", "payment_link", "invoice_link", "delivery_link", "codes",
        "created_at",
    ]

    def has_handle_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("shop.change_order")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Order], search_term: str
    ) -> tuple[QuerySet[Order], bool]:
        if search_term.upper().startswith("CMD-") or search_term.isdecimal():
            return queries.search(queryset, search_term), False
        return super().get_search_results(request, queryset, search_term)

    @admin.display(description=_("address"))
    def way(self, order: Order) -> str:
        place = order.address or {}
        return f"{place.get('name', '')} {one_line(place)} {place.get('phone', '')}".strip() if place else "-"

    @staticmethod
    def _link(kind: str, obj: Any) -> str:
        if obj is None:
            return "-"
        return format_html('<a href="{}">{}</a>', reverse(f"admin:{kind}_change", args=[obj.pk]), obj)

    @admin.display(description=_("payment"))
    def payment_link(self, order: Order) -> str:
        return self._link("accounts_payment", order.payment)

    @admin.display(description=_("invoice"))
    def invoice_link(self, order: Order) -> str:
        return self._link("shop_invoice", order.invoice)

    @admin.display(description=_("delivery"))
    def delivery_link(self, order: Order) -> str:
        return self._link("delivery_delivery", order.delivery)

    @admin.display(description=_("code for the courier"))
    def codes(self, order: Order) -> str:
        """The shop hands over with the first code; the second is the customer's."""
        if order.delivery is None:
            return "-"
        return handover_for(Audience.STAFF, order.delivery)["pickup_code"] or "-"

    # --- Actions on many --------------------------------------------------------------------------------------
    @admin.action(description=_("Confirm"), permissions=["handle"])
    def validate_selected(self, request: HttpRequest, queryset: QuerySet[Order]) -> None:
        each(request, queryset, lambda order: services.validate(actor=request.user, order_id=order.pk))

    @admin.action(description=_("Ship"), permissions=["handle"])
    def ship_selected(self, request: HttpRequest, queryset: QuerySet[Order]) -> None:
        each(request, queryset, lambda order: services.ship(actor=request.user, order_id=order.pk))

    @admin.action(description=_("Mark as delivered"), permissions=["handle"])
    def deliver_selected(self, request: HttpRequest, queryset: QuerySet[Order]) -> None:
        each(request, queryset, lambda order: services.mark_delivered(actor=request.user, order_id=order.pk))

    # --- Actions on one: dialogs, so that nothing changes by a mere link --------------------------------------
    def _do(self, request: HttpRequest, service: Any, object_id: int, **given: Any) -> HttpResponse:
        try:
            order = service(actor=request.user, order_id=int(object_id), **given)
        except DomainError as error:
            texts = [str(text) for texts in error.errors.values() for text in texts]
            messages.error(request, " ".join([str(error), *texts]))
        else:
            messages.success(request, f"{order}: {order.get_status_display()}")
        return back_to(request, "order", object_id)

    @action(
        description=_("Confirm"), permissions=["handle"], icon="check", dialog=dialog(_("Confirm the order"), SureForm)
    )
    def validate(self, request: HttpRequest, form: SureForm, object_id: int) -> HttpResponse:
        return self._do(request, services.validate, object_id)

    @action(
        description=_("Ship"), permissions=["handle"], icon="local_shipping",
        dialog=dialog(_("Ship the order"), ShipForm, SHIPPING),
    )
    def ship(self, request: HttpRequest, form: ShipForm, object_id: int) -> HttpResponse:
        return self._do(request, services.ship, object_id, award=form.cleaned_data["award"] or "AUTOMATIQUE")

    @action(
        description=_("Mark as delivered"), permissions=["handle"], icon="inventory",
        dialog=dialog(_("Mark as delivered"), SureForm),
    )
    def deliver(self, request: HttpRequest, form: SureForm, object_id: int) -> HttpResponse:
        return self._do(request, services.mark_delivered, object_id)

    @action(description=_("Refund"), permissions=["handle"], icon="undo")
    def refund(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return refund_page(self, request, int(object_id))

    @action(
        description=_("Cancel"), permissions=["handle"], icon="block",
        dialog=dialog(_("Cancel the order"), ReasonForm, _("The stock comes back, and the money when it was paid.")),
    )
    def cancel(self, request: HttpRequest, form: ReasonForm, object_id: int) -> HttpResponse:
        return self._do(request, services.cancel, object_id, reason=form.cleaned_data["reason"])
