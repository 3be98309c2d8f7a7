"""Paying an order on the pages: choose how, wait when the provider needs time."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.payments.models import Method, Payment
from accounts.payments.queries import live_payment, payments_of
from accounts.payments.rules import decline_text
from accounts.payments.views import leave_by, wait, wait_url
from accounts.wallet.queries import wallet_of
from config.lib.errors import Forbidden
from config.lib.money import ZERO
from config.lib.pages import LoginRequired, ServiceFormView
from config.lib.templatetags.ui import money
from shop.orders import queries, services
from shop.orders.forms import PayForm
from shop.orders.models import Order


class PayView(LoginRequired, ServiceFormView):
    template_name = "shop/orders/pay.html"
    form_class = PayForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return super().dispatch(request, *args, **kwargs)
        self.order = queries.get_for(request.user, kwargs["pk"])
        if self.order.user_id != request.user.pk:
            raise Forbidden
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The question; while a payment is under way, the wait; afterwards the order."""
        waiting = request.headers.get("HX-Request")
        if self.order.status not in Order.UNPAID or self.order.is_expired:
            return leave_by(self.order_url()) if waiting else redirect(self.order_url())
        live = live_payment(self.order.reference)
        if live is None:
            if waiting:  # it was declined after all: the question again
                return leave_by(request.path)
            return super().get(request, *args, **kwargs)
        return wait(
            request, live, "shop/orders/pending.html", order=self.order, poll_url=request.path, then=request.path
        )

    def order_url(self) -> str:
        return redirect("shop:order", pk=self.order.pk).url

    def get_initial(self) -> dict[str, Any]:
        return {"key": uuid4().hex, "phone": self.request.user.phone}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"wallet": money(wallet_of(self.request.user).available)}

    def perform(self, form: PayForm) -> Payment:
        data = form.cleaned_data
        payment, self.order = services.pay_order(
            actor=self.request.user, order_id=self.order.pk, method=data["method"], token=form.payment_token(),
            key=data["key"],
        )
        return payment

    def form_invalid(self, form: PayForm) -> HttpResponse:
        """A refused payment is over: the next try carries a new key."""
        form.data = form.data.copy()
        form.data["key"] = uuid4().hex
        return super().form_invalid(form)

    def success(self, result: Payment) -> HttpResponse:
        if result.status == Payment.Status.EN_COURS:
            return redirect(wait_url(self.request.path, result))
        messages.success(self.request, _("Thank you. Your payment has arrived."))
        return redirect(self.order_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        missing = max(self.order.total - wallet_of(self.request.user).available, ZERO)
        purse = _("Taken from what you hold here, at once.")
        if missing:
            purse = _("%(amount)s are missing for this order.") % {"amount": money(missing)}
        options = {
            Method.CARTE: {"icon": "card", "text": _("Paid at once. A refund goes back to the same card.")},
            Method.PORTEFEUILLE: {"icon": "wallet", "text": purse},
            Method.MOBILE_MONEY: {"icon": "mobile", "text": _("You confirm on your phone, we wait for the answer.")},
        }
        last = payments_of(self.order.reference).last()
        return super().get_context_data(
            **kwargs, order=self.order, lines=self.order.lines.all(), options=options, missing=missing,
            failed=decline_text(last.decline_code) if last and last.status == Payment.Status.REFUSE else "",
        )
