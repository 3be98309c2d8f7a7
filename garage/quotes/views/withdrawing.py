"""The page by which a client withdraws from a contract concluded at a distance."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone

from config.lib.errors import NotFound
from config.lib.pages import ServiceFormView
from garage.quotes import queries, rules, services
from garage.quotes.models import Acceptance
from garage.quotes.views.doors import AtDoor
from garage.quotes.views.forms import WithdrawForm


class WithdrawPage(AtDoor, ServiceFormView):
    """States the name and the contract; its button confirms. Not there for who has no right to withdraw."""

    template_name = "garage/quotes/withdraw.html"
    form_class = WithdrawForm

    @property
    def acceptance(self) -> Acceptance:
        quote = self.door.quote
        found = queries.standing_acceptance(quote)
        if found is None or not rules.may_withdraw(found, quote.status, timezone.localdate()):
            raise NotFound
        return found

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.acceptance.signed_by}

    def perform(self, form: Any) -> Any:
        return services.withdraw(
            actor=self.door.actor, quote_id=self.door.quote.pk, name=form.cleaned_data["name"]
        )

    def success(self, result: Any) -> HttpResponse:
        return HttpResponseRedirect(self.door.url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            door=self.door, quote=self.door.quote, acceptance=self.acceptance, back_url=self.door.url(), **kwargs
        )
