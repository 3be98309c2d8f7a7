"""Who may look at which rows of the back office, beyond the permissions of the staff groups."""

from typing import Any

from django.http import HttpRequest

from accounts.users.queries import is_staff_of


class ManagersLook:
    """For a ModelAdmin before ReadOnlyAdmin: rows that only managers need to see (bank accounts, private affairs). The
    groups of clerks and mechanics may view the tables of `accounts` to look up a customer; that is not meant here."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_staff_of(request.user, "MANAGER")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)
