"""What the admin pages of all apps share."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin

from config.lib.errors import DomainError


class ReadOnlyAdmin(ModelAdmin):
    """Rows that only services write: looked at, searched and acted on, never edited."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


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
