"""Admin of notifications: what was told, what is owed to providers, and the button that tries again."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin, TabularInline

from config.lib.jobs import JobState
from support.notifications import services
from support.notifications.models import Device, Dispatch, Notification, Preference, QuietHours


class ReadOnlyAdmin(ModelAdmin):
    """Rows that only services write."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class DispatchInline(TabularInline):
    model = Dispatch
    fields = ["channel", "state", "tries", "next_attempt_at", "sent_at", "last_error"]
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    list_display = ["subject", "user", "kind", "created_at", "read_at"]
    list_filter = ["topic", "kind", ("read_at", admin.EmptyFieldListFilter)]
    search_fields = ["subject", "user__email", "user__last_name"]
    list_select_related = ["user"]
    date_hierarchy = "created_at"
    inlines = [DispatchInline]


@admin.register(Dispatch)
class DispatchAdmin(ReadOnlyAdmin):
    list_display = ["notification", "channel", "state", "tries", "next_attempt_at", "sent_at", "last_error"]
    list_filter = ["state", "channel"]
    search_fields = ["notification__subject", "notification__user__email", "last_error", "provider_ref"]
    list_select_related = ["notification"]
    date_hierarchy = "created_at"
    actions = ["send_again"]

    @admin.action(description=_("Try again the selected messages that did not go out"))
    def send_again(self, request: HttpRequest, queryset: QuerySet[Dispatch]) -> None:
        waiting = list(queryset.exclude(state=JobState.FAIT).values_list("pk", flat=True))
        for pk in waiting:
            services.retry_dispatch(dispatch_id=pk)
        text = ngettext("%d message is being sent again.", "%d messages are being sent again.", len(waiting))
        messages.success(request, text % len(waiting))


@admin.register(Device)
class DeviceAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "user", "platform", "created_at"]
    fields = ["user", "platform", "fingerprint", "created_at"]
    list_filter = ["platform"]
    search_fields = ["user__email", "fingerprint"]
    list_select_related = ["user"]


@admin.register(Preference)
class PreferenceAdmin(ReadOnlyAdmin):
    list_display = ["user", "topic", "channel", "enabled"]
    list_filter = ["topic", "channel", "enabled"]
    search_fields = ["user__email"]
    list_select_related = ["user"]


@admin.register(QuietHours)
class QuietHoursAdmin(ReadOnlyAdmin):
    list_display = ["user", "starts", "ends"]
    list_filter = ["user__language"]
    search_fields = ["user__email"]
    list_select_related = ["user"]
