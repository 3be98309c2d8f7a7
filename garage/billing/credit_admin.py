"""The credit note of a bill in the admin: lines, an amount or all that is left; what it takes back and what goes back
is shown first, then done."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminRadioSelectWidget, UnfoldAdminTextInputWidget

from config.lib.errors import DomainError, NotFound
from config.lib.money import ZERO
from config.lib.pages import add_domain_error
from config.lib.templatetags.ui import money
from garage.billing import queries, services
from garage.billing.models import Bill
from garage.billing.services.crediting import Plan


class CreditForm(forms.Form):
    """A quantity for each line of the invoice that has some left, or an amount, or everything."""

    what = forms.ChoiceField(
        label=_("What is taken back"), initial="lines", widget=UnfoldAdminRadioSelectWidget,
        choices=[
            ("lines", _("lines of the invoice")), ("amount", _("an amount")),
            ("all", _("all that is left; its quotes may be invoiced again")),
        ],
    )
    amount = forms.DecimalField(
        label=_("Amount"), required=False, decimal_places=2, max_digits=9, min_value=Decimal("0.01"),
        widget=UnfoldAdminDecimalFieldWidget,
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=UnfoldAdminTextInputWidget,
        help_text=_("The client reads it on the credit note."),
    )
    # What the preview said: another sum is shown again before anything is credited.
    agreed = forms.DecimalField(required=False, widget=forms.HiddenInput())
    before = forms.DecimalField(required=False, widget=forms.HiddenInput())  # what had been credited by then

    def __init__(self, *args: Any, bill: Bill, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.rows = queries.lines_left(bill)
        for rank, _row, left, _share in self.rows:
            if left:
                self.fields[f"line_{rank}"] = forms.DecimalField(
                    label=_("how much to take back"), required=False, min_value=0, max_value=left, decimal_places=2,
                    widget=UnfoldAdminDecimalFieldWidget(attrs={"inputmode": "decimal", "style": "max-width:8rem"}),
                )

    def given(self) -> list[int]:
        return [rank for rank, *_left in self.rows if self.cleaned_data.get(f"line_{rank}")]

    def wanted(self) -> dict[str, Any]:
        """What `plan_credit` and `credit_bill` take."""
        data = self.cleaned_data
        if data["what"] == "all":
            return {}
        if data["what"] == "amount":
            return {"amount": data["amount"] if data["amount"] is not None else ZERO}
        return {"lines": [{"line": rank, "quantity": data[f"line_{rank}"]} for rank in self.given()]}

    def refuse(self, error: DomainError) -> None:
        """Put a refusal where it belongs; `lines.N.…` names the N-th quantity that was given."""
        given = self.given()
        for field in list(error.errors):
            parts = field.split(".")
            if len(parts) == 3 and parts[0] == "lines":
                error.errors[f"line_{given[int(parts[1])]}"] = error.errors.pop(field)
        add_domain_error(self, error)


def credit_page(site: admin.ModelAdmin, request: HttpRequest, bill_id: int) -> HttpResponse:
    """Choose, look, confirm. Nothing is credited before the sum that was shown is confirmed."""
    bill = queries.get_for(request.user, bill_id, "write")
    form = CreditForm(request.POST or None, bill=bill)
    plan = None
    if request.method == "POST" and form.is_valid():
        try:
            plan = services.plan_credit(actor=request.user, bill_id=bill.pk, **form.wanted())  # type: ignore[arg-type]
            if "confirm" in request.POST and form.cleaned_data["agreed"] == plan.amount:
                return _credit(request, form, bill)
        except NotFound:
            raise
        except DomainError as error:
            form.refuse(error)
            plan = None
    return TemplateResponse(
        request, "admin/bill_credit.html", _context(site, request, bill, form, plan),
        status=422 if form.errors else 200,
    )


def _credit(request: HttpRequest, form: CreditForm, bill: Bill) -> HttpResponse:
    done = services.credit_bill(
        actor=request.user, bill_id=bill.pk, reason=form.cleaned_data["reason"],  # type: ignore[arg-type]
        before=form.cleaned_data["before"], **form.wanted(),
    )
    messages.success(request, _("%(note)s: %(amount)s credited on %(bill)s.") % {
        "note": done, "amount": money(done.amount), "bill": bill
    })
    return HttpResponseRedirect(reverse("admin:garage_bill_change", args=[bill.pk]))


def _context(
    site: admin.ModelAdmin, request: HttpRequest, bill: Bill, form: CreditForm, plan: Plan | None
) -> dict[str, Any]:
    online, counter = queries.would_go_back(bill, plan.amount) if plan else (ZERO, ZERO)
    return {
        **site.admin_site.each_context(request), "opts": site.model._meta, "bill": bill, "form": form, "plan": plan,
        "title": _("Credit note on %(bill)s") % {"bill": bill}, "left": bill.amount - bill.credited,
        "rows": [
            {
                "name": row["description"], "quantity": Decimal(row["quantity"]), "price": Decimal(row["unit_price"]),
                "rate": Decimal(row["vat_rate"]), "left": left, "share": share,
                "field": form[f"line_{rank}"] if left else None,
            }
            for rank, row, left, share in form.rows
        ],
        "whole": bool(plan) and bill.credited + plan.amount == bill.amount,  # type: ignore[union-attr]
        "online": online, "counter": counter, "due": max(bill.due - plan.amount, ZERO) if plan else bill.due,
        "credits": bill.credits.select_related("credit_note", "by").defer("credit_note__pdf").order_by("pk"),
    }
