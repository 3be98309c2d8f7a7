"""Page /garage/mes-accords/: what I agree to receive from the garage."""

from typing import Any

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from config.lib.errors import NotFound
from config.lib.pages import LoginRequired, ServiceFormView
from garage.clients import queries, services
from garage.clients.forms import AgreementsForm
from garage.clients.models import Client


class AgreementsPage(LoginRequired, ServiceFormView):
    template_name = "garage/clients/agreements.html"
    form_class = AgreementsForm
    success_url = reverse_lazy("garage:agreements")
    success_message = _("Your choices are saved.")

    def _client(self) -> Client:
        client = queries.of_user(self.request.user)
        if client is None:
            raise NotFound
        return client

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "agreements": queries.agreements(self._client())}

    def perform(self, form: AgreementsForm) -> None:
        services.record_consents(actor=self.request.user, client_id=self._client().pk, answers=form.cleaned_data)
