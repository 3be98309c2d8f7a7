"""Page doors of a community's money: contributing, asking, voting."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from accounts.communities import queries, services
from accounts.communities.forms import AskForm, ContributeForm
from accounts.communities.models import SpendingRequest, Visibility
from accounts.communities.queries import Right
from accounts.communities.timeline import events
from accounts.communities.views import InCommunity
from accounts.users.stepup import StepUpPage
from accounts.wallet.queries import wallet_of
from config.lib.pages import ActionView, ServiceFormView, paginate


class ContributeView(InCommunity, StepUpPage, ServiceFormView):
    right = Right.GIVE
    template_name = "accounts/communities/contribute.html"
    form_class = ContributeForm
    success_message = gettext_lazy("Thank you. The money is in the pot.")

    def get_initial(self) -> dict[str, Any]:
        """The key makes a double click one contribution."""
        return {"key": uuid4().hex}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            account=wallet_of(self.request.user), monthly=queries.monthly_of(self.community, self.request.user),
            **kwargs,
        )

    def perform(self, form: ContributeForm) -> Any:
        return services.contribute(actor=self.request.user, community_id=self.community.pk, **form.cleaned_data)


class StopMonthlyView(InCommunity, ActionView):
    success_message = gettext_lazy("Your monthly contribution is stopped.")

    def perform(self) -> Any:
        return services.stop_monthly(actor=self.request.user, community_id=self.community.pk)


class AskView(InCommunity, ServiceFormView):
    right = Right.MEMBER
    template_name = "accounts/communities/ask.html"
    form_class = AskForm
    success_message = gettext_lazy("Your request is open to votes. The other members are told.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "public": self.community.visibility == Visibility.PUBLIQUE}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(voters=self.community.members_count - 1, **kwargs)

    def perform(self, form: AskForm) -> SpendingRequest:
        return services.ask(
            actor=self.request.user, community_id=self.community.pk, **form.cleaned_data
        )

    def success(self, result: SpendingRequest) -> HttpResponse:
        messages.success(self.request, str(self.success_message))
        return redirect("accounts:community_request", slug=self.community.slug, pk=result.pk)


class RequestsView(InCommunity, TemplateView):
    right = Right.MEMBER
    template_name = "accounts/communities/requests.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = queries.requests_of(self.request.user, self.community)
        return super().get_context_data(page=paginate(self.request, rows), member=True, **kwargs)


class RequestView(InCommunity, TemplateView):
    right = Right.MEMBER
    template_name = "accounts/communities/request.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = queries.request_for(self.request.user, self.community, self.kwargs["pk"])
        return super().get_context_data(
            row=row, asker=queries.name_in(self.community, row.asker), events=events(self.community, row),
            own=row.asker_id == self.request.user.pk, member=True, **kwargs,
        )


class RequestAction(InCommunity, ActionView):
    right = Right.MEMBER

    def back(self, result: Any) -> str:
        here = self.request.POST.get("back", "")
        return super().back(result) if here == "community" else f"{super().back(result)}demandes/{self.kwargs['pk']}/"


class VoteView(RequestAction):
    def perform(self) -> SpendingRequest:
        row = services.vote(
            actor=self.request.user, community_id=self.community.pk, request_id=self.kwargs["pk"],
            approve=self.request.POST.get("approve") == "1",
        )
        said = {
            SpendingRequest.Status.PAYEE: _("Your vote decided it: the money is paid."),
            SpendingRequest.Status.REFUSEE: _("Your vote is counted. The request is refused."),
        }
        messages.success(self.request, said.get(SpendingRequest.Status(row.status), _("Your vote is counted.")))
        return row


class WithdrawView(RequestAction):
    success_message = gettext_lazy("Your request is withdrawn.")

    def perform(self) -> SpendingRequest:
        return services.withdraw_request(
            actor=self.request.user, community_id=self.community.pk, request_id=self.kwargs["pk"]
        )
