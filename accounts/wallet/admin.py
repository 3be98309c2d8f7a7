"""Admin of the ledger: for looking only. Money moves through services."""

from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet, Sum
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline

from accounts.wallet.models import Account, Hold, MonthlyStatement, Posting, Transaction
from config.lib.admin import ReadOnlyAdmin
from config.lib.money import ZERO

DRILL_DOWN = {
    "account__kind__exact", "account__code__exact", "account__code__in", "account__user__courier__isnull",
    "vat_rate__exact", "vat_rate__isnull", "amount__gt", "amount__lt", "transaction__entry__journal__exact",
    "transaction__entry__date__gte", "transaction__entry__date__lte",
}


class PostingInline(TabularInline):
    model = Posting
    fields = ["account", "amount"]
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "kind", "code", "shown_balance", "held", "created_at"]
    list_filter = ["kind", "code"]
    search_fields = ["user__email", "user__last_name", "company__name", "code"]
    list_select_related = ["user", "company"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        unstored = Q(kind="SYSTEME")
        return super().get_queryset(request).annotate(posted=Sum("postings__amount", filter=unstored))

    @admin.display(description=_("balance"))
    def shown_balance(self, account: Any) -> Decimal:
        """Stored for guarded accounts, else the sum of the postings."""
        return account.balance if account.guarded else account.posted or ZERO


@admin.register(Transaction)
class TransactionAdmin(ReadOnlyAdmin):
    list_display = ["id", "at", "kind", "reference", "memo", "actor"]
    list_filter = ["kind", "at"]
    search_fields = ["reference", "key", "memo", "actor__email", "postings__account__user__email"]
    list_select_related = ["actor"]
    date_hierarchy = "at"
    inlines = [PostingInline]


@admin.register(Posting)
class PostingAdmin(ReadOnlyAdmin):
    list_display = ["transaction", "account", "amount", "vat_rate", "at"]
    list_filter = ["account__kind", "account__code", "transaction__kind"]
    search_fields = ["transaction__reference", "account__user__email", "account__company__name"]
    list_select_related = ["transaction", "account__user", "account__company"]
    date_hierarchy = "transaction__at"

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """What a figure of the finances leads here with: the very postings it was added up from."""
        return lookup in DRILL_DOWN or super().lookup_allowed(lookup, value, request)

    @admin.display(description=_("at"), ordering="transaction__at")
    def at(self, posting: Posting) -> Any:
        return posting.transaction.at


@admin.register(Hold)
class HoldAdmin(ReadOnlyAdmin):
    list_display = ["reference", "account", "amount", "status", "created_at", "ended_at"]
    list_filter = ["status", "account__kind"]
    search_fields = ["reference", "account__user__email", "account__company__name"]
    list_select_related = ["account__user", "account__company"]
    date_hierarchy = "created_at"


@admin.register(MonthlyStatement)
class MonthlyStatementAdmin(ReadOnlyAdmin):
    list_display = ["account", "month", "state", "sha256", "created_at"]
    list_filter = ["state"]
    search_fields = ["account__user__email", "account__company__name"]
    list_select_related = ["account__user", "account__company"]
    date_hierarchy = "month"
    exclude = ["pdf"]
