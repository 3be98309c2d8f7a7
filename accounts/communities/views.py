"""Page doors of communities: finding, founding, joining, belonging, leaving, and the public books."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from accounts.communities import queries, services
from accounts.communities.curve import draw
from accounts.communities.forms import CommunityForm, FundForm, InviteForm, SureForm
from accounts.communities.models import Adhesion, Community, Role
from accounts.communities.queries import Right
from accounts.users.throttles import ByWriter
from config.lib.pages import ActionView, LoginRequired, ServiceFormView, ThrottledPage, paginate

SHOWN_LINES, SHOWN_REQUESTS, SHOWN_MEMBERS = 6, 5, 12


def page_of(community: Any) -> str:
    return reverse("accounts:community", args=[community.slug])


class InCommunity(LoginRequired):
    """A page inside one community: loads it with the `right` that the page needs."""

    right = Right.READ
    community: Any

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            self.community = queries.get_for(request.user, slug=kwargs["slug"], right=self.right)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(community=self.community, back=page_of(self.community), **kwargs)  # type: ignore[misc]

    def get_success_url(self) -> str:
        return page_of(self.community)

    def back(self, result: Any) -> str:
        return page_of(self.community)


class CommunitiesView(LoginRequired, TemplateView):
    template_name = "accounts/communities/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        queries.solidarity()
        search = self.request.GET.get("search", "")
        others = queries.found(user, search=search).filter(role=None)
        return super().get_context_data(
            mine=queries.mine(user)[:50], to_vote=queries.to_vote(user)[:20], search=search,
            invitations=queries.invitations_for(user)[:20],
            page=paginate(self.request, others.order_by("-platform", "name", "pk")), **kwargs,
        )


class CreateView(LoginRequired, ServiceFormView):
    template_name = "accounts/communities/edit.html"
    form_class = CommunityForm
    success_message = gettext_lazy("Your community is there. Invite the first members.")

    def get_initial(self) -> dict[str, Any]:
        return {"quorum_percent": 51, "voting_days": 7}

    def perform(self, form: CommunityForm) -> Community:
        return services.create_community(actor=self.request.user, **form.cleaned_data)

    def success(self, result: Community) -> HttpResponse:
        self.success_url = page_of(result)
        return super().success(result)


class EditView(InCommunity, ServiceFormView):
    right = Right.MANAGE
    template_name = "accounts/communities/edit.html"
    success_message = gettext_lazy("Saved.")

    def get_form_class(self) -> type[CommunityForm]:
        return FundForm if self.community.platform else CommunityForm

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.community, name) for name in CommunityForm.base_fields}

    def perform(self, form: CommunityForm) -> Community:
        return services.update_community(
            actor=self.request.user, community_id=self.community.pk, **form.cleaned_data
        )


class CommunityPage(InCommunity, TemplateView):
    """The pot and its curve, what waits for votes, the latest movements, the members."""

    template_name = "accounts/communities/community.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        community, user = self.community, self.request.user
        member = community.role is not None
        requests = queries.requests_of(user, community)
        rows = list(queries.books(community)[:SHOWN_LINES])
        names = queries.names_for(community, rows) if member else {}
        return super().get_context_data(
            member=member, manages=queries.may(user, community, Right.MANAGE),
            founder=community.role == Role.FONDATEUR, gives=queries.may(user, community, Right.GIVE),
            curve=draw(queries.curve(community.account), timezone.now()),
            lines=queries.as_lines(community, rows, user, named=names),
            open_requests=requests.filter(status="OUVERTE")[:20] if member else [],
            ended=requests.exclude(status="OUVERTE")[:SHOWN_REQUESTS] if member else [],
            people=[(row, queries.name_in(community, row.user)) for row in queries.members(community)[:SHOWN_MEMBERS]]
            if member else [],
            monthly=queries.monthly_of(community, user),
            invited=not member and queries.invitations_for(user).filter(community=community).exists(),
            asking=queries.asked_to_join(community).count() if queries.may(user, community, Right.MANAGE) else 0,
            **kwargs,
        )


class BooksView(TemplateView):
    """The books, people by pseudonym. Those of a public community are open to visitors too."""

    template_name = "accounts/communities/books.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        community = queries.get_for(user, slug=self.kwargs["slug"])
        page = paginate(self.request, queries.books(community))
        return super().get_context_data(
            community=community, page=page, lines=queries.as_lines(community, page, user),
            curve=draw(queries.curve(community.account), timezone.now()), **kwargs,
        )


ASKED = gettext_lazy("We have asked the administrators. You will be told when they answer.")


class JoinView(LoginRequired, ActionView):
    def perform(self) -> Any:
        slug = self.kwargs["slug"]
        invitation = queries.invitations_for(self.request.user).filter(community__slug=slug).first()
        community = invitation.community if invitation else queries.get_for(self.request.user, slug=slug)
        entered = services.join(actor=self.request.user, community_id=community.pk)
        messages.success(self.request, ASKED if isinstance(entered, Adhesion) else _("You are a member now."))
        return entered

    def back(self, result: Any) -> str:
        return reverse("accounts:community", args=[self.kwargs["slug"]])


class InvitationView(LoginRequired, ServiceFormView):
    """Where an invitation's link leads: what it is about, and a button."""

    template_name = "accounts/communities/invitation.html"
    form_class = SureForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(invitation=queries.invitation_by(self.kwargs["token"]), **kwargs)

    def perform(self, form: SureForm) -> Any:
        return services.accept_invitation(actor=self.request.user, token=self.kwargs["token"])

    def success(self, result: Any) -> HttpResponse:
        if isinstance(result, Adhesion):
            messages.info(self.request, ASKED)
            return redirect("accounts:communities")
        messages.success(self.request, _("You are a member now."))
        return redirect("accounts:community", slug=result.community.slug)


