"""What every page door shares: a form that calls one service, refusals shown as messages, paging."""

import math
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import FormView

from config.lib.errors import DomainError

PER_PAGE = 20


class LoginRequired(LoginRequiredMixin):
    """Visitors are sent to the login page and come back."""


class DomainErrorMiddleware:
    """A refusal that a page did not handle becomes a page with its status and message."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """A page opened the wrong way (a POST-only address typed by hand) says so, instead of showing nothing."""
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            page = render(request, "errors/405.html", status=405)
            page["Allow"] = response["Allow"]
            return page
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DomainError):
            return None
        template = {403: "errors/403.html", 404: "errors/404.html"}.get(exception.status, "errors/409.html")
        return render(request, template, {"error": exception, "message": str(exception)}, status=exception.status)


def add_domain_error(form: forms.BaseForm, error: DomainError) -> None:
    """Put a refusal on the form: on its fields where the service named them, else above the form."""
    placed = False
    for field, texts in error.errors.items():
        for text in texts:
            form.add_error(field if field in form.fields else None, str(text))
            placed = True
    if not placed:
        form.add_error(None, str(error))


class ServiceFormView(FormView):
    """A page with one form and one service. Subclasses give `perform(form)`; its result goes to `success(result)`.

    A refusal (409, 422, 402) is shown on the form with what was typed kept; 403 and 404 become their pages.
    """

    success_message: Any = ""

    def perform(self, form: Any) -> Any:
        raise NotImplementedError

    def success(self, result: Any) -> HttpResponse:
        if self.success_message:
            messages.success(self.request, str(self.success_message))
        return HttpResponseRedirect(self.get_success_url())

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            result = self.perform(form)
        except DomainError as error:
            if error.status in (403, 404):
                raise
            add_domain_error(form, error)
            return self.form_invalid(form)
        return self.success(result)

    def form_invalid(self, form: Any) -> HttpResponse:
        response = self.render_to_response(self.get_context_data(form=form))
        response.status_code = 422
        return response


class ThrottledPage:
    """For a ServiceFormView that tries what an API door tries: the same `throttle_classes` count for both. Past the
    limit the form is shown again with what was typed, status 429 and Retry-After."""

    throttle_classes: tuple[Any, ...] = ()

    def form_valid(self, form: Any) -> HttpResponse:
        for throttle in (make() for make in self.throttle_classes):
            if not throttle.allow_request(self.request, self):  # type: ignore[attr-defined]
                seconds = max(1, math.ceil(throttle.wait() or 1))
                told = _("Too many tries. Wait %(seconds)s seconds and try again.") % {"seconds": seconds}
                form.add_error(None, told)
                response = self.form_invalid(form)  # type: ignore[attr-defined]
                response.status_code, response["Retry-After"] = 429, str(seconds)
                return response
        return super().form_valid(form)  # type: ignore[misc]


class ThrottledReading:
    """For a view of a page that is read by a link alone, without an account: nobody may try links by the thousand, or
    have papers made without end. Past the limit a page says how long to wait, status 429 and Retry-After."""

    throttle_classes: tuple[Any, ...] = ()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        for throttle in (make() for make in self.throttle_classes):
            if not throttle.allow_request(request, self):
                seconds = max(1, math.ceil(throttle.wait() or 1))
                page = render(request, "errors/429.html", {"seconds": seconds}, status=429)
                page["Retry-After"], page["Cache-Control"] = str(seconds), "no-store"
                return page
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class ActionView(View):
    """A POST button without fields: calls `perform()`, shows the message, goes to `back()`."""

    http_method_names = ["post"]
    success_message: Any = ""

    def perform(self) -> Any:
        raise NotImplementedError

    def back(self, result: Any) -> str:
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        result = None
        try:
            result = self.perform()
        except DomainError as error:
            if error.status in (403, 404):
                raise
            messages.error(request, str(error))
        else:
            if self.success_message:
                messages.success(request, str(self.success_message))
        return HttpResponseRedirect(self.back(result))


def paginate(request: HttpRequest, rows: Any, per_page: int = PER_PAGE) -> Any:
    """The page of `rows` asked for by `?page=`; a page that does not exist gives the nearest one."""
    return Paginator(rows, per_page).get_page(request.GET.get("page"))
