"""Who hears of what in communities. Names and titles wait to be put into the language of each reader."""

from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from accounts.communities import queries
from accounts.communities.events import (
    adhesion_moved,
    community_moved,
    invited,
    monthly_moved,
    monthly_paid,
    spending_moved,
)
from accounts.communities.models import (
    Adhesion,
    Community,
    Invitation,
    MonthlyContribution,
    SpendingRequest,
    SpendingRequestChange,
)
from accounts.communities.rules import REASONS
from accounts.users import queries as users
from accounts.users.models import User
from support.notifications.listeners import tell

_name_in = lazy(queries.name_in, str)


def _facts(community: Community) -> dict[str, Any]:
    return {
        "community": _("Solidarity fund") if community.platform else community.name, "slug": community.slug,
    }


def _people(community: Community) -> list[User]:
    return [row.user for row in queries.members(community)]


@invited.listener
def tell_of_invitation(*, invitation_id: int) -> None:
    """Besides the mail with the link: who has an account finds it there too."""
    row = Invitation.objects.select_related("community", "invited_by").get(pk=invitation_id)
    user = users.active_by_email(row.email)
    if user is None or not queries.invitations_for(user).filter(pk=row.pk).exists():
        return
    tell(
        thing="invitation", status="open", key=str(invitation_id), people={"invited": user},
        who=row.invited_by.get_full_name(), **_facts(row.community),
    )


@adhesion_moved.listener
def tell_of_adhesion(*, adhesion_id: int, from_status: str, to_status: str, change_id: int) -> None:
    row = Adhesion.objects.select_related("community", "user").get(pk=adhesion_id)
    people = {"asker": row.user, "managers": queries.managers(row.community)}
    tell(
        thing="adhesion", status=to_status, key=str(change_id), people=people, who=row.user.get_full_name(),
        **_facts(row.community),
    )


@spending_moved.listener
def tell_of_spending(*, spendingrequest_id: int, from_status: str, to_status: str, change_id: int) -> None:
    """The voters of a new request and of a payment; the asker of what was decided, unless he withdrew it himself."""
    request = SpendingRequest.objects.select_related("community", "asker").get(pk=spendingrequest_id)
    change = SpendingRequestChange.objects.get(pk=change_id)
    voters = [vote.member.user for vote in request.votes.filter(member__left_at=None).select_related("member__user")]
    tell(
        thing="spending", status=to_status, key=str(change_id), people={"asker": request.asker, "voters": voters},
        id=request.pk, amount=request.amount, purpose=request.purpose.rstrip(". "),
        asker=_name_in(request.community, request.asker), days=request.community.voting_days,
        reason=REASONS.get(change.reason, ""), **_facts(request.community),
    )


@monthly_paid.listener
def tell_of_monthly(*, monthlycontribution_id: int, transaction_id: int) -> None:
    row = MonthlyContribution.objects.select_related("community", "user").get(pk=monthlycontribution_id)
    tell(
        thing="monthly", status="paid", key=str(transaction_id), people={"giver": row.user}, amount=row.amount,
        **_facts(row.community),
    )


@monthly_moved.listener
def tell_of_pause(*, monthlycontribution_id: int, from_status: str, to_status: str, change_id: int) -> None:
    row = MonthlyContribution.objects.select_related("community", "user").get(pk=monthlycontribution_id)
    tell(
        thing="monthly", status=to_status, key=str(change_id), people={"giver": row.user}, amount=row.amount,
        **_facts(row.community),
    )


@community_moved.listener
def tell_of_community(*, community_id: int, from_status: str, to_status: str, change_id: int) -> None:
    community = Community.objects.get(pk=community_id)
    tell(
        thing="community", status=to_status, key=str(change_id), people={"members": _people(community)},
        **_facts(community),
    )
