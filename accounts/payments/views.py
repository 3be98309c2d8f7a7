"""Page door of topping up the wallet."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from accounts.payments import services
from accounts.payments.forms import TopUpForm
from accounts.payments.models import Payment
from accounts.wallet import queries as wallet
from config.lib.pages import LoginRequired, ServiceFormView


class TopUpView(LoginRequired, ServiceFormView):
    template_name = "accounts/wallet/topup.html"
    form_class = TopUpForm
    success_url = reverse_lazy("accounts:wallet")

    def get_initial(self) -> dict[str, Any]:
        """The key makes a double click one payment."""
        return {"key": uuid4().hex}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(account=wallet.wallet_of(self.request.user), **kwargs)

    def perform(self, form: TopUpForm) -> Payment:
        return services.top_up(actor=self.request.user, **form.service_arguments())

    def form_invalid(self, form: Any) -> HttpResponse:
        """After a refusal the next try is a new payment, not a repeat of the refused one."""
        form.data = {**form.data.dict(), "key": uuid4().hex}
        return super().form_invalid(form)

    def success(self, payment: Payment) -> HttpResponse:
        if payment.status == Payment.Status.EN_COURS:
            messages.info(self.request, _("The payment is on its way. Your wallet is credited as soon as it arrives."))
        else:
            messages.success(self.request, _("Your wallet is credited."))
        return super().success(payment)
