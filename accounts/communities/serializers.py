"""What the API reads and shows about communities."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.communities import queries
from accounts.communities.models import (
    MAX_DAY,
    Adhesion,
    Community,
    CommunityMember,
    MonthlyContribution,
    Role,
    SpendingRequest,
    SpendingRequestChange,
    Visibility,
)
from config.lib.api import Money


class InCurrency(serializers.Serializer):
    currency = serializers.SerializerMethodField()

    def get_currency(self, thing: Any) -> str:
        return settings.CURRENCY


class CommunityOut(InCurrency):
    """`role` is null and `mine` false for who is no member."""

    id = serializers.IntegerField()
    slug = serializers.CharField()
    name = serializers.CharField(source="title")
    description = serializers.CharField(source="text")
    visibility = serializers.ChoiceField(choices=Visibility.choices)
    status = serializers.ChoiceField(choices=Community.Status.choices)
    platform = serializers.BooleanField()
    quorum_percent = serializers.IntegerField()
    voting_days = serializers.IntegerField()
    balance = Money(source="account.balance")
    members_count = serializers.IntegerField()
    role = serializers.ChoiceField(choices=Role.choices, allow_null=True)
    mine = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()

    def get_mine(self, community: Any) -> bool:
        return community.role is not None


class CommunityChangeIn(serializers.Serializer):
    name = serializers.CharField(max_length=80)
    description = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    visibility = serializers.ChoiceField(choices=Visibility.choices, required=False)
    quorum_percent = serializers.IntegerField(min_value=1, max_value=100, required=False)
    voting_days = serializers.IntegerField(min_value=1, max_value=30, required=False)


class CommunityIn(CommunityChangeIn):
    pass


class CommunityMemberOut(serializers.ModelSerializer):
    name = serializers.SerializerMethodField()
    is_me = serializers.SerializerMethodField()

    class Meta:
        model = CommunityMember
        fields = ["id", "name", "role", "joined_at", "is_me"]

    def get_name(self, member: CommunityMember) -> str:
        return queries.name_in(self.context["community"], member.user)

    def get_is_me(self, member: CommunityMember) -> bool:
        return member.user_id == self.context["request"].user.pk


class CommunityRoleIn(serializers.Serializer):
    role = serializers.ChoiceField(choices=Role.choices)


class InviteIn(serializers.Serializer):
    email = serializers.EmailField(max_length=254, required=False, allow_blank=True, help_text=_("none: a link"))


class InviteOut(serializers.Serializer):
    """`link` only when no e-mail was given, and only this once."""

    email = serializers.CharField(source="invitation.email")
    expires_at = serializers.DateTimeField(source="invitation.expires_at")
    link = serializers.SerializerMethodField()

    def get_link(self, made: Any) -> str | None:
        return None if made.invitation.email else made.link


class AcceptIn(serializers.Serializer):
    token = serializers.CharField(max_length=64)


class AdhesionOut(serializers.ModelSerializer):
    """Somebody who asks to join a private community or the solidarity fund."""

    name = serializers.SerializerMethodField()

    class Meta:
        model = Adhesion
        fields = ["id", "name", "status", "created_at"]

    def get_name(self, adhesion: Adhesion) -> str:
        return queries.name_in(adhesion.community, adhesion.user)


class AnswerIn(serializers.Serializer):
    accept = serializers.BooleanField()


class MonthlyOut(InCurrency, serializers.ModelSerializer):
    class Meta:
        model = MonthlyContribution
        fields = ["amount", "currency", "day", "next_on", "status", "last_failure_at"]


class ContributeIn(serializers.Serializer):
    amount = Money()
    monthly = serializers.BooleanField(required=False, default=False)
    day = serializers.IntegerField(min_value=1, max_value=MAX_DAY, required=False)


class ContributionOut(InCurrency):
    id = serializers.IntegerField(source="transaction.pk")
    amount = Money()
    at = serializers.DateTimeField(source="transaction.at")
    monthly = MonthlyOut(allow_null=True)
    community = CommunityOut()


class SpendingRequestIn(serializers.Serializer):
    amount = Money()
    purpose = serializers.CharField(max_length=300)


class SpendingChangeOut(serializers.ModelSerializer):
    """One step; decisions by vote bear no name."""

    status = serializers.ChoiceField(choices=SpendingRequest.Status.choices, source="to_status")
    by = serializers.SerializerMethodField()

    class Meta:
        model = SpendingRequestChange
        fields = ["status", "at", "by", "reason"]

    def get_by(self, change: SpendingRequestChange) -> str | None:
        return queries.name_in(self.context["community"], change.by) if change.by else None


class SpendingRequestOut(InCurrency):
    """`needed` approvals out of `voters`; `my_vote` is null until I have voted, `can_vote` whether I still may."""

    id = serializers.IntegerField()
    community = serializers.IntegerField(source="community_id")
    amount = Money()
    purpose = serializers.CharField()
    status = serializers.ChoiceField(choices=SpendingRequest.Status.choices)
    asker = serializers.SerializerMethodField()
    approvals = serializers.IntegerField()
    rejections = serializers.IntegerField()
    voters = serializers.IntegerField()
    needed = serializers.IntegerField()
    my_vote = serializers.BooleanField(allow_null=True)
    can_vote = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField()
    history = SpendingChangeOut(many=True)

    def get_asker(self, request: Any) -> str:
        return queries.name_in(self.context["community"], request.asker)

    def get_can_vote(self, request: Any) -> bool:
        return request.is_voter and request.my_vote is None and request.status == SpendingRequest.Status.OUVERTE


class VoteIn(serializers.Serializer):
    approve = serializers.BooleanField()


class BookLineOut(InCurrency):
    """One line of the public books: `who` is a pseudonym that is another one in each community."""

    at = serializers.DateTimeField()
    kind = serializers.CharField()
    amount = Money()
    balance_after = Money()
    purpose = serializers.CharField()
    who = serializers.CharField()
