"""Page doors of money that leaves."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from accounts.payouts import queries, services
from accounts.payouts.forms import DestinationForm, WithdrawForm
from accounts.payouts.models import Payout
from accounts.payouts.rules import next_run
from accounts.users.stepup import StepUpPage
from accounts.wallet.queries import wallet_of
from config.lib.pages import ActionView, LoginRequired, ServiceFormView, paginate


class PayoutsView(LoginRequired, TemplateView):
    """What I earned and may have, when I am paid next, and everything that was paid."""

    template_name = "accounts/payouts/payouts.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user: Any = self.request.user
        weekly = next((row for row in queries.destinations_of(user) if row.automatic), None)
        return super().get_context_data(
            earnings=queries.earnings_of(user), weekly=weekly, minimum=settings.PAYOUT_MINIMUM,
            next_run=next_run(timezone.localtime()), page=paginate(self.request, queries.payouts_of(user)), **kwargs,
        )


class PayoutView(LoginRequired, TemplateView):
    template_name = "accounts/payouts/payout.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        payout = queries.get_for(self.request.user, self.kwargs["pk"])
        mine = payout.account.user == self.request.user
        return super().get_context_data(
            payout=payout, events=_events(payout), may_cancel=mine and payout.cancellable, **kwargs
        )


# What each step means to the person who waits for the money.
STEPS = {
    Payout.Status.A_VALIDER: _("Asked for; we look at it before it leaves"),
    Payout.Status.PRET: _("Ready to leave"),
    Payout.Status.ENVOYE: _("Sent"),
    Payout.Status.PAYE: _("Paid"),
    Payout.Status.REFUSE: _("Refused; the amount is in your wallet"),
    Payout.Status.ANNULE: _("Cancelled; the amount is in your wallet"),
    Payout.Status.ECHOUE: _("Did not arrive; we take care of it"),
    Payout.Status.RENDU: _("Given back to your wallet"),
    Payout.Status.RELANCE: _("Sent again as another payout"),
}


def _events(payout: Payout) -> list[dict[str, Any]]:
    """The timeline, with what comes next."""
    rows = [
        {"at": row.at, "title": STEPS[Payout.Status(row.to_status)], "detail": row.reason} for row in _told(payout)
    ]
    bad = payout.status in (Payout.Status.REFUSE, Payout.Status.ANNULE, Payout.Status.ECHOUE)
    rows[-1]["state"] = "stop" if bad else "current" if payout.status in Payout.WAITING else "done"
    if payout.status in Payout.WAITING:
        rows.append({"title": _("Paid"), "state": "next", "expected": _expected(payout)})
    return rows


def _told(payout: Payout) -> list[Any]:
    return list(payout.history.order_by("pk"))


def _expected(payout: Payout) -> str:
    if payout.batch is not None:
        return str(_("on %(date)s at the earliest") % {"date": date_format(payout.batch.execution_date)})
    return ""


class CancelView(LoginRequired, ActionView):
    success_message = _("The payout is cancelled. The amount is in your wallet.")

    def perform(self) -> Payout:
        return services.cancel(actor=self.request.user, payout_id=self.kwargs["pk"])

    def back(self, result: Any) -> str:
        return reverse("accounts:payout", args=[self.kwargs["pk"]])


class WithdrawView(LoginRequired, StepUpPage, ServiceFormView):
    template_name = "accounts/payouts/withdraw.html"
    form_class = WithdrawForm
    success_message = _("We have your request. The amount is set aside until it has left.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Without a destination there is nothing to choose: name one first."""
        if not queries.destinations_of(request.user).exists():
            return HttpResponseRedirect(reverse("accounts:destination_new") + "?next=retirer")
        return super().get(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        """The key makes a double click one payout."""
        return {"key": uuid4().hex}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "destinations": list(queries.destinations_of(self.request.user))}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            account=wallet_of(self.request.user), limit=settings.WITHDRAW_REVIEW_ABOVE,
            new_limit=settings.WITHDRAW_REVIEW_NEW_ABOVE, **kwargs,
        )

    def perform(self, form: WithdrawForm) -> Payout:
        return services.withdraw(actor=self.request.user, **form.cleaned_data)

    def success(self, payout: Payout) -> HttpResponse:
        self.success_url = reverse("accounts:payout", args=[payout.pk])
        return super().success(payout)


class DestinationsView(LoginRequired, TemplateView):
    template_name = "accounts/payouts/destinations.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = paginate(self.request, queries.destinations_of(self.request.user))
        return super().get_context_data(page=rows, minimum=settings.PAYOUT_MINIMUM, **kwargs)


class DestinationNewView(LoginRequired, StepUpPage, ServiceFormView):
    template_name = "accounts/payouts/destination_new.html"
    form_class = DestinationForm
    success_message = _("You can be paid there now. We have told you by mail, in case it was not you.")

    def get_initial(self) -> dict[str, Any]:
        return {"holder": self.request.user.get_full_name()}

    def get_success_url(self) -> str:
        on = self.request.GET.get("next") == "retirer"
        return reverse("accounts:withdraw" if on else "accounts:destinations")

    def perform(self, form: DestinationForm) -> Any:
        return services.add_destination(actor=self.request.user, **form.cleaned_data)


class DestinationChangeView(LoginRequired, StepUpPage, ActionView):
    """The buttons of a destination: `default`, or `automatic` on or off."""

    def perform(self) -> Any:
        asked = self.request.POST
        return services.change_destination(
            actor=self.request.user, destination_id=self.kwargs["pk"],
            is_default=True if "default" in asked else None,
            automatic=asked["automatic"] == "on" if "automatic" in asked else None,
        )

    def back(self, result: Any) -> str:
        return reverse("accounts:destinations")


class DestinationRemoveView(LoginRequired, ActionView):
    success_message = _("The destination is removed.")

    def perform(self) -> None:
        services.remove_destination(actor=self.request.user, destination_id=self.kwargs["pk"])

    def back(self, result: Any) -> str:
        return reverse("accounts:destinations")
