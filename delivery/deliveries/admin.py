from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin
from unfold.admin import ModelAdmin, TabularInline

from config.lib import jobs
from config.lib.admin import HistoryInline
from config.lib.errors import DomainError
from config.lib.templatetags.ui import money
from delivery.deliveries import queries, services
from delivery.deliveries.models import Delivery, DeliveryChange, DeliveryProof, PricingRule, ProofDocument
from delivery.deliveries.queries import Audience
from delivery.places.rules import one_line


class ReadOnly:
    """Rows that only services write."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class DeliveryHistory(HistoryInline):
    model = DeliveryChange


class ProofInline(ReadOnly, TabularInline):
    model = DeliveryProof
    fields = readonly_fields = ["at", "step", "method", "reason", "note", "by", "distance_m", "file", "sha256"]
    extra = 0


class DeliveryAdmin(ModelAdmin):
    """Read only; what staff may do is an action that calls a service. Registered by auctions, which adds bids."""

    list_display = ["reference", "status", "mode", "origin", "way", "courier", "shown_price", "promised_at"]
    list_filter = ["status", "mode", "award", "kind", "created_at"]
    search_fields = ["reference", "origin", "sender__email", "recipient_user__email", "courier__user__email"]
    list_select_related = ["courier__user", "sender"]
    date_hierarchy = "created_at"
    inlines = [DeliveryHistory, ProofInline]
    actions = ["cancel_selected", "unlock_codes", "reattempt"]
    fields = readonly_fields = [
        "reference", "origin", "status", "kind", "mode", "award", "sender", "recipient_user", "courier", "way",
        "parcels", "note", "payer_account", "hold", "estimate", "max_price", "agreed_price", "commission_percent",
        "closes_at", "awarded_at", "promised_at", "picked_up_at", "delivered_at", "codes", "pickup_tries",
        "dropoff_tries", "created_at",
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("way"))
    def way(self, delivery: Delivery) -> str:
        return f"{one_line(delivery.pickup)} → {one_line(delivery.dropoff)}"

    @admin.display(description=_("price"), ordering="agreed_price")
    def shown_price(self, delivery: Delivery) -> str:
        return money(delivery.price)

    @admin.display(description=_("codes"))
    def codes(self, delivery: Delivery) -> str:
        """Only where the house itself hands the parcel over."""
        shown = queries.handover_for(Audience.STAFF, delivery)
        if shown["pickup_code"] is None:
            return str(_("Known to the sender only."))
        return _("Pickup %(pickup_code)s, handover %(dropoff_code)s") % shown

    def _each(self, request: HttpRequest, rows: QuerySet[Delivery], service: Any, **kwargs: Any) -> None:
        done = 0
        for delivery in rows:
            try:
                service(actor=request.user, delivery_id=delivery.pk, **kwargs)
                done += 1
            except DomainError as error:
                self.message_user(request, f"{delivery}: {error}", messages.ERROR)
        if done:
            self.message_user(request, _("Done for %(count)s.") % {"count": done}, messages.SUCCESS)

    @admin.action(description=_("Cancel"))
    def cancel_selected(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        self._each(request, queryset, services.cancel, reason=str(_("By the manager")))

    @admin.action(description=_("Unlock the handover codes"))
    def unlock_codes(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        self._each(request, queryset, services.unlock)

    @admin.action(description=_("Try again"))
    def reattempt(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        self._each(request, queryset, services.reattempt)


@admin.register(DeliveryProof)
class ProofAdmin(ReadOnly, ModelAdmin):
    list_display = ["delivery", "step", "method", "reason", "by", "at", "distance_m"]
    list_filter = ["step", "method", "reason"]
    search_fields = ["delivery__reference", "sha256"]
    list_select_related = ["delivery", "by"]


@admin.register(ProofDocument)
class ProofDocumentAdmin(ReadOnly, ModelAdmin):
    list_display = ["delivery", "version", "language", "state", "tries", "next_attempt_at", "last_error"]
    list_filter = ["state"]
    search_fields = ["delivery__reference"]
    list_select_related = ["delivery"]
    actions = ["retry"]

    @admin.action(description=_("Try again"))
    def retry(self, request: HttpRequest, queryset: QuerySet[ProofDocument]) -> None:
        for document in queryset:
            jobs.retry(document)


@admin.register(PricingRule)
class PricingRuleAdmin(SimpleHistoryAdmin, ModelAdmin):
    """Prices by kind from a date on; every change is kept with its author."""

    list_display = ["kind", "valid_from", "base", "per_km", "minimum", "commission_percent"]
    list_filter = ["kind"]
    search_fields = ["kind"]
    history_list_display = ["base", "per_km", "minimum", "commission_percent"]