class InviteView(InCommunity, ThrottledPage, ServiceFormView):
    right = Right.MANAGE
    throttle_classes = (ByWriter,)
    throttle_scope = "invitations"
    template_name = "accounts/communities/invite.html"
    form_class = InviteForm

    def perform(self, form: InviteForm) -> services.members.Invited:
        return services.invite(actor=self.request.user, community_id=self.community.pk, **form.cleaned_data)

    def success(self, result: services.members.Invited) -> HttpResponse:
        if result.invitation.email:
            messages.success(self.request, _("The invitation is on its way."))
            return redirect(page_of(self.community))
        return self.render_to_response(self.get_context_data(form=InviteForm(), link=result.link))


class MembersView(InCommunity, TemplateView):
    """Who belongs to it; the founder names administrators, they answer those who ask to join."""

    right = Right.MEMBER
    template_name = "accounts/communities/members.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        community = self.community
        page = paginate(self.request, queries.members(community))
        manages = queries.may(self.request.user, community, Right.MANAGE)
        return super().get_context_data(
            page=page, people=[(row, queries.name_in(community, row.user)) for row in page],
            founder=community.role == Role.FONDATEUR,
            asking=list(queries.asked_to_join(community)[:50]) if manages else [], **kwargs,
        )


class RoleView(InCommunity, ActionView):
    success_message = gettext_lazy("Saved.")

    def perform(self) -> Any:
        return services.change_role(
            actor=self.request.user, community_id=self.community.pk, member_id=self.kwargs["pk"],
            role=self.request.POST.get("role", ""),
        )

    def back(self, result: Any) -> str:
        return reverse("accounts:community_members", args=[self.community.slug])


class AnswerView(InCommunity, ActionView):
    success_message = gettext_lazy("Answered.")

    def perform(self) -> Any:
        return services.answer_adhesion(
            actor=self.request.user, community_id=self.community.pk, adhesion_id=self.kwargs["pk"],
            accept=self.request.POST.get("accept") == "1",
        )

    def back(self, result: Any) -> str:
        return reverse("accounts:community_members", args=[self.community.slug])


class LeaveView(InCommunity, ServiceFormView):
    right = Right.MEMBER
    template_name = "accounts/communities/leave.html"
    form_class = SureForm
    success_url = reverse_lazy("accounts:communities")
    success_message = gettext_lazy("You have left the community.")

    def perform(self, form: SureForm) -> None:
        services.leave(actor=self.request.user, community_id=self.community.pk)

    def get_success_url(self) -> str:
        return str(self.success_url)


class CloseView(InCommunity, ServiceFormView):
    right = Right.FOUND
    template_name = "accounts/communities/close.html"
    form_class = SureForm
    success_message = gettext_lazy("The community is closed, and the pot is shared out.")

    def perform(self, form: SureForm) -> Community:
        return services.close_community(actor=self.request.user, community_id=self.community.pk)
