"""Communities: people put money together, ask, vote, let time pass, leave, close."""

from datetime import timedelta
from decimal import Decimal as D
from uuid import uuid4

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from accounts.communities import services as communities
from accounts.communities.models import Community, MonthlyContribution, SpendingRequest, Vote
from config.tests.story.world import World, people, small, which

OPEN = "OUVERTE"


def open_requests():
    return SpendingRequest.objects.filter(status=OPEN)


def votes():
    """Votes of open requests that were not cast."""
    return Vote.objects.filter(request__in=open_requests(), approve=None)


class Sharing(World):
    def a_full_pot(self):
        self.found(who=0, quorum=51)
        for who in (1, 2):
            self.join(number=0, who=who)
        pot = Community.objects.filter(platform=False)
        self.attempt(
            communities.contribute, actor=self.people[0], community_id=pot.get().pk, amount=D(50), key=uuid4().hex
        )
        self.ask(number=0, who=2, amount=D(20))

    @rule(who=people, quorum=st.sampled_from([1, 51, 100]))
    @precondition(lambda self: Community.objects.filter(platform=False).count() < 2)
    def found(self, who, quorum):
        self.attempt(
            communities.create_community, actor=self.people[who], name="Les voisins", visibility="PUBLIQUE",
            quorum_percent=quorum,
        )

    @rule(number=which, who=people)
    @precondition(lambda self: Community.objects.filter(platform=False).exists())
    def join(self, number, who):
        into = self.one(Community.objects.filter(platform=False), number)
        self.attempt(communities.join, actor=self.people[who], community_id=into.pk)

    @rule(number=which, who=people, amount=small, monthly=st.booleans())
    @precondition(lambda self: Community.objects.exists())
    def contribute(self, number, who, amount, monthly):
        """The platform's fund too: anybody may give to it."""
        into = self.one(Community.objects, number)
        self.attempt(
            communities.contribute, actor=self.people[who], community_id=into.pk, amount=amount, key=uuid4().hex,
            monthly=monthly,
        )

    @rule(number=which)
    @precondition(lambda self: MonthlyContribution.objects.filter(status="ACTIVE").exists())
    def a_month_goes_by(self, number):
        row = self.one(MonthlyContribution.objects.filter(status="ACTIVE"), number)
        for _time in range(2):  # the clock may ring twice
            self.attempt(communities.run_monthly, contribution_id=row.pk, today=row.next_on)

    @rule(number=which, who=people, amount=small)
    @precondition(lambda self: Community.objects.filter(platform=False).exists())
    def ask(self, number, who, amount):
        pot = self.one(Community.objects.filter(platform=False), number)
        self.attempt(communities.ask, actor=self.people[who], community_id=pot.pk, amount=amount, purpose="Un vélo")

    @rule(number=which, approve=st.sampled_from([True, True, True, False]), times=st.integers(1, 2))
    @precondition(lambda self: votes().exists())
    def vote(self, number, approve, times):
        right = self.one(votes(), number)
        for _time in range(times):
            self.attempt(
                communities.vote, actor=right.member.user, community_id=right.request.community_id,
                request_id=right.request_id, approve=approve,
            )

    @rule(number=which)
    @precondition(lambda self: open_requests().exists())
    def nobody_votes_in_time(self, number):
        asked = self.one(open_requests(), number)
        SpendingRequest.objects.filter(pk=asked.pk).update(closes_at=timezone.now() - timedelta(seconds=1))
        for _time in range(2):
            self.attempt(communities.close_request, request_id=asked.pk)

    @rule(number=which)
    @precondition(lambda self: open_requests().exists())
    def take_the_wish_back(self, number):
        asked = self.one(open_requests(), number)
        self.attempt(
            communities.withdraw_request, actor=asked.asker, community_id=asked.community_id, request_id=asked.pk
        )

    @rule(number=which, who=people, close=st.sampled_from([False, False, True]))
    @precondition(lambda self: Community.objects.filter(platform=False).exists())
    def leave(self, number, who, close):
        pot = self.one(Community.objects.filter(platform=False), number)
        self.attempt(
            communities.close_community if close else communities.leave, actor=self.people[who], community_id=pot.pk
        )
