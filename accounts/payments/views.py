"""Page doors of payments: topping up, waiting for a payment, the simulated bank's page."""

from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import View

from accounts.payments import queries, services
from accounts.payments.forms import TopUpForm
from accounts.payments.models import Payment
from accounts.payments.rules import decline_text
from accounts.wallet import queries as wallet
from config.lib.pages import ActionView, LoginRequired, ServiceFormView

POLLS = "HX-Request"
SUGGESTED = (10, 20, 50, 100)  # euros
GO = "aller"


def local_path(request: HttpRequest, path: str, fallback: str) -> str:
    """`path` when it is one of our own pages."""
    fine = path.startswith("/") and url_has_allowed_host_and_scheme(path, {request.get_host()}, request.is_secure())
    return path if fine else fallback


def leave_by(url: str) -> HttpResponse:
    """Sends the whole page elsewhere, also when only a part of it was asked for by htmx."""
    response = HttpResponse()
    response["HX-Redirect"] = url
    return response


def wait(request: HttpRequest, payment: Payment, template: str, **context: Any) -> HttpResponse:
    """The page of a pending payment, which asks again by itself; it needs no script to do so.

    With `?aller=1` the payer is sent on to the provider's page: by a refresh, for the content policy forbids a form
    to end on another site. He comes back without it and waits here.
    """
    waiting = {"payment": payment, "next_url": payment.next_url, **context}
    if request.headers.get(POLLS):
        return render(request, "accounts/payments/_waiting.html", waiting)
    response = render(request, template, waiting)
    on = waiting["next_url"] if request.GET.get(GO) else ""
    response["Refresh"] = f"0; url={on}" if on else "5"
    return response


def wait_url(url: str, payment: Payment) -> str:
    """The waiting page; straight on to the provider's page when the payer has something to do there."""
    return f"{url}?{urlencode({GO: 1})}" if payment.next_url else url


class TopUpView(LoginRequired, ServiceFormView):
    template_name = "accounts/wallet/topup.html"
    form_class = TopUpForm

    def get_initial(self) -> dict[str, Any]:
        """The key makes a double click one payment. A page that found too little in the wallet proposes the amount."""
        return {"key": uuid4().hex, "amount": self.request.GET.get("amount"), "phone": self.request.user.phone}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        options = {
            "CARTE": {"icon": "card"},
            "MOBILE_MONEY": {"icon": "mobile", "text": _("You confirm on your phone, we wait for the answer.")},
        }
        return super().get_context_data(
            account=wallet.wallet_of(self.request.user), options=options, suggested=SUGGESTED, then=self.back(""),
            **kwargs,
        )

    def back(self, fallback: str) -> str:
        asked = self.request.POST.get("then") or self.request.GET.get("then") or ""
        return local_path(self.request, asked, fallback)

    def perform(self, form: TopUpForm) -> Payment:
        return services.top_up(actor=self.request.user, **form.service_arguments())

    def form_invalid(self, form: Any) -> HttpResponse:
        """After a refusal the next try is a new payment, not a repeat of the refused one."""
        form.data = {**form.data.dict(), "key": uuid4().hex}
        return super().form_invalid(form)

    def success(self, payment: Payment) -> HttpResponse:
        if payment.status == Payment.Status.EN_COURS:
            return redirect(wait_url(reverse("accounts:payment", args=[payment.pk]), payment))
        messages.success(self.request, _("Your wallet is credited."))
        return redirect(self.back(reverse("accounts:wallet")))


class PaymentView(LoginRequired, View):
    """One payment of mine: what it waits for, or how it ended."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        payment = queries.get_for(request.user, pk)
        if payment.status == Payment.Status.EN_COURS:
            return wait(request, payment, "accounts/payments/pending.html", poll_url=request.path)
        if request.headers.get(POLLS):
            return leave_by(request.path)
        reason = decline_text(payment.decline_code)
        return render(request, "accounts/payments/ended.html", {"payment": payment, "reason": reason})


class AbandonView(LoginRequired, ActionView):
    """Another way to pay, please: the pending payment is ended first."""

    def perform(self) -> Payment:
        return services.abandon_payment(actor=self.request.user, payment_id=self.kwargs["pk"])

    def back(self, result: Payment | None) -> str:
        own = reverse("accounts:payment", args=[self.kwargs["pk"]])
        return local_path(self.request, self.request.POST.get("then", ""), own)


class SimulatedBankView(View):
    """Plays the bank's page of 3-D Secure for the simulated gateway; the payer comes to it without being known."""

    def get(self, request: HttpRequest, ref: str) -> HttpResponse:
        charge = queries.simulated_charge(ref)
        return render(request, "accounts/payments/simulated_bank.html", {"charge": charge})

    def post(self, request: HttpRequest, ref: str) -> HttpResponse:
        charge = services.answer_simulated_bank(ref=ref, confirm=request.POST.get("answer") == "confirm")
        return redirect(charge.return_url.removeprefix(settings.SITE_URL) or "/")
