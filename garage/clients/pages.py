"""What the pages of the garage's staff share."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from config.lib.pages import LoginRequired
from garage.clients.queries import require_staff


class StaffPage(LoginRequired):
    """For a page that the garage works with: visitors sign in, everybody else is refused."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            require_staff(request.user)
        return super().dispatch(request, *args, **kwargs)
