from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from config.lib.admin import HistoryInline
from config.lib.errors import DomainError
from delivery.couriers import services
from delivery.couriers.models import Courier, CourierChange, Shift


class ChangeInline(HistoryInline):
    model = CourierChange


@admin.register(Courier)
class CourierAdmin(ModelAdmin):
    list_display = ["user", "vehicle", "status", "on_shift", "position_at", "created_at"]
    list_filter = ["status", "on_shift", "vehicle"]
    search_fields = ["user__email", "user__first_name", "user__last_name"]
    list_select_related = ["user"]
    fields = readonly_fields = [
        "user", "vehicle", "about", "status", "on_shift", "lat", "lon", "position_at", "rating_sum", "rating_count",
        "created_at",
    ]
    inlines = [ChangeInline]
    actions = ["approve", "refuse", "suspend", "reactivate", "end_shift"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def _each(self, request: HttpRequest, rows: QuerySet[Courier], service: Any) -> None:
        done = 0
        for courier in rows:
            try:
                service(actor=request.user, courier_id=courier.pk)
                done += 1
            except DomainError as error:
                self.message_user(request, f"{courier}: {error}", messages.ERROR)
        if done:
            self.message_user(request, _("Done for %(count)s.") % {"count": done}, messages.SUCCESS)

    @admin.action(description=_("Approve"))
    def approve(self, request: HttpRequest, queryset: QuerySet[Courier]) -> None:
        self._each(request, queryset, services.approve)

    @admin.action(description=_("Refuse the application"))
    def refuse(self, request: HttpRequest, queryset: QuerySet[Courier]) -> None:
        self._each(request, queryset, services.refuse)

    @admin.action(description=_("Suspend"))
    def suspend(self, request: HttpRequest, queryset: QuerySet[Courier]) -> None:
        self._each(request, queryset, services.suspend)

    @admin.action(description=_("Let work again"))
    def reactivate(self, request: HttpRequest, queryset: QuerySet[Courier]) -> None:
        self._each(request, queryset, services.reactivate)

    @admin.action(description=_("End the shift"))
    def end_shift(self, request: HttpRequest, queryset: QuerySet[Courier]) -> None:
        self._each(request, queryset, services.end_shift)


@admin.register(Shift)
class ShiftAdmin(ModelAdmin):
    list_display = ["courier", "opened_at", "closed_at"]
    list_filter = ["opened_at"]
    search_fields = ["courier__user__email", "courier__user__last_name"]
    list_select_related = ["courier__user"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
