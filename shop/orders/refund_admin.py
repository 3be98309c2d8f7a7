"""Refunding an order in the admin: what it would give back is shown first, then done. And the refunds made."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from config.lib.admin import ReadOnlyAdmin
from config.lib.errors import DomainError
from config.lib.money import to_cents
from config.lib.pages import add_domain_error
from config.lib.templatetags.ui import money
from shop.orders import queries, refund_shapes, services
from shop.orders.models import Order, OrderRefund, OrderRefundLine
from shop.orders.refund_rules import Share
from shop.orders.services.refunding import Plan

Kind = OrderRefund.Kind
STATE_COLOURS = {"EN_COURS": "warning", "FAIT": "success", "ECHEC": "danger"}


class RefundForm(forms.Form):
    """One quantity for each line that has pieces left, or an amount, or everything."""

    what = forms.ChoiceField(
        label=_("What is refunded"), initial=Kind.LIGNES, widget=UnfoldAdminRadioSelectWidget,
        choices=[
            (Kind.LIGNES, _("articles")), (Kind.MONTANT, _("an amount (commercial gesture)")),
            (Kind.TOTAL, _("all that is left; the order ends as refunded")),
        ],
    )
    amount = forms.DecimalField(
        label=_("Amount"), required=False, decimal_places=2, max_digits=9, min_value=Decimal("0.01"),
        widget=UnfoldAdminDecimalFieldWidget,
    )
    delivery_fee = forms.BooleanField(label=_("The delivery too"), required=False, widget=UnfoldBooleanSwitchWidget)
    restock = forms.BooleanField(
        label=_("Put the articles back into the stock"), required=False, widget=UnfoldBooleanSwitchWidget,
        help_text=_("Only what can be sold again as new."),
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=UnfoldAdminTextInputWidget, help_text=_("The customer reads it."),
    )
    # What the preview said: another sum is shown again before any money moves.
    agreed = forms.DecimalField(required=False, widget=forms.HiddenInput())
    before = forms.DecimalField(required=False, widget=forms.HiddenInput())  # what had been refunded by then

    def __init__(self, *args: Any, shares: list[Share], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.line_ids = [share.line_id for share in shares if share.line_id is not None and share.pieces]
        for share in shares:
            if share.line_id in self.line_ids:
                self.fields[f"line_{share.line_id}"] = forms.IntegerField(
                    label=_("how many to refund"), required=False, min_value=0, max_value=share.pieces,
                    widget=UnfoldAdminIntegerFieldWidget(
                        attrs={"inputmode": "numeric", "data-pieces": "", "style": "max-width:8rem"}
                    ),
                )
        if not any(share.line_id is None for share in shares):
            del self.fields["delivery_fee"]

    def wanted(self) -> dict[str, Any]:
        """What `plan_refund` and `refund_order` take."""
        data = self.cleaned_data
        if data["what"] == Kind.TOTAL:
            return {}
        if data["what"] == Kind.MONTANT:
            return {"amount": data["amount"] if data["amount"] is not None else Decimal(0)}
        return {
            "lines": [
                {"line_id": pk, "quantity": data[f"line_{pk}"]} for pk in self.line_ids if data.get(f"line_{pk}")
            ],
            "delivery_fee": data.get("delivery_fee", False),
        }

    def refuse(self, error: DomainError) -> None:
        """Put a refusal where it belongs; `lines.N.…` names the N-th quantity that was given."""
        given = [pk for pk in self.line_ids if self.cleaned_data.get(f"line_{pk}")]
        for field in list(error.errors):
            parts = field.split(".")
            if parts[0] == "lines" and len(parts) == 3:
                error.errors[f"line_{given[int(parts[1])]}"] = error.errors.pop(field)
            elif field == "lines":
                error.errors[""] = error.errors.pop(field)
        add_domain_error(self, error)


def refund_page(site: admin.ModelAdmin, request: HttpRequest, order_id: int) -> HttpResponse:
    """Choose, look, confirm. Nothing is refunded before the sum that was shown is confirmed."""
    order = queries.detailed(request.user, order_id)  # type: ignore[arg-type]
    shares = queries.shares(order)
    form = RefundForm(request.POST or None, shares=shares)
    plan = None
    if request.method == "POST" and form.is_valid():
        try:
            plan = services.plan_refund(actor=request.user, order_id=order.pk, **form.wanted())  # type: ignore[arg-type]
            if "confirm" in request.POST and form.cleaned_data["agreed"] == plan.amount:
                return _refund(request, form, order)
        except DomainError as error:
            form.refuse(error)
            plan = None
    return TemplateResponse(
        request, "admin/order_refund.html", _context(site, request, order, shares, form, plan),
        status=422 if form.errors else 200,
    )


def _refund(request: HttpRequest, form: RefundForm, order: Order) -> HttpResponse:
    data = form.cleaned_data
    done = services.refund_order(
        actor=request.user, order_id=order.pk, reason=data["reason"], restock=data["restock"],  # type: ignore[arg-type]
        expected=data["agreed"], before=data["before"], **form.wanted(),
    )
    messages.success(request, _("%(order)s: %(amount)s refunded.") % {
        "order": done, "amount": money(form.cleaned_data["agreed"])
    })
    return HttpResponseRedirect(reverse("admin:shop_order_refund", args=[order.pk]))


def _context(
    site: admin.ModelAdmin, request: HttpRequest, order: Order, shares: list[Share], form: RefundForm, plan: Plan | None
) -> dict[str, Any]:
    left = {share.line_id: share for share in shares}
    names = {line.pk: line.name for line in order.lines.all()}
    return {
        **site.admin_site.each_context(request), "opts": site.model._meta, "order": order, "form": form, "plan": plan,
        "title": _("Refund %(order)s") % {"order": order}, "possible": order.status in Order.REFUNDABLE,
        "rows": [
            {
                "line": line, "share": left[line.pk], "cents": to_cents(left[line.pk].left),
                "field": form[f"line_{line.pk}"] if f"line_{line.pk}" in form.fields else None,
            }
            for line in order.lines.all()
        ],
        "fee": left.get(None), "fee_cents": to_cents(left[None].left) if None in left else 0,
        "left_cents": to_cents(order.left_to_refund),
        "planned": [
            {"name": names.get(part.share.line_id or 0, _("Delivery by courier")), "part": part}
            for part in (plan.parts if plan else ())
        ],
        "refunds": [refund_shapes.shown(refund) for refund in order.refunds.all()],
    }


# --- The refunds made -----------------------------------------------------------------------------------------
class RefundLineInline(TabularInline):
    model: type[Model] = OrderRefundLine
    fields = ["line", "quantity", "amount"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(OrderRefund)
class OrderRefundAdmin(ReadOnlyAdmin):
    list_display = ["order", "amount", "kind", "shown_state", "reason", "by", "credit_note", "created_at"]
    list_filter = ["kind", "of_return", "restocked", "created_at"]
    search_fields = ["=order__id", "order__user__email", "credit_note__number", "reason"]
    date_hierarchy = "created_at"
    inlines = [RefundLineInline]
    fields = readonly_fields = [
        "order", "kind", "amount", "delivery_fee", "reason", "restocked", "of_return", "by", "transaction",
        "payment_refund", "shown_state", "note", "created_at",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[OrderRefund]:
        rows = super().get_queryset(request).select_related("order", "credit_note", "payment_refund", "by")
        return rows.defer("credit_note__pdf")

    @display(description=_("state of the money"), label=STATE_COLOURS)
    def shown_state(self, refund: OrderRefund) -> tuple[str, str]:
        return refund.state, refund.get_state_display()

    @admin.display(description=_("credit note"))
    def note(self, refund: OrderRefund) -> str:
        url = reverse("admin:shop_invoice_change", args=[refund.credit_note_id])
        return format_html('<a href="{}">{}</a>', url, refund.credit_note)
