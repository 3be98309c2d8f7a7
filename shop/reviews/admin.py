"""Admin of reviews: read what waits, show it, or hide it with a reason."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from config.lib.admin import HistoryInline, ReadOnlyAdmin, each
from shop.catalogue.admin import back_to
from shop.orders.admin import ReasonForm, SureForm, dialog
from shop.reviews import services
from shop.reviews.models import Review, ReviewChange


class ReviewHistoryInline(HistoryInline):
    model: type[Model] = ReviewChange


@admin.register(Review)
class ReviewAdmin(ReadOnlyAdmin):
    list_display = ["product", "stars", "title", "excerpt", "user", "shown_status", "created_at"]
    list_filter = ["status", "stars", "created_at"]
    search_fields = ["product__name", "product__sku", "user__email", "user__last_name", "title", "body"]
    list_select_related = ["product", "user"]
    date_hierarchy = "created_at"
    inlines = [ReviewHistoryInline]
    fields = readonly_fields = [
        "product", "user", "line", "status", "stars", "title", "body", "created_at", "updated_at",
    ]
    actions = ["publish_selected"]
    actions_detail = ["publish", "hide"]

    def has_handle_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("shop.change_review")

    @display(description=_("status"), label={"EN_ATTENTE": "warning", "PUBLIE": "success", "MASQUE": "danger"})
    def shown_status(self, review: Review) -> tuple[str, str]:
        return review.status, review.get_status_display()

    @admin.display(description=_("opinion"))
    def excerpt(self, review: Review) -> str:
        return f"{review.body[:120]}…" if len(review.body) > 120 else review.body

    @admin.action(description=_("Publish"), permissions=["handle"])
    def publish_selected(self, request: HttpRequest, queryset: QuerySet[Review]) -> None:
        each(request, queryset, lambda review: services.publish(actor=request.user, review_id=review.pk))

    @action(
        description=_("Publish"), permissions=["handle"], icon="visibility",
        dialog=dialog(_("Publish the review"), SureForm),
    )
    def publish(self, request: HttpRequest, form: SureForm, object_id: int) -> HttpResponse:
        self.publish_selected(request, Review.objects.filter(pk=object_id))
        return back_to(request, "review", object_id)

    @action(
        description=_("Hide"), permissions=["handle"], icon="visibility_off",
        dialog=dialog(_("Hide the review"), ReasonForm, _("Its author reads the reason.")),
    )
    def hide(self, request: HttpRequest, form: ReasonForm, object_id: int) -> HttpResponse:
        why = form.cleaned_data["reason"]
        each(
            request, Review.objects.filter(pk=object_id),
            lambda review: services.hide(actor=request.user, review_id=review.pk, reason=why),
        )
        return back_to(request, "review", object_id)
