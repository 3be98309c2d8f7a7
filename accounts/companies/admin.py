"""Admin of companies and their members."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline

from accounts.companies import services
from accounts.companies.models import Company, Membership
from config.lib.admin import ReadOnlyAdmin, each


class MembershipInline(TabularInline):
    model = Membership
    fields = ["user", "role", "created_at"]
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Company)
class CompanyAdmin(ReadOnlyAdmin):
    list_display = ["name", "siren", "vat_number", "city", "is_active", "created_at"]
    list_filter = ["is_active", "country", "city"]
    search_fields = ["name", "siren", "vat_number", "email", "memberships__user__email"]
    date_hierarchy = "created_at"
    inlines = [MembershipInline]
    actions = ["suspend", "resume"]

    @admin.action(description=_("Suspend the selected companies"))
    def suspend(self, request: HttpRequest, queryset: QuerySet[Company]) -> None:
        each(
            request, queryset,
            lambda c: services.set_company_active(actor=request.user, company_id=c.pk, active=False),
        )

    @admin.action(description=_("Let the selected companies work again"))
    def resume(self, request: HttpRequest, queryset: QuerySet[Company]) -> None:
        each(
            request, queryset,
            lambda c: services.set_company_active(actor=request.user, company_id=c.pk, active=True),
        )


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    list_display = ["user", "company", "role", "created_at"]
    list_filter = ["role"]
    search_fields = ["user__email", "company__name"]
    list_select_related = ["user", "company"]
