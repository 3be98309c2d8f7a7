"""Several real connections on one community. With the lock off the canary must fail."""

from contextlib import contextmanager, suppress
from decimal import Decimal as D
from threading import Barrier, BrokenBarrierError

import pytest

from accounts.communities import audit, queries, services
from accounts.communities.models import Community, SpendingRequest, Vote
from accounts.communities.rules import AlreadyMember, AlreadyVoted, NotActive
from accounts.communities.services import voting
from accounts.communities.tests.factories import ask, give, make_community, vote
from accounts.users.tests.factories import make_user
from accounts.wallet import audit as books
from accounts.wallet.models import Transaction
from accounts.wallet.queries import balance_of, wallet_of
from accounts.wallet.services import transfer
from config.lib.errors import IllegalMove
from config.lib.testing import at_once

pytestmark = [pytest.mark.postgres_race, pytest.mark.django_db(transaction=True)]


def fine(community):
    assert books.first_fault() == ""
    assert list(audit.faults()) == []
    return balance_of(community.account)


def test_the_last_two_votes_at_once_pay_once():
    community, (_alice, bob, charlie, dina) = make_community("alice", "bob", "charlie", "dina", pot="50")
    request = ask(community, bob)
    voters = [charlie, dina]
    results = at_once(2, lambda i: vote(request, voters[i]).status)
    assert sorted(results) == ["OUVERTE", "PAYEE"]
    assert Transaction.objects.filter(kind="grant").count() == 1
    assert fine(community) == D("30")


@contextmanager
def nobody_locks(monkeypatch, voices):
    """The lock is a plain read, and all voices are cast before the first is counted."""
    meet, count = Barrier(voices), queries.verdict_of

    def plain(pk):
        return Community.objects.select_related("account").get(pk=pk)

    def together(request):
        with suppress(BrokenBarrierError):
            meet.wait(5)
        return count(request)

    with monkeypatch.context() as patched:
        patched.setattr(queries, "locked", plain)
        patched.setattr(voting.queries, "verdict_of", together)
        yield


def test_canary_without_the_lock_the_last_two_votes_do_not_see_each_other(monkeypatch):
    community, (_alice, bob, charlie, dina) = make_community("alice", "bob", "charlie", "dina", pot="50")
    request = ask(community, bob)
    voters = [charlie, dina]
    with nobody_locks(monkeypatch, 2):
        at_once(2, lambda i: vote(request, voters[i]))
    assert list(audit.faults()) == [f"community request {request.pk} has 2 approvals of 2 and is still open"]


def test_two_requests_that_pass_at_once_on_one_pot_are_paid_once():
    community, (_alice, bob, charlie, dina) = make_community("alice", "bob", "charlie", "dina", pot="50", quorum_percent=1)
    requests = [ask(community, bob, "40"), ask(community, charlie, "40")]
    results = at_once(2, lambda i: vote(requests[i], dina).status)
    assert sorted(results) == ["PAYEE", "REFUSEE"]
    assert sorted([balance_of(wallet_of(bob)), balance_of(wallet_of(charlie))]) == [D("0"), D("40")]
    assert fine(community) == D("10")


def test_one_voter_many_times_at_once_has_one_vote():
    community, (_alice, bob, charlie, _dina) = make_community("alice", "bob", "charlie", "dina", pot="50")
    request = ask(community, bob)
    results = at_once(8, lambda i: vote(request, charlie, i % 2 == 0))
    assert sum(isinstance(r, SpendingRequest) for r in results) == 1
    assert {type(r) for r in results} == {SpendingRequest, AlreadyVoted}
    assert Vote.objects.exclude(approve=None).count() == 1


def test_a_vote_against_the_expiry_is_paid_or_expired_never_both():
    community, (_alice, bob, charlie) = make_community("alice", "bob", "charlie", pot="50", quorum_percent=1)
    request = ask(community, bob)

    def step(i):
        if i:
            return vote(request, charlie)
        services.withdraw_request(actor=bob, community_id=community.pk, request_id=request.pk)
        return None

    results = at_once(2, step)
    request.refresh_from_db()
    assert request.status in ("PAYEE", "ANNULEE")
    assert sum(isinstance(r, IllegalMove) for r in results) == 1
    assert fine(community) == (D("30") if request.status == "PAYEE" else D("50"))


def test_twenty_members_give_while_requests_are_paid():
    names = [f"p{i}" for i in range(10)]
    community, people = make_community(*names, pot="50", quorum_percent=1)
    for user in people:
        give(user, "10", "race")
    requests = [ask(community, people[i], "30") for i in range(5)]

    def step(i):
        if i < 10:
            return services.contribute(actor=people[i], community_id=community.pk, amount=D("10"), key="race")
        return vote(requests[i - 10], people[9])

    results = at_once(15, step)
    assert not [r for r in results if isinstance(r, Exception)], results
    paid = SpendingRequest.objects.filter(status="PAYEE").count()
    assert fine(community) == D("150") - 30 * paid


def test_one_contribution_with_one_key_and_one_monthly_run():
    community, [alice] = make_community("alice")
    give(alice, "100")
    results = at_once(
        6, lambda _i: services.contribute(actor=alice, community_id=community.pk, amount=D("10"), key="k", monthly=True)
    )
    monthly = {r.monthly.pk for r in results}
    assert len(monthly) == 1
    [pk] = monthly
    due = results[0].monthly.due_on
    runs = at_once(6, lambda _i: services.run_monthly(contribution_id=pk, today=due))
    assert sum(runs) == 1
    assert fine(community) == D("20")


def test_the_pot_is_shared_out_whole_while_somebody_still_gives():
    community, (alice, bob) = make_community("alice", "bob", pot="50")
    give(bob, "10")

    def step(i):
        if i:
            return services.contribute(actor=bob, community_id=community.pk, amount=D("10"), key="k")
        return services.close_community(actor=alice, community_id=community.pk)

    results = at_once(2, step)
    assert not [r for r in results if isinstance(r, Exception) and not isinstance(r, NotActive)], results
    assert fine(community) == D("0")
    assert balance_of(wallet_of(alice)) + balance_of(wallet_of(bob)) == D("60")


def test_one_person_enters_once():
    community, _people = make_community("alice")
    bob = make_user("bob")
    results = at_once(5, lambda _i: services.join(actor=bob, community_id=community.pk))
    assert sum(isinstance(r, AlreadyMember) for r in results) == 4
    assert queries.members(community).count() == 2


def test_the_fund_is_opened_once():
    results = at_once(6, lambda _i: queries.solidarity().pk)
    assert len(set(results)) == 1, results


def test_pots_are_shared_out_while_members_send_each_other_money():
    """Wallets are locked in the order of their keys by everybody, whatever the order in which members joined."""
    for number in range(6):
        people = [make_user(f"p{number}{i}") for i in range(5)]
        for user in reversed(people):  # their wallets are older the later they join
            give(user, "20")
        community = services.create_community(actor=people[0], name="Les voisins", visibility="PUBLIQUE")
        for user in people[1:]:
            services.join(actor=user, community_id=community.pk)
        services.contribute(actor=people[0], community_id=community.pk, amount=D("10"), key="pot")

        def work(i, community=community, people=people):
            if i == 0:
                return services.close_community(actor=people[0], community_id=community.pk)
            giver, taker = people[i % 5], people[(i + 1) % 5]
            return [transfer(actor=giver, to=str(taker.pk), amount=D("0.01"), key=f"{n}") for n in range(10)]

        results = at_once(6, work)
        assert not [result for result in results if isinstance(result, Exception)], results
        assert fine(community) == 0
