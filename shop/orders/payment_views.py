"""Paying an order on the pages: choose how, wait when the provider needs time."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.payments.models import Method, Payment
from accounts.payments.queries import live_payment
from accounts.wallet.queries import wallet_of
from config.lib.errors import Forbidden
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
            if waiting:
                response = HttpResponse()
                response["HX-Redirect"] = self.order_url()
                return response
            return redirect(self.order_url())
        live = live_payment(self.order.reference)
        if live is None:
            if waiting:  # it was declined after all: the question again
                response = HttpResponse()
                response["HX-Redirect"] = request.path
                return response
            return super().get(request, *args, **kwargs)
        if waiting:
            return render(request, "shop/orders/_payment_wait.html", {"order": self.order})
        response = render(request, "shop/orders/pending.html", {"order": self.order, "payment": live})
        response["Refresh"] = "5"
        return response

    def order_url(self) -> str:
        return redirect("shop:order", pk=self.order.pk).url

    def get_initial(self) -> dict[str, Any]:
        return {"key": uuid4().hex}

    def get_form_kwargs(self) -> dict[str, Any]:
        account = wallet_of(self.request.user)
        return super().get_form_kwargs() | {"wallet": money(account.balance - account.held)}

    def perform(self, form: PayForm) -> Payment:
        data = form.cleaned_data
        token = "" if data["method"] == Method.PORTEFEUILLE else data["token"] or "tok_ok"
        payment, self.order = services.pay_order(
            actor=self.request.user, order_id=self.order.pk, method=data["method"], token=token, key=data["key"]
        )
        return payment

    def form_invalid(self, form: PayForm) -> HttpResponse:
        """A refused payment is over: the next try carries a new key."""
        form.data = form.data.copy()
        form.data["key"] = uuid4().hex
        return super().form_invalid(form)

    def success(self, result: Payment) -> HttpResponse:
        if result.status == Payment.Status.EN_COURS:
            return redirect("shop:order_pay", pk=self.order.pk)
        messages.success(self.request, _("Thank you. Your payment has arrived."))
        return redirect(self.order_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lines = self.order.lines.all()
        options = {
            Method.CARTE: {"icon": "card", "text": _("Paid at once. A refund goes back to the same card.")},
            Method.PORTEFEUILLE: {"icon": "wallet", "text": _("Taken from what you hold here, at once.")},
            Method.MOBILE_MONEY: {"icon": "mobile", "text": _("You confirm on your phone, we wait for the answer.")},
        }
        return super().get_context_data(**kwargs, order=self.order, lines=lines, options=options)
