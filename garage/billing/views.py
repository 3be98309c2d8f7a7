"""Page doors of bills: my bills, one of them, paying it; by an account or by the signed link."""

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from accounts.payments.models import Method, Payment
from accounts.payments.rules import decline_text
from accounts.payments.views import leave_by, wait, wait_url
from accounts.wallet.queries import wallet_of
from config.lib.actors import SYSTEM
from config.lib.errors import NotFound
from config.lib.money import ZERO
from config.lib.pages import LoginRequired, ServiceFormView, paginate
from config.lib.templatetags.ui import money
from garage.billing import queries, services
from garage.billing.forms import BillFilterForm, BillQuoteForm, LinkPayForm, PartDoneForm
from garage.billing.models import Bill
from garage.clients.queries import works_here
from garage.quotes import opening
from garage.quotes import queries as quotes
from shop.invoices.models import Invoice
from shop.orders.forms import PayForm
from shop.orders.views import PaperView


class BillsPage(LoginRequired, TemplateView):
    template_name = "garage/billing/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = BillFilterForm(self.request.GET)
        rows = queries.visible_to(self.request.user)
        wanted = form.cleaned_data if form.is_valid() else {}
        if wanted.get("status"):
            rows = rows.filter(status=wanted["status"])
        if wanted.get("search"):
            rows = queries.search(rows, wanted["search"])
        return super().get_context_data(
            **kwargs, form=form, page=paginate(self.request, rows.order_by("-pk")), filtered=any(wanted.values())
        )


def shown(bill: Bill) -> dict[str, Any]:
    """What the page of a bill tells, for its client."""
    return {
        "bill": bill, "invoice": bill.invoice, "vehicle": bill.quote.vehicle,
        "pending": queries.payments_of(bill).filter(status=Payment.Status.EN_COURS).exists(),
    }


def read(bill: Bill) -> Bill:
    return queries.detailed(queries.visible_to(SYSTEM)).get(pk=bill.pk)


class BillPage(LoginRequired, TemplateView):
    template_name = "garage/billing/bill.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        bill = read(queries.get_for(user, self.kwargs["pk"]))
        return super().get_context_data(
            **kwargs, **shown(bill), can_pay=bill.due and queries.is_client(user, bill), staff=works_here(user),
            pay_url=reverse("garage:bill_pay", args=[bill.pk]), pdf_url=reverse("garage:bill_pdf", args=[bill.pk]),
        )


class LinkPage(TemplateView):
    """The same by the link, without an account."""

    template_name = "garage/billing/bill.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        token = self.kwargs["token"]
        bill = read(by_link(token))
        return super().get_context_data(
            **kwargs, **shown(bill), can_pay=bill.due, pay_url=reverse("garage:bill_link_pay", args=[token]),
            pdf_url=reverse("garage:bill_link_pdf", args=[token]), by_link=True,
        )


def by_link(token: str) -> Bill:
    bill = queries.bill_for_token(token)
    if bill is None:
        raise NotFound
    return bill


