"""Admin of notifications: what was told, what is owed to providers, and the button that tries again."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from config.lib.admin import ReadOnlyAdmin, ReadOnlyInline
from config.lib.jobs import JobState
from support.notifications import services
from support.notifications.models import Device, Dispatch, Notification, OutsideMessage, Preference, QuietHours


class OwedAdmin(ReadOnlyAdmin):
    """Messages owed to a provider. A subclass calls the service that tries one again."""

    actions = ["send_again"]

    def send_one_again(self, pk: int) -> None:
        raise NotImplementedError

    @admin.action(description=_("Try again the selected messages that did not go out"))
    def send_again(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        waiting = list(queryset.exclude(state=JobState.FAIT).values_list("pk", flat=True))
        for pk in waiting:
            self.send_one_again(pk)
        text = ngettext("%d message is being sent again.", "%d messages are being sent again.", len(waiting))
        messages.success(request, text % len(waiting))


class DispatchInline(ReadOnlyInline):
    model = Dispatch
    fields = readonly_fields = ["channel", "state", "tries", "next_attempt_at", "sent_at", "last_error"]


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    list_display = ["subject", "user", "kind", "created_at", "read_at"]
    list_filter = ["topic", "kind", ("read_at", admin.EmptyFieldListFilter)]
    search_fields = ["subject", "user__email", "user__last_name"]
    list_select_related = ["user"]
    date_hierarchy = "created_at"
    inlines = [DispatchInline]


@admin.register(Dispatch)
class DispatchAdmin(OwedAdmin):
    list_display = ["notification", "channel", "state", "tries", "next_attempt_at", "sent_at", "last_error"]
    list_filter = ["state", "channel"]
    search_fields = ["notification__subject", "notification__user__email", "last_error", "provider_ref"]
    list_select_related = ["notification"]
    date_hierarchy = "created_at"

    def send_one_again(self, pk: int) -> None:
        services.retry_dispatch(dispatch_id=pk)


@admin.register(OutsideMessage)
class OutsideMessageAdmin(OwedAdmin):
    list_display = ["subject", "client", "channel", "destination", "state", "tries", "created_at", "last_error"]
    list_filter = ["state", "channel", "kind"]
    search_fields = ["subject", "destination", "client__name", "last_error", "provider_ref"]
    list_select_related = ["client"]
    date_hierarchy = "created_at"

    def send_one_again(self, pk: int) -> None:
        services.retry_outside(message_id=pk)


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
