"""Admin of bills. Nothing is edited: every step is a dialog that calls its service, with the staff as author."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.forms import BaseDialogForm
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from config.lib.admin import HistoryInline, ReadOnlyAdmin, ReadOnlyInline
from config.lib.errors import DomainError
from config.lib.templatetags.ui import money
from garage.billing import queries, services
from garage.billing.credit_admin import credit_page
from garage.billing.models import COUNTER_CHOICES, Bill, BillChange, BillCredit, BillPayment
from garage.clients.queries import works_here


class PaymentInline(ReadOnlyInline):
    model: type[Model] = BillPayment
    fields = readonly_fields = ["received_on", "means", "amount", "note", "reason", "undoes", "by", "at"]

class CreditInline(ReadOnlyInline):
    model: type[Model] = BillCredit
    fields = readonly_fields = ["credit_note", "amount", "reason", "by", "at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[BillCredit]:
        return super().get_queryset(request).select_related("credit_note").defer("credit_note__pdf")


class BillHistory(HistoryInline):
    model: type[Model] = BillChange


class DueFilter(admin.SimpleListFilter):
    title = _("what waits")
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, site: Any) -> list[tuple[str, Any]]:
        return [("due", _("to be paid")), ("overdue", _("overdue")), ("return", _("money to give back"))]

    def queryset(self, request: HttpRequest, rows: QuerySet[Bill]) -> QuerySet[Bill]:
        if self.value() == "due":
            return rows.filter(status=Bill.Status.EMISE)
        if self.value() == "overdue":
            return queries.overdue(rows)
        return queries.to_return(rows) if self.value() == "return" else rows


def _amount(**kwargs: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=_("Amount"), min_value=Decimal("0.01"), max_digits=9, decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget, **kwargs,
    )


def _means() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Means of payment"), choices=COUNTER_CHOICES,
        widget=UnfoldAdminSelectWidget,
    )


class BillDialog(BaseDialogForm):
    """A dialog that knows its bill."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.bill = Bill.objects.filter(pk=self.object_id).first() or Bill()
        self.fill(self.bill)

    def fill(self, bill: Bill) -> None:
        """Put in what the bill says."""


