"""Admin of payments: what was asked, answered and told; refunds and webhooks that gave up are tried again."""


from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.payments import services
from accounts.payments.models import (
    DisagreementChange,
    Payment,
    PaymentChange,
    PaymentFact,
    Refund,
    SimulatedCharge,
    WebhookEvent,
)
from config.lib import jobs
from config.lib.admin import HistoryInline, ReadOnlyAdmin, ReadOnlyInline, each


class ChangeInline(HistoryInline):
    model: type[Model] = PaymentChange


class FactInline(ReadOnlyInline):
    model: type[Model] = PaymentFact
    fields = ["at", "kind", "amount", "data"]


class RefundInline(ReadOnlyInline):
    model: type[Model] = Refund
    fields = ["created_at", "amount", "state", "ending", "reason", "by"]
    readonly_fields = fields


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    list_display = ["reference", "user", "amount", "method", "status", "provider", "decline_code", "created_at"]
    list_filter = ["status", "method", "provider", "created_at"]
    search_fields = ["reference", "provider_ref", "key", "user__email", "label"]
    list_select_related = ["user"]
    date_hierarchy = "created_at"
    inlines = [ChangeInline, FactInline, RefundInline]


@admin.register(PaymentFact)
class PaymentFactAdmin(ReadOnlyAdmin):
    list_display = ["at", "kind", "payment", "amount", "data"]
    list_filter = ["kind", "at"]
    search_fields = ["payment__reference", "payment__provider_ref"]
    list_select_related = ["payment"]
    date_hierarchy = "at"


@admin.register(Refund)
class RefundAdmin(ReadOnlyAdmin):
    list_display = ["payment", "amount", "state", "ending", "reason", "by", "tries", "last_error", "created_at"]
    list_filter = ["state", "ending", "created_at"]
    search_fields = ["payment__reference", "key", "provider_ref", "reason"]
    list_select_related = ["payment", "by"]
    date_hierarchy = "created_at"
    actions = ["again"]

    @admin.action(description=_("Send the selected refunds again"))
    def again(self, request: HttpRequest, queryset: QuerySet[Refund]) -> None:
        each(request, queryset, lambda row: services.retry_refund(actor=request.user, refund_id=row.pk))


@admin.register(WebhookEvent)
class WebhookEventAdmin(ReadOnlyAdmin):
    list_display = ["event_id", "provider", "state", "outcome", "tries", "last_error", "received_at"]
    list_filter = ["state", "provider", "received_at"]
    search_fields = ["event_id", "body", "outcome"]
    date_hierarchy = "received_at"
    actions = ["again"]

    @admin.action(description=_("Handle the selected events again"))
    def again(self, request: HttpRequest, queryset: QuerySet[WebhookEvent]) -> None:
        each(request, queryset, jobs.retry)


@admin.register(SimulatedCharge)
class SimulatedChargeAdmin(ReadOnlyAdmin):
    list_display = ["provider_ref", "amount", "outcome", "state", "created_at"]
    list_filter = ["outcome", "state"]
    search_fields = ["provider_ref", "key"]


@admin.register(PaymentChange)
class PaymentChangeAdmin(ReadOnlyAdmin):
    list_display = ["subject", "from_status", "to_status", "by", "at", "announced_at"]
    list_filter = ["to_status", ("announced_at", admin.EmptyFieldListFilter)]
    search_fields = ["subject__reference"]
    list_select_related = ["subject", "by"]
    date_hierarchy = "at"


@admin.register(DisagreementChange)
class DisagreementChangeAdmin(ReadOnlyAdmin):
    list_display = ["subject", "from_status", "to_status", "by", "at", "announced_at"]
    list_filter = ["to_status", ("announced_at", admin.EmptyFieldListFilter)]
    search_fields = ["subject__reference"]
    list_select_related = ["subject", "by"]
    date_hierarchy = "at"
