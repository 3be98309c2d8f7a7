"""Asking, voting, and what the votes decide: the services under every door."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.communities import audit, services, tasks
from accounts.communities.models import SpendingRequest, Vote
from accounts.communities.queries import request_for
from accounts.communities.rules import AlreadyVoted, NotActive, NotAVoter, NoVoters, TooManyRequests
from accounts.communities.tests.factories import ask, give, let_in, make_community, vote
from accounts.users.tests.factories import make_user
from accounts.wallet import audit as books
from accounts.wallet.models import Transaction
from accounts.wallet.queries import balance_of, wallet_of
from config.lib.actors import SYSTEM
from config.lib.errors import Forbidden, IllegalMove, Invalid, NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    """Alice founded it; 50 € in the pot."""
    return make_community("alice", "bob", "charlie", "dina", pot="50")


def right(community):
    assert books.first_fault() == ""
    assert list(audit.faults()) == []
    return balance_of(community.account)


def reason(request):
    return request.history.last().reason


def test_a_request_is_paid_at_once_when_the_quorum_is_reached(house):
    community, (alice, bob, charlie, dina) = house
    request = ask(community, bob)
    assert (request.voters, request.needed, request.status) == (3, 2, "OUVERTE")
    assert vote(request, alice).status == "OUVERTE"
    assert balance_of(wallet_of(bob)) == 0
    assert vote(request, dina).status == "PAYEE"
    assert balance_of(wallet_of(bob)) == D("20")
    assert right(community) == D("30")
    row = Transaction.objects.get(kind="grant")
    assert (row.memo, row.actor) == ("Réparer le vélo", None)  # whose vote was the last stays secret
    with pytest.raises(IllegalMove):
        vote(request, charlie)


def test_a_request_is_refused_as_soon_as_it_cannot_pass_any_more(house):
    community, (alice, bob, charlie, dina) = house
    request = ask(community, bob)
    assert vote(request, alice, False).status == "OUVERTE"
    refused = vote(request, charlie, False)
    assert (refused.status, reason(refused)) == ("REFUSEE", "votes")
    with pytest.raises(IllegalMove):
        vote(request, dina)
    assert right(community) == D("50")


def test_a_request_that_the_pot_cannot_bear_is_refused_when_it_passes(house):
    community, (alice, bob, charlie, _dina) = house
    request = ask(community, bob, "50.01")
    vote(request, alice)
    refused = vote(request, charlie)
    assert (refused.status, reason(refused)) == ("REFUSEE", "insufficient_funds")
    assert right(community) == D("50")


def test_two_requests_on_one_pot_are_paid_in_the_order_of_passing(house):
    community, (alice, bob, charlie, dina) = house
    first, second = ask(community, bob, "30"), ask(community, charlie, "30")
    for user in (alice, dina):
        vote(second, user)
    for user in (alice, dina):
        vote(first, user)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("REFUSEE", "PAYEE")
    assert right(community) == D("20")


def test_only_those_who_were_members_at_the_request_may_vote(house):
    community, (alice, bob, charlie, _dina) = house
    request = ask(community, bob)
    late = make_user("eva")
    let_in(community, late)
    for user in (bob, late):
        with pytest.raises(NotAVoter):
            vote(request, user)
    with pytest.raises(Forbidden):
        vote(request, make_user("fred"))
    vote(request, alice)
    with pytest.raises(AlreadyVoted):
        vote(request, alice, False)
    assert request_for(alice, community, request.pk).approvals == 1
    assert vote(request, charlie).status == "PAYEE"  # the newcomer did not raise the bar


def test_nobody_alone_can_ask():
    community, [alice] = make_community("alice", pot="50")
    with pytest.raises(NoVoters):
        ask(community, alice)


@pytest.mark.parametrize(("amount", "purpose", "field"), [
    ("0", "x", "amount"), ("-1", "x", "amount"), ("1.001", "x", "amount"), ("10000.01", "x", "amount"),
    ("5", "  ", "purpose"), ("5", "x" * 301, "purpose"),
])
def test_what_is_asked_must_make_sense(house, amount, purpose, field):
    community, people = house
    with pytest.raises(Invalid) as refused:
        ask(community, people[1], amount, purpose)
    assert list(refused.value.errors) == [field]


def test_a_member_has_at_most_three_open_requests(house):
    community, people = house
    for _ in range(3):
        ask(community, people[1])
    with pytest.raises(TooManyRequests):
        ask(community, people[1])
    ask(community, people[2])


def test_a_request_expires_when_its_days_are_over(house):
    community, (alice, bob, charlie, _dina) = house
    request, other = ask(community, bob), ask(community, charlie)
    vote(request, alice)
    assert tasks.expire_requests() == 0
    SpendingRequest.objects.filter(pk=request.pk).update(closes_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(IllegalMove):
        vote(request, charlie)
    assert [tasks.expire_requests(), tasks.expire_requests()] == [1, 0]
    request.refresh_from_db()
    other.refresh_from_db()
    assert (request.status, other.status) == ("EXPIREE", "OUVERTE")
    assert right(community) == D("50")


def test_the_asker_may_take_it_back_and_nobody_else(house):
    community, (alice, bob, *_rest) = house
    request = ask(community, bob)
    ids = {"community_id": community.pk, "request_id": request.pk}
    with pytest.raises(Forbidden):
        services.withdraw_request(actor=alice, **ids)
    with pytest.raises(Forbidden):
        services.withdraw_request(actor=make_user("fred"), **ids)
    assert services.withdraw_request(actor=bob, **ids).status == "ANNULEE"
    with pytest.raises(IllegalMove):
        vote(request, alice)


def test_a_request_of_another_community_is_not_there(house):
    community, people = house
    other, (eva, _fred) = make_community("eva", "fred")
    request = ask(community, people[1])
    with pytest.raises(NotFound):
        services.vote(actor=eva, community_id=other.pk, request_id=request.pk, approve=True)


def test_who_leaves_takes_his_voice_along_but_the_bar_stays(house):
    community, (alice, bob, charlie, dina) = house
    request, own = ask(community, bob), ask(community, charlie)
    vote(request, alice)
    services.leave(actor=charlie, community_id=community.pk)
    own.refresh_from_db()
    assert (own.status, reason(own)) == ("ANNULEE", "asker_left")
    request.refresh_from_db()
    assert request.status == "OUVERTE"
    services.leave(actor=dina, community_id=community.pk)
    request.refresh_from_db()
    assert (request.status, reason(request)) == ("REFUSEE", "votes")
    assert right(community) == D("50")


def test_who_left_and_came_back_has_no_vote_on_the_old_request(house):
    community, (_alice, bob, charlie, _dina) = house
    request = ask(community, bob)
    services.leave(actor=charlie, community_id=community.pk)
    let_in(community, charlie)
    with pytest.raises(NotAVoter):
        vote(request, charlie)


def test_nothing_moves_while_it_is_suspended(house, dora):
    community, (alice, bob, charlie, _dina) = house
    request = ask(community, bob)
    with pytest.raises(Forbidden):
        services.suspend_community(actor=alice, community_id=community.pk)
    services.suspend_community(actor=dora, community_id=community.pk)
    with pytest.raises(IllegalMove):
        vote(request, alice)
    with pytest.raises(NotActive):
        ask(community, charlie)
    give(bob, "5")
    with pytest.raises(NotActive):
        services.contribute(actor=bob, community_id=community.pk, amount=D("5"), key="k")
    services.resume_community(actor=dora, community_id=community.pk)
    assert vote(request, alice).status == "OUVERTE"


def test_the_database_refuses_a_paid_request_without_money_and_a_second_vote(house):
    community, (_alice, bob, *_rest) = house
    request = ask(community, bob)
    member = request.votes.first().member
    for wrong in (
        lambda: SpendingRequest.objects.filter(pk=request.pk).update(status="PAYEE"),
        lambda: SpendingRequest.objects.filter(pk=request.pk).update(needed=9),
        lambda: Vote.objects.create(request=request, member=member),
        lambda: Vote.objects.filter(request=request).update(approve=True),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong()


def test_the_audit_names_a_paid_request_whose_posting_is_another(house):
    community, (alice, bob, charlie, _dina) = house
    request = ask(community, bob)
    vote(request, alice)
    vote(request, charlie)
    SpendingRequest.objects.filter(pk=request.pk).update(amount=D("21"))
    assert list(audit.faults()) == [
        f"community request {request.pk} is paid 21.00, "
        f"but transaction {Transaction.objects.get(kind='grant').pk} posts something else"
    ]


def test_every_move_of_a_request_is_allowed_or_refused_as_the_table_says(house):
    _community, _people = house
    for start in SpendingRequest.Status:
        for to in SpendingRequest.Status:
            request = SpendingRequest(status=start)
            assert request.can_move(to) == (start == "OUVERTE" and to != "OUVERTE")
            if not request.can_move(to):
                with pytest.raises(IllegalMove):
                    request.move(to, actor=SYSTEM)
