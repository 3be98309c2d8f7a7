"""The back office opens to staff with a second factor only, where `STAFF_MFA_REQUIRED` is on."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.users.queries import may_work


class StaffSecondFactor:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        inside = settings.STAFF_MFA_REQUIRED and request.path_info.startswith(reverse("admin:index"))
        if inside and request.user.is_authenticated and request.user.is_staff and not may_work(request.user):
            messages.warning(request, _("The back office needs a second factor. Set it up here, then come back."))
            return redirect("mfa_activate_totp")
        return self.get_response(request)
