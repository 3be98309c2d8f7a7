"""Step-up: before money leaves, whoever is signed in shows again that it is he.

A sign-in or a confirmation counts for STEP_UP_MINUTES, on the device or browser where it was made. With a second
factor only its code counts: a stolen password alone moves nothing. A door that lets money out takes one base more:

    class TransferView(StepUpApi, ApiView): …                       API: every unsafe method asks
    class TransferView(LoginRequired, StepUpPage, ServiceFormView): …   page: every POST asks

config/tests/test_step_up.py walks the routes and fails on one that forgot.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from rest_framework.permissions import SAFE_METHODS

from accounts.users.rules import StepUpRequired
from config.lib.errors import Forbidden

API_URL = "/api/auth/step-up"
SESSION_KEY = "step_up"
KEPT_FIELDS, KEPT_LENGTH = 30, 1000  # what is kept of a form while its owner confirms; the session is a small place


def _last_proof(request: Any) -> datetime | None:
    """When the person last showed on this device or in this browser that it is he; None: never."""
    user = request.user
    with_code = is_mfa_enabled(user)
    signed_in_by = getattr(request, "auth", None)
    if signed_in_by is not None:  # a token; a company's key has no such field and never moves money
        proved = getattr(signed_in_by, "confirmed_at", None)
        return None if with_code and not signed_in_by.confirmed_by_code else proved
    records = get_authentication_records(getattr(request, "_request", request), user)
    counting = ("mfa",) if with_code else ("mfa", "password")
    times = [record["at"] for record in records if record["method"] in counting]
    return datetime.fromtimestamp(max(times), UTC) if times else None


def is_fresh(request: Any) -> bool:
    """Whether money may leave on this request without asking again."""
    proved = _last_proof(request)
    return proved is not None and timezone.now() < proved + timedelta(minutes=settings.STEP_UP_MINUTES)


class StepUpApi:
    """For an ApiView. Stands before the Idempotency-Key, so that a refusal is not what a repeat is answered."""

    def check_permissions(self, request: Any) -> None:
        super().check_permissions(request)  # type: ignore[misc]
        if request.method not in SAFE_METHODS and not is_fresh(request):
            raise StepUpRequired(step_up_url=API_URL)


def confirm_first(request: Any, back: str) -> HttpResponse | None:
    """For a button of the back office: where to send its presser before the money moves, and from there to the page
    `back`; None when he has confirmed lately."""
    return None if is_fresh(request) else _sent_to_confirm(request, back, {})


def _sent_to_confirm(request: Any, back: str, typed: dict[str, Any]) -> HttpResponse:
    methods = get_adapter(request).get_reauthentication_methods(request.user)
    if not methods:  # neither password nor second factor: nothing to confirm with
        raise Forbidden(_("Choose a password first, then try again."))
    request.session[SESSION_KEY] = {"path": back, "data": typed}
    return HttpResponseRedirect(f"{methods[0]['url']}?{urlencode({'next': back})}")


class StepUpPage:
    """For a page view, after LoginRequired. Nothing is done by itself after the confirmation: a form comes back as
    it was filled in, a button is there to be pressed again."""

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in SAFE_METHODS and request.user.is_authenticated and not is_fresh(request):
            return self._ask(request)
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]

    def get_form_kwargs(self) -> dict[str, Any]:
        """A form opened again holds what was typed before the confirmation."""
        kwargs = super().get_form_kwargs()  # type: ignore[misc]
        kept = self.request.session.get(SESSION_KEY)
        if self.request.method == "GET" and kept and kept["path"] == self.request.get_full_path():
            del self.request.session[SESSION_KEY]
            kwargs["initial"] = {**kwargs.get("initial", {}), **kept["data"]}
            if is_fresh(self.request):
                messages.info(self.request, _("Thank you. Check what you typed and press the button again."))
        return kwargs

    def _ask(self, request: HttpRequest) -> HttpResponse:
        return _sent_to_confirm(request, self._back(request), _typed(request) if hasattr(self, "get") else {})

    def _back(self, request: HttpRequest) -> str:
        """The page itself, or for a button without a page the one it was pressed on."""
        if hasattr(self, "get"):
            return request.get_full_path()
        before = request.headers.get("Referer", "")
        if not url_has_allowed_host_and_scheme(before, {request.get_host()}):
            return "/"
        parts = urlsplit(before)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _typed(request: HttpRequest) -> dict[str, Any]:
    """The fields of a form worth keeping."""
    kept: dict[str, Any] = {}
    for name, values in list(request.POST.lists())[:KEPT_FIELDS]:
        if name != "csrfmiddlewaretoken" and all(len(value) <= KEPT_LENGTH for value in values):
            kept[name] = values if len(values) > 1 else values[0]
    return kept
