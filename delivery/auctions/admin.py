from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline

from config.lib.errors import DomainError
from delivery.auctions import queries, services
from delivery.auctions.models import Bid
from delivery.deliveries import admin as deliveries
from delivery.deliveries.models import Delivery


class BidInline(deliveries.ReadOnly, TabularInline):
    model = Bid
    fields = readonly_fields = ["courier", "amount", "eta_minutes", "note", "status", "created_at"]
    extra = 0


@admin.register(Bid)
class BidAdmin(deliveries.ReadOnly, ModelAdmin):
    list_display = ["delivery", "courier", "amount", "eta_minutes", "score", "status", "created_at"]
    list_filter = ["status", "created_at"]
    search_fields = ["delivery__reference", "courier__user__email", "courier__user__last_name"]
    list_select_related = ["delivery", "courier__user"]
    actions = ["choose"]

    @admin.display(description=_("score"))
    def score(self, bid: Bid) -> Any:
        return queries.compare(bid.delivery, [bid])[0].score.total

    @admin.action(description=_("Give the delivery to this bid"))
    def choose(self, request: HttpRequest, queryset: QuerySet[Bid]) -> None:
        for bid in queryset:
            try:
                services.accept_bid(actor=request.user, delivery_id=bid.delivery_id, bid_id=bid.pk)
            except DomainError as error:
                self.message_user(request, f"{bid}: {error}", "error")


@admin.register(Delivery)
class AuctionedDeliveryAdmin(deliveries.DeliveryAdmin):
    """The deliveries' admin with its bids and the actions of an auction."""

    inlines = [BidInline, *deliveries.DeliveryAdmin.inlines]
    actions = ["close_now", "post_again", *deliveries.DeliveryAdmin.actions]

    @admin.action(description=_("Close the auction now"))
    def close_now(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        self._each(request, queryset, services.close_auction, early=True)

    @admin.action(description=_("Post again"))
    def post_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        self._each(request, queryset, services.repost)
