"""Asking for money, voting, and what the votes decide. All under the lock of the community."""

from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts.communities import queries
from accounts.communities.models import Community, CommunityMember, SpendingRequest, Vote
from accounts.communities.queries import Right
from accounts.communities.rules import (
    FUNDS,
    MAX_OPEN_REQUESTS,
    VOTES,
    AlreadyVoted,
    NotAVoter,
    NoVoters,
    TooManyRequests,
    Verdict,
    checked_request,
    needed_of,
)
from accounts.wallet import services as wallet
from accounts.wallet.queries import lock_accounts, wallet_of
from accounts.wallet.rules import InsufficientFunds
from config.lib.actors import SYSTEM, Actor
from config.lib.errors import Forbidden, IllegalMove

Status = SpendingRequest.Status


@transaction.atomic
def ask(*, actor: Actor, community_id: int, amount: Decimal, purpose: str) -> SpendingRequest:
    """A member asks the pot for `amount` euros. Everybody else who is a member now may vote, and nobody after.

    More than the pot holds may be asked: what counts is what is there when the vote passes. Raises NotFound,
    Forbidden, Invalid (amount, purpose), NotActive, NoVoters, TooManyRequests.
    """
    queries.get_for(actor, community_id, Right.MEMBER)
    amount, purpose = checked_request(amount=amount, purpose=purpose)
    community = queries.locked_active(community_id)
    present = list(queries.members(community))
    asker = next((member for member in present if member.user_id == actor.pk), None)
    if asker is None:  # left at this very moment
        raise Forbidden
    voters = [member for member in present if member is not asker]
    if not voters:
        raise NoVoters
    if queries.open_requests(community).filter(asker=asker.user).count() >= MAX_OPEN_REQUESTS:
        raise TooManyRequests
    request = SpendingRequest.objects.create(
        community=community, asker=asker.user, amount=amount, purpose=purpose, voters=len(voters),
        needed=needed_of(len(voters), community.quorum_percent),
        closes_at=timezone.now() + timedelta(days=community.voting_days),
    )
    Vote.objects.bulk_create(Vote(request=request, member=member) for member in voters)
    request.record(actor=actor)
    return request


@transaction.atomic
def vote(*, actor: Actor, community_id: int, request_id: int, approve: bool) -> SpendingRequest:
    """Cast one's vote. The one that decides also pays, or refuses, in the same transaction.

    Raises NotFound, Forbidden, NotAVoter, AlreadyVoted, IllegalMove (the request or the community is closed).
    """
    visible = queries.get_for(actor, community_id, Right.MEMBER)
    queries.request_for(actor, visible, request_id)
    community = queries.locked(community_id)
    request = queries.request_for(actor, community, request_id)
    right = queries.vote_of(request, actor)
    if right is None:
        raise NotAVoter
    if right.voted_at is not None:
        raise AlreadyVoted
    if request.status != Status.OUVERTE or request.closes_at <= timezone.now() or not community.is_active:
        raise IllegalMove(from_status=request.status)
    # The condition is the verdict even if the lock were forgotten: one vote for each.
    if not Vote.objects.filter(pk=right.pk, approve=None).update(approve=approve, voted_at=timezone.now()):
        raise AlreadyVoted
    settle(request)
    return queries.request_for(actor, community, request_id)


def settle(request: SpendingRequest) -> None:
    """Pay or refuse when the votes say so. The caller holds the community's lock.

    The move bears nobody's name: the last vote would no longer be secret.
    """
    found = queries.verdict_of(request)
    if found is Verdict.PASSED:
        _pay(request)
    elif found is Verdict.LOST:
        request.move(Status.REFUSEE, actor=SYSTEM, reason=VOTES)


def _pay(request: SpendingRequest) -> None:
    """From the pot into the asker's wallet at once, or refused when the pot cannot bear it."""
    pot = request.community.account
    try:
        with transaction.atomic():
            row = wallet.post(
                kind="grant", key=f"grant:{request.pk}", actor=SYSTEM, memo=request.purpose,
                reference=f"community:{request.community_id}:request:{request.pk}",
                postings=[(pot, -request.amount), (wallet_of(request.asker), request.amount)],
            )
    except InsufficientFunds:
        request.move(Status.REFUSEE, actor=SYSTEM, reason=FUNDS)
    else:
        request.move(Status.PAYEE, actor=SYSTEM, transaction=row)


@transaction.atomic
def withdraw_request(*, actor: Actor, community_id: int, request_id: int) -> SpendingRequest:
    """The asker takes an open request back. Raises NotFound, Forbidden, IllegalMove."""
    visible = queries.get_for(actor, community_id, Right.MEMBER)
    if queries.request_for(actor, visible, request_id).asker_id != actor.pk:
        raise Forbidden
    community = queries.locked(community_id)
    request = queries.request_for(actor, community, request_id)
    request.move(Status.ANNULEE, actor=actor)
    return request


@transaction.atomic
def close_request(*, request_id: int) -> SpendingRequest:
    """A request whose time is over expires; any other is left alone. Safe at any time and twice."""
    request = SpendingRequest.objects.get(pk=request_id)
    queries.locked(request.community_id)
    request.refresh_from_db()
    if request.status == Status.OUVERTE and request.closes_at <= timezone.now():
        request.move(Status.EXPIREE, actor=SYSTEM)
    return request


def end_requests(community: Community, *, status: str, reason: str, asker_id: int | None = None) -> None:
    """End the open requests (of one asker), when the community or the asker goes. Under the community's lock."""
    rows = queries.open_requests(community)
    for request in rows if asker_id is None else rows.filter(asker_id=asker_id):
        request.move(status, actor=SYSTEM, reason=reason)


def lose_votes(member: CommunityMember) -> None:
    """The open requests on which somebody who left had not voted: some can no longer pass. Under the lock."""
    waiting = Vote.objects.filter(member=member, approve=None)
    for request in queries.open_requests(member.community).filter(pk__in=waiting.values("request")):
        settle(request)


def share_out(*, community: Community, members: list[CommunityMember], parts: list[Decimal], actor: Actor) -> None:
    """Give each member a part of the pot that is closed. Under the community's lock.

    One transaction each: a statement names who is on the other side, and that is the pot, not the other members.
    """
    purses = [wallet_of(member.user) for member in members]
    lock_accounts([community.account_id, *(purse.pk for purse in purses)])
    for member, purse, part in zip(members, purses, parts, strict=True):
        wallet.post(
            kind="share_out", key=f"share_out:{community.pk}:{member.pk}", actor=actor,
            reference=f"community:{community.pk}",
            postings=[(community.account, -part), (purse, part)],
        )
