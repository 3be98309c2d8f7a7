"""Page doors of the wallet."""

from typing import Any
from uuid import uuid4

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from accounts.wallet import queries, services
from accounts.wallet.forms import TransferForm
from config.lib.pages import LoginRequired, ServiceFormView, paginate


class WalletView(LoginRequired, TemplateView):
    template_name = "accounts/wallet/wallet.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        account = queries.wallet_of(self.request.user)
        return super().get_context_data(
            account=account,
            page=paginate(self.request, queries.statement(account)),
            holds=queries.active_holds(account),
            **kwargs,
        )


class TransferView(LoginRequired, ServiceFormView):
    template_name = "accounts/wallet/transfer.html"
    form_class = TransferForm
    success_url = reverse_lazy("accounts:wallet")
    success_message = _("The money is sent.")

    def get_initial(self) -> dict[str, Any]:
        """The key makes a double click one transfer."""
        return {"key": uuid4().hex}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(account=queries.wallet_of(self.request.user), **kwargs)

    def perform(self, form: TransferForm) -> Any:
        return services.transfer(actor=self.request.user, **form.cleaned_data)
