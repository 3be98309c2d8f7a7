"""Positions and watches, read-only: nobody edits where somebody was."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from delivery.tracking.models import CourierPosition, Watch


class ReadOnly(ModelAdmin):
    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(CourierPosition)
class CourierPositionAdmin(ReadOnly):
    list_display = ["courier", "recorded_at", "received_at", "lat", "lon", "accuracy", "is_outlier"]
    list_filter = ["is_outlier", "recorded_at", "courier"]
    list_select_related = ["courier__user"]
    search_fields = ["courier__user__email", "courier__user__first_name", "courier__user__last_name"]
    show_full_result_count = False  # tens of millions of rows


@admin.register(Watch)
class WatchAdmin(ReadOnly):
    list_display = ["courier", "delivery", "audience", "watcher", "at"]
    list_filter = ["audience", "at"]
    list_select_related = ["courier__user", "delivery", "watcher"]
    search_fields = ["courier__user__email", "watcher__email", "delivery__reference"]
