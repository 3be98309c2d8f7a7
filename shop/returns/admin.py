"""Admin of returns: decide, receive, refund."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldBooleanSwitchWidget

from config.lib.admin import HistoryInline, ReadOnlyAdmin, each
from config.lib.templatetags.ui import money
from shop.catalogue.admin import back_to
from shop.orders.admin import ReadOnlyInline, ReasonForm, SureForm, dialog
from shop.returns import queries, services
from shop.returns.api import photo_url
from shop.returns.models import Return, ReturnChange, ReturnLine, ReturnPhoto


class ReceiveForm(BaseDialogForm):
    restock = forms.BooleanField(
        label=_("Put the articles back into the stock"), required=False, widget=UnfoldBooleanSwitchWidget,
        help_text=_("Only what can be sold again as new."),
    )


class ReturnLineInline(ReadOnlyInline):
    model: type[Model] = ReturnLine
    fields = ["line", "quantity", "amount"]


class ReturnPhotoInline(ReadOnlyInline):
    model: type[Model] = ReturnPhoto
    fields = readonly_fields = ["picture"]

    @admin.display(description=_("photo"))
    def picture(self, photo: ReturnPhoto) -> SafeString:
        url = photo_url(photo.goods_return, photo.pk)
        return format_html('<a href="{}"><img src="{}" alt="{}" style="max-height:12rem"></a>', url, url, photo)


class ReturnHistoryInline(HistoryInline):
    model: type[Model] = ReturnChange


@admin.register(Return)
class ReturnAdmin(ReadOnlyAdmin):
    list_display = ["number", "order", "customer", "goods", "reason", "shown_amount", "shown_status", "created_at"]
    list_filter = ["status", "reason", "created_at"]
    search_fields = ["=id", "=order__id", "order__user__email", "order__user__last_name", "lines__line__name", "note"]
    list_select_related = ["order__user"]
    date_hierarchy = "created_at"
    inlines = [ReturnLineInline, ReturnPhotoInline, ReturnHistoryInline]
    fields = readonly_fields = [
        "number", "order", "customer", "status", "reason", "note", "amount", "refunded", "restocked", "created_at",
    ]
    actions = ["accept_selected", "refund_selected"]
    actions_detail = ["accept", "refuse", "receive", "refund"]

    def has_handle_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("shop.change_return")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Return]:
        return queries.with_details(super().get_queryset(request)).select_related("order__user")

    @display(description=_("status"), label={
        "DEMANDE": "warning", "ACCEPTE": "info", "REFUSE": "danger", "RECU": "warning", "REMBOURSE": "success",
    })
    def shown_status(self, back: Return) -> tuple[str, str]:
        return back.status, back.get_status_display()

    @admin.display(description=_("customer"))
    def customer(self, back: Return) -> str:
        return back.order.user.email

    @admin.display(description=_("articles"))
    def goods(self, back: Return) -> str:
        return ", ".join(str(line) for line in back.lines.all())

    @admin.display(description=_("to refund"), ordering="amount")
    def shown_amount(self, back: Return) -> str:
        return money(back.amount)

    def _do(
        self, request: HttpRequest, object_id: int, service: Callable[..., Any], **given: Any
    ) -> HttpResponse:
        """One service from a dialog."""
        rows = Return.objects.filter(pk=object_id)
        each(request, rows, lambda back: service(actor=request.user, return_id=back.pk, **given))
        return back_to(request, "return", object_id)

    @admin.action(description=_("Accept"), permissions=["handle"])
    def accept_selected(self, request: HttpRequest, queryset: QuerySet[Return]) -> None:
        each(request, queryset, lambda back: services.accept(actor=request.user, return_id=back.pk))

    @admin.action(description=_("Refund"), permissions=["handle"])
    def refund_selected(self, request: HttpRequest, queryset: QuerySet[Return]) -> None:
        each(request, queryset, lambda back: services.refund_return(actor=request.user, return_id=back.pk))

    @action(
        description=_("Accept"), permissions=["handle"], icon="check",
        dialog=dialog(_("Accept the return"), SureForm, _("The customer is asked to bring or send it back.")),
    )
    def accept(self, request: HttpRequest, form: SureForm, object_id: int) -> HttpResponse:
        return self._do(request, object_id, services.accept)

    @action(
        description=_("Refuse"), permissions=["handle"], icon="block",
        dialog=dialog(_("Refuse the return"), ReasonForm, _("The customer reads the reason.")),
    )
    def refuse(self, request: HttpRequest, form: ReasonForm, object_id: int) -> HttpResponse:
        return self._do(request, object_id, services.refuse, reason=form.cleaned_data["reason"])

    @action(
        description=_("Received"), permissions=["handle"], icon="inventory",
        dialog=dialog(_("The articles are here"), ReceiveForm),
    )
    def receive(self, request: HttpRequest, form: ReceiveForm, object_id: int) -> HttpResponse:
        return self._do(request, object_id, services.receive, restock=form.cleaned_data["restock"])

    @action(
        description=_("Refund"), permissions=["handle"], icon="undo",
        dialog=dialog(_("Refund the return"), SureForm, _("The money goes back the way it came, with a credit note.")),
    )
    def refund(self, request: HttpRequest, form: SureForm, object_id: int) -> HttpResponse:
        return self._do(request, object_id, services.refund_return)
