"""What people hear of their communities."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.core import mail
from django.utils import timezone

from accounts.communities import queries, services
from accounts.communities.models import SpendingRequest
from accounts.communities.tests.factories import ask, give, let_in, make_community, vote
from accounts.users.tests.factories import make_user
from support.notifications.models import Notification

pytestmark = pytest.mark.django_db


def told(user, kind=""):
    rows = Notification.objects.filter(user=user).order_by("pk")
    return [(row.kind, row.url) for row in rows] if not kind else rows.filter(kind=kind).get()


@pytest.fixture
def house(commit):
    with commit():
        community, people = make_community("alice", "bob", "charlie", "dina", pot="50")
    return community, people


def test_a_request_asks_the_voters_and_its_payment_is_told(house, commit):
    community, (alice, bob, charlie, _dina) = house
    with commit():
        request = ask(community, bob)
    url = f"/communautes/{community.slug}/demandes/{request.pk}/"
    assert told(alice) == [("spending_asked", url)]
    assert told(bob) == []
    assert "20,00\xa0€" in told(alice, "spending_asked").subject
    assert "Bob Martin" in told(alice, "spending_asked").body
    with commit():
        vote(request, alice)
        vote(request, charlie)
    assert told(bob) == [("spending_paid", url)]
    assert told(alice)[1:] == [("spending_passed", url)]
    assert "Alice" not in told(bob, "spending_paid").body


@pytest.mark.parametrize(("approve", "amount", "said"), [
    (False, "20", "Too few can still approve it."), (True, "99", "there was not enough money in the pot"),
])
def test_a_refusal_says_why(house, commit, approve, amount, said):
    community, (alice, bob, charlie, _dina) = house
    type(bob).objects.filter(pk=bob.pk).update(language="en")
    with commit():
        request = ask(community, bob, amount)
        vote(request, alice, approve)
        vote(request, charlie, approve)
    assert said in told(bob, "spending_refused").body


def test_an_expiry_is_told_to_the_asker_and_a_withdrawal_to_nobody(house, commit):
    community, (_alice, bob, *_rest) = house
    with commit():
        late, taken = ask(community, bob), ask(community, bob)
        services.withdraw_request(actor=bob, community_id=community.pk, request_id=taken.pk)
        SpendingRequest.objects.filter(pk=late.pk).update(closes_at=timezone.now() - timedelta(seconds=1))
        services.close_request(request_id=late.pk)
    assert [kind for kind, _url in told(bob)] == ["spending_expired"]


def test_an_invitation_is_told_to_who_has_the_address_and_to_nobody_else(house, commit):
    community, (alice, *_rest) = house
    fred, liar = make_user("fred"), make_user("liar", verified=False)
    with commit():
        for user in (fred, liar):
            services.invite(actor=alice, community_id=community.pk, email=user.email)
    assert told(fred) == [("community_invited", "/communautes/")]
    assert told(liar) == []
    assert len(mail.outbox) == 2


def test_who_asks_to_join_and_who_answers_are_told(commit):
    with commit():
        community, [alice] = make_community("alice", visibility="PRIVEE")
        token = services.invite(actor=alice, community_id=community.pk).link.rstrip("/").rsplit("/", 1)[-1]
        bob = make_user("bob")
        row = services.accept_invitation(actor=bob, token=token)
    assert [kind for kind, _url in told(alice)] == ["adhesion_asked"]
    assert told(bob) == []
    with commit():
        services.answer_adhesion(actor=alice, community_id=community.pk, adhesion_id=row.pk, accept=True)
    assert told(bob) == [("adhesion_accepted", f"/communautes/{community.slug}/")]


def test_a_monthly_contribution_made_and_paused_is_told_once(house, commit):
    community, (_alice, bob, *_rest) = house
    give(bob, "15")
    with commit():
        made = services.contribute(actor=bob, community_id=community.pk, amount=D("7"), key="k", monthly=True).monthly
    day = made.due_on
    with commit():
        services.run_monthly(contribution_id=made.pk, today=day)
    made.refresh_from_db()
    for n in range(3):
        with commit():
            services.run_monthly(contribution_id=made.pk, today=made.due_on + timedelta(days=n))
    assert [kind for kind, _url in told(bob)] == ["monthly_contributed", "monthly_paused"]


def test_in_the_fund_even_the_mail_to_the_voters_names_nobody(commit):
    fund = queries.solidarity()
    alice, bob = make_user("alice"), make_user("bob")
    with commit():
        for user in (alice, bob):
            let_in(fund, user)
        ask(fund, bob)
    assert "Martin" not in told(alice, "spending_asked").body + told(alice, "spending_asked").subject
    assert not [message for message in mail.outbox if "Bob" in message.body]


def test_the_members_of_a_closed_community_are_told(house, commit):
    community, people = house
    with commit():
        services.close_community(actor=people[0], community_id=community.pk)
    assert all(told(user)[-1] == ("community_closed", "/portefeuille/") for user in people)
