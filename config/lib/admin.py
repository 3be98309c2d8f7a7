"""What the admin pages of all apps share."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin, TabularInline

from config.lib.errors import DomainError
from config.lib.models import StatusChange


class ReadOnlyAdmin(ModelAdmin):
    """Rows that only services write: looked at, searched and acted on, never edited."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyInline(TabularInline):
    """Rows that belong to the one shown, for looking only. A subclass names `model` and `fields`."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class HistoryInline(ReadOnlyInline):
    """The moves of one thing, each state in words. A subclass names the `model`."""

    fields = readonly_fields = ["at", "was", "became", "by", "reason"]

    @admin.display(description=gettext_lazy("from"))
    def was(self, change: StatusChange) -> str:
        return change.word_of(change.from_status)

    @admin.display(description=gettext_lazy("to"))
    def became(self, change: StatusChange) -> str:
        return change.word_of(change.to_status)


def each(request: HttpRequest, rows: Iterable[Any], verb: Callable[[Any], Any]) -> None:
    """Call a service for each row and say what became of it; a refusal of one does not stop the others."""
    fine = 0
    for row in rows:
        try:
            verb(row)
        except DomainError as error:
            messages.error(request, f"{row}: {error}")
        else:
            fine += 1
    if fine:
        messages.success(request, _("Done for %(count)s.") % {"count": fine})
