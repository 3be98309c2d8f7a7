"""Admin of reviews: read what waits, show it, or hide it with a reason."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display

from config.lib.staff import ReadOnly, each, each_with_reason
from shop.reviews import services
from shop.reviews.models import Review, ReviewChange


class ReviewHistoryInline(ReadOnly, TabularInline):
    model = ReviewChange
    fields = ["at", "from_status", "to_status", "by", "reason"]
    extra = 0


@admin.register(Review)
class ReviewAdmin(ReadOnly, ModelAdmin):
    list_display = ["product", "stars", "title", "excerpt", "user", "shown_status", "created_at"]
    list_filter = ["status", "stars", "created_at"]
    search_fields = ["product__name", "product__sku", "user__email", "user__last_name", "title", "body"]
    list_select_related = ["product", "user"]
    date_hierarchy = "created_at"
    ordering = ["-pk"]
    inlines = [ReviewHistoryInline]
    fields = ["product", "user", "line", "status", "stars", "title", "body", "created_at", "updated_at"]
    actions = ["publish", "hide"]

    @display(description=_("status"), label={"EN_ATTENTE": "warning", "PUBLIE": "success", "MASQUE": "danger"})
    def shown_status(self, review: Review) -> tuple[str, str]:
        return review.status, review.get_status_display()

    @admin.display(description=_("opinion"))
    def excerpt(self, review: Review) -> str:
        return f"{review.body[:120]}…" if len(review.body) > 120 else review.body

    @admin.action(description=_("Publish the selected reviews"), permissions=["view"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Review]) -> None:
        each(request, queryset, lambda review: services.publish(actor=request.user, review_id=review.pk))

    @admin.action(description=_("Hide the selected reviews"), permissions=["view"])
    def hide(self, request: HttpRequest, queryset: QuerySet[Review]) -> HttpResponse | None:
        return each_with_reason(
            self, request, queryset, action="hide", title=_("Hide"),
            call=lambda review, why: services.hide(actor=request.user, review_id=review.pk, reason=why),
        )
