"""Admin of communities: looked at, suspended and resumed; who voted how is nobody's business here either."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.communities import services
from accounts.communities.models import (
    Adhesion,
    Community,
    CommunityChange,
    CommunityMember,
    MonthlyContribution,
    SpendingRequest,
    SpendingRequestChange,
)
from accounts.users.back_office import ManagersLook
from config.lib.admin import HistoryInline, ReadOnlyAdmin, ReadOnlyInline, each


class MemberInline(ReadOnlyInline):
    model = CommunityMember
    fields = ["user", "role", "joined_at", "left_at"]
    readonly_fields = fields


class ChangeInline(HistoryInline):
    model = CommunityChange


class RequestChangeInline(HistoryInline):
    model = SpendingRequestChange


@admin.register(Community)
class CommunityAdmin(ManagersLook, ReadOnlyAdmin):
    list_display = ["title", "visibility", "status", "pot", "quorum_percent", "founder", "created_at"]
    list_filter = ["status", "visibility", "platform"]
    search_fields = ["name", "slug", "founder__email"]
    list_select_related = ["account", "founder"]
    date_hierarchy = "created_at"
    inlines = [MemberInline, ChangeInline]
    actions = ["suspend", "resume"]

    @admin.display(description=_("in the pot"), ordering="account__balance")
    def pot(self, community: Community) -> Any:
        return community.account.balance

    @admin.action(description=_("Suspend the selected communities"))
    def suspend(self, request: HttpRequest, queryset: QuerySet[Community]) -> None:
        each(request, queryset, lambda c: services.suspend_community(actor=request.user, community_id=c.pk))

    @admin.action(description=_("Let the selected communities work again"))
    def resume(self, request: HttpRequest, queryset: QuerySet[Community]) -> None:
        each(request, queryset, lambda c: services.resume_community(actor=request.user, community_id=c.pk))


@admin.register(Adhesion)
class AdhesionAdmin(ManagersLook, ReadOnlyAdmin):
    """Who wants to join a private community or the solidarity fund; managers answer for the fund."""

    list_display = ["user", "community", "status", "created_at"]
    list_filter = ["status", "community__platform", "created_at"]
    search_fields = ["user__email", "user__last_name", "community__name"]
    list_select_related = ["user", "community"]
    date_hierarchy = "created_at"
    actions = ["accept", "refuse"]

    def _answer(self, request: HttpRequest, queryset: QuerySet[Adhesion], *, accept: bool) -> None:
        each(request, queryset, lambda row: services.answer_adhesion(
            actor=request.user, community_id=row.community_id, adhesion_id=row.pk, accept=accept
        ))

    @admin.action(description=_("Let the selected people in"))
    def accept(self, request: HttpRequest, queryset: QuerySet[Adhesion]) -> None:
        self._answer(request, queryset, accept=True)

    @admin.action(description=_("Do not let the selected people in"))
    def refuse(self, request: HttpRequest, queryset: QuerySet[Adhesion]) -> None:
        self._answer(request, queryset, accept=False)


@admin.register(SpendingRequest)
class SpendingRequestAdmin(ManagersLook, ReadOnlyAdmin):
    list_display = ["purpose", "community", "asker", "amount", "status", "voters", "needed", "closes_at"]
    list_filter = ["status", "created_at"]
    search_fields = ["purpose", "community__name", "asker__email", "asker__last_name"]
    list_select_related = ["community", "asker"]
    date_hierarchy = "created_at"
    inlines = [RequestChangeInline]


@admin.register(MonthlyContribution)
class MonthlyContributionAdmin(ManagersLook, ReadOnlyAdmin):
    list_display = ["community", "user", "amount", "day", "next_on", "status", "failures", "last_failure_at"]
    list_filter = ["status"]
    search_fields = ["community__name", "user__email"]
    list_select_related = ["community", "user"]