class KeyedForm(BillDialog):
    """A second click sends the same key."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False, initial=lambda: uuid4().hex)


class TakeForm(KeyedForm):
    means = _means()
    amount = _amount()
    received_on = forms.DateField(
        label=_("Received on"), required=False, widget=UnfoldAdminTextInputWidget(attrs={"type": "date"})
    )
    remark = forms.CharField(
        label=_("Note"), max_length=120, required=False, widget=UnfoldAdminTextInputWidget,
        help_text=_("number of the cheque, payer's name…"),
    )

    def fill(self, bill: Bill) -> None:
        self.fields["amount"].initial = bill.due


class GiveBackForm(KeyedForm):
    means = _means()
    amount = _amount()
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False, widget=UnfoldAdminTextInputWidget)

    def fill(self, bill: Bill) -> None:
        self.fields["amount"].initial = bill.to_return


class ReverseForm(BillDialog):
    row_id = forms.TypedChoiceField(label=_("Which payment"), coerce=int, widget=UnfoldAdminSelectWidget)
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=UnfoldAdminTextInputWidget)

    def fill(self, bill: Bill) -> None:
        self.fields["row_id"].choices = [  # type: ignore[attr-defined]
            (row.pk, " · ".join([date_format(row.received_on), str(row.get_means_display()), money(row.amount)]))
            for row in (queries.correctable(bill) if bill.pk else ())
        ]


def _dialog(title: Any, form_class: type[BaseDialogForm], text: Any = "") -> dict[str, Any]:
    return {"title": title, "description": text, "form_class": form_class, "form_submit_text": title}


@admin.register(Bill)
class BillAdmin(ReadOnlyAdmin):
    list_display = ["number", "kind", "status", "client", "amount", "left", "due_on", "issued"]
    list_filter = [DueFilter, "status", "kind", "due_on"]
    search_fields = ["invoice__number", "quote__number", "quote__client__name", "quote__vehicle__plate"]
    search_help_text = _("Number of the invoice or quote, client, plate")
    inlines = [PaymentInline, CreditInline, BillHistory]
    actions_detail = ["take", "reverse_row", "credit", "give_back"]
    fields = readonly_fields = [
        "number", "kind", "status", "client", "quote", "billed", "amount", "paid", "credited", "left", "back",
        "due_on", "reminders", "deducted_by", "papers", "pay_link", "created_at",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Bill]:
        rows = super().get_queryset(request).select_related("invoice", "quote__client", "deducted_by__invoice")
        return rows.defer("invoice__pdf", "deducted_by__invoice__pdf")

    def has_handle_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return works_here(request.user)

    @admin.display(description=_("number"), ordering="invoice__number")
    def number(self, bill: Bill) -> str:
        return str(bill)

    @admin.display(description=_("client"), ordering="quote__client__name")
    def client(self, bill: Bill) -> str:
        return bill.quote.client.name

    @admin.display(description=_("issued"), ordering="invoice__issued_at")
    def issued(self, bill: Bill) -> Any:
        return bill.invoice.issued_at

    @admin.display(description=_("left to pay"))
    def left(self, bill: Bill) -> str:
        return money(bill.due)

    @admin.display(description=_("to give back"))
    def back(self, bill: Bill) -> str:
        return money(bill.to_return)

    @admin.display(description=_("quotes billed"))
    def billed(self, bill: Bill) -> str:
        return ", ".join(quote.number for quote in bill.covers.all()) or "-"

    @admin.display(description=_("papers"))
    def papers(self, bill: Bill) -> str:
        found = [(bill.invoice_id, bill.invoice.number)]
        found += [(row.credit_note_id, row.credit_note.number) for row in bill.credits.select_related("credit_note")]
        rows = [(reverse("admin:shop_invoice_change", args=[pk]), number) for pk, number in found]
        return format_html_join(" · ", '<a href="{}">{}</a>', rows)

    @admin.display(description=_("link to pay"))
    def pay_link(self, bill: Bill) -> str:
        url = queries.public_url(bill)
        return format_html('<a href="{}">{}</a>', url, url)

    # --- Dialogs ----------------------------------------------------------------------------------------------
    def _do(self, request: HttpRequest, service: Any, object_id: Any, **given: Any) -> HttpResponse:
        try:
            given.pop("_form_submitted", None)
            service(actor=request.user, bill_id=int(object_id), **given)
        except DomainError as error:
            texts = [str(text) for texts in error.errors.values() for text in texts]
            messages.error(request, " ".join([str(error), *texts]))
        else:
            bill = queries.get_for(request.user, int(object_id))
            messages.success(request, _("%(bill)s: %(status)s, %(left)s left to pay.") % {
                "bill": bill, "status": bill.get_status_display(), "left": money(bill.due),
            })
        url = reverse("admin:garage_bill_change", args=[object_id])
        return HttpResponse(headers={"HX-Redirect": url})

    @action(
        description=_("Take a payment"), permissions=["handle"], icon="payments",
        dialog=_dialog(_("Take a payment"), TakeForm, _("Cash, cheque, transfer or the card terminal.")),
    )
    def take(self, request: HttpRequest, form: TakeForm, object_id: int) -> HttpResponse:
        return self._do(request, services.take_payment, object_id, **form.cleaned_data)

    @action(
        description=_("Correct a payment"), permissions=["handle"], icon="undo",
        dialog=_dialog(_("Correct a payment"), ReverseForm, _("A counter-entry is booked; the bill is due again.")),
    )
    def reverse_row(self, request: HttpRequest, form: ReverseForm, object_id: int) -> HttpResponse:
        return self._do(request, services.reverse_payment, object_id, **form.cleaned_data)

    @action(description=_("Credit note"), permissions=["handle"], icon="assignment_return")
    def credit(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return credit_page(self, request, int(object_id))

    @action(
        description=_("Give money back"), permissions=["handle"], icon="currency_exchange",
        dialog=_dialog(_("Give money back"), GiveBackForm, _("What a credit note left too much on this bill.")),
    )
    def give_back(self, request: HttpRequest, form: GiveBackForm, object_id: int) -> HttpResponse:
        return self._do(request, services.give_back, object_id, **form.cleaned_data)