class BillQuotePage(LoginRequired, ServiceFormView):
    """Staff: invoice an accepted quote, or a deposit on it; of one from which the client withdrew, the part done."""

    template_name = "garage/billing/issue.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            self.quote = quotes.get_for(request.user, kwargs["pk"], "write")
            self.main, self.family = queries.family_of(self.quote)
            self.withdrawn = queries.withdrawn(queries.billable(self.family))
        return super().dispatch(request, *args, **kwargs)

    def get_form_class(self) -> type[forms.Form]:
        return PartDoneForm if self.withdrawn else BillQuoteForm

    def get_form_kwargs(self) -> dict[str, Any]:
        given = super().get_form_kwargs()
        if self.withdrawn:
            given["lines"] = [line for quote in self.withdrawn for line in quotes.counting_lines(quote)]
            given["progress"] = {pk: told for quote in self.withdrawn for pk, told in opening.progress(quote).items()}
        return given

    def get_initial(self) -> dict[str, Any]:
        return {"key": uuid4().hex}

    def perform(self, form: BillQuoteForm | PartDoneForm) -> Bill | None:
        data = form.cleaned_data
        if isinstance(form, PartDoneForm) and data["what"] == "nothing":
            services.close_withdrawn(actor=self.request.user, quote_id=self.quote.pk)
            return None
        given = {"actor": self.request.user, "quote_id": self.quote.pk, "due_on": data["due_on"]}
        if isinstance(form, PartDoneForm):
            return services.issue_invoice(**given, buyer_reference=data["buyer_reference"], done=form.done())
        if data["what"] == "deposit":
            return services.issue_deposit(**given, percent=data["deposit_percent"], key=data["key"])
        return services.issue_invoice(**given, buyer_reference=data["buyer_reference"])

    def success(self, result: Bill | None) -> HttpResponse:
        if result is None:
            messages.success(self.request, _("Quote %(number)s has ended. Nothing is due.") % {"number": self.main})
            return redirect("garage:quote_edit", pk=self.main.pk)
        messages.success(self.request, _("%(number)s is issued.") % {"number": result})
        return redirect("garage:bill", pk=result.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        bills = queries.visible_to(SYSTEM).filter(quote=self.main).order_by("pk")
        gone = queries.withdrawn(self.family)
        return super().get_context_data(
            **kwargs, quote=self.main, bills=bills, balance=queries.balance(self.main), part_done=self.withdrawn,
            withdrawals=[{"quote": quote, "acceptance": quotes.withdrawal_from(quote)} for quote in gone],
        )


# --- Paying ---------------------------------------------------------------------------------------------------
class Paying(ServiceFormView):
    """The question; while a payment is under way, the wait; afterwards the bill. A subclass finds `bill` and says who
    pays."""

    template_name = "garage/billing/pay.html"
    bill: Bill
    payer: Any

    def bill_url(self) -> str:
        raise NotImplementedError

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = request.headers.get("HX-Request")
        if not self.bill.due:
            return leave_by(self.bill_url()) if asked else redirect(self.bill_url())
        live = queries.payments_of(self.bill).filter(status=Payment.Status.EN_COURS, extra=False).first()
        if live is None:
            if asked:  # it was declined after all: the question again
                return leave_by(request.path)
            return super().get(request, *args, **kwargs)
        return wait(
            request, live, "garage/billing/pending.html", bill=self.bill, bill_url=self.bill_url(),
            poll_url=request.path, then=request.path, no_stop=self.payer is SYSTEM,
        )

    def get_initial(self) -> dict[str, Any]:
        return {"key": uuid4().hex}

    def perform(self, form: Any) -> Payment:
        data = form.cleaned_data
        payment, self.bill = services.pay_bill(
            actor=self.payer, bill_id=self.bill.pk, method=data["method"], token=form.payment_token(),
            key=data["key"], return_to=self.request.path,
        )
        return payment

    def form_invalid(self, form: Any) -> HttpResponse:
        """A refused payment is over: the next try carries a new key."""
        form.data = form.data.copy()
        form.data["key"] = uuid4().hex
        return super().form_invalid(form)

    def success(self, result: Payment) -> HttpResponse:
        if result.status == Payment.Status.EN_COURS:
            return redirect(wait_url(self.request.path, result))
        messages.success(self.request, _("Thank you. Your payment has arrived."))
        return redirect(self.bill_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        options = {
            Method.CARTE: {"icon": "card", "text": _("Paid at once. A refund goes back to the same card.")},
            Method.MOBILE_MONEY: {"icon": "mobile", "text": _("You confirm on your phone, we wait for the answer.")},
        }
        last = queries.payments_of(self.bill).last()
        refused = last is not None and last.status == Payment.Status.REFUSE
        return {
            "bill": self.bill, "invoice": self.bill.invoice, "bill_url": self.bill_url(), "options": options,
            "failed": decline_text(last.decline_code) if last and refused else "", **super().get_context_data(**kwargs),
        }


class PayPage(LoginRequired, Paying):
    form_class = PayForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return super().dispatch(request, *args, **kwargs)
        self.payer = request.user
        self.bill = queries.get_for(request.user, kwargs["pk"], "pay")
        return super().dispatch(request, *args, **kwargs)

    def bill_url(self) -> str:
        return reverse("garage:bill", args=[self.bill.pk])

    def get_initial(self) -> dict[str, Any]:
        return {**super().get_initial(), "phone": self.request.user.phone}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"wallet": money(wallet_of(self.request.user).available)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        missing = max(self.bill.due - wallet_of(self.request.user).available, ZERO)
        purse = _("Taken from what you hold here, at once.")
        if missing:
            purse = _("%(amount)s are missing for this invoice.") % {"amount": money(missing)}
        context["options"][Method.PORTEFEUILLE] = {"icon": "wallet", "text": purse}
        return context | {"missing": missing}


class LinkPayPage(Paying):
    form_class = LinkPayForm
    payer = SYSTEM

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.bill = by_link(kwargs["token"])
        return super().dispatch(request, *args, **kwargs)

    def bill_url(self) -> str:
        return reverse("garage:bill_link", args=[self.kwargs["token"]])


# --- Papers ---------------------------------------------------------------------------------------------------
class BillPdf(LoginRequired, PaperView):
    back_label = gettext_lazy("Back to the invoice")

    def paper(self) -> Invoice:
        bill = queries.get_for(self.request.user, self.kwargs["pk"])
        return queries.paper_of(bill, self.kwargs.get("credit"))

    def back(self) -> str:
        return reverse("garage:bill", args=[self.kwargs["pk"]])


class LinkPdf(PaperView):
    back_label = gettext_lazy("Back to the invoice")

    def paper(self) -> Invoice:
        return queries.paper_of(by_link(self.kwargs["token"]), self.kwargs.get("credit"))

    def back(self) -> str:
        return reverse("garage:bill_link", args=[self.kwargs["token"]])
