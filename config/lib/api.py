"""What every API door shares: problem+json, pages of lists, slashes, the base view."""

import math
from collections.abc import Callable
from datetime import UTC
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.validators import ProhibitNullCharactersValidator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions, serializers, status
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, set_rollback

from config.lib.errors import DomainError, Invalid
from config.lib.idempotency import IdempotentMixin
from config.lib.models import MoneyField
from config.lib.parsing import TooLarge


class TrailingSlashMiddleware:
    """API paths answer with and without a trailing slash: routes are declared without, the slash is cut here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info.rstrip("/")
        if path == "/api":
            request.path_info = "/api/"  # the root itself: an unknown path like any other, not a redirect to itself
        elif path.startswith("/api/"):
            request.path_info = path
        return self.get_response(request)


class Page(PageNumberPagination):
    page_size = 20
    max_page_size = 100
    page_size_query_param = "page_size"


class PageOut(serializers.Serializer):
    """The form of a list, as `ApiView.paged` answers it: subclasses add its `results`."""

    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class Money(serializers.DecimalField):
    """An amount in the API: a string with two decimals."""

    def __init__(self, **kwargs: Any):
        kwargs.setdefault("max_digits", 12)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(**kwargs)


serializers.ModelSerializer.serializer_field_mapping[MoneyField] = Money
# The contract speaks UTC; the default would be the time zone of the shop.
serializers.DateTimeField.timezone = UTC  # type: ignore[attr-defined]

CODES = {
    400: "malformed", 401: "not_authenticated", 403: "forbidden", 404: "not_found", 405: "method_not_allowed",
    406: "not_acceptable", 413: "too_large", 415: "unsupported_media_type", 422: "invalid", 429: "throttled",
}


def _flatten(detail: Any, prefix: str = "") -> dict[str, list[str]]:
    """DRF's nested error detail as `field.sub → [messages]`."""
    if isinstance(detail, dict):
        flat: dict[str, list[str]] = {}
        for key, value in detail.items():
            flat.update(_flatten(value, f"{prefix}.{key}" if prefix else str(key)))
        return flat
    if isinstance(detail, list) and any(isinstance(item, dict | list) for item in detail):
        flat = {}
        for index, item in enumerate(detail):
            if item:
                flat.update(_flatten(item, f"{prefix}.{index}" if prefix else str(index)))
        return flat
    messages = detail if isinstance(detail, list) else [detail]
    return {prefix or "non_field_errors": [str(m) for m in messages]}


def problem(
    *, status: int, code: str, detail: str, errors: dict | None = None, headers: dict | None = None, **data: Any
) -> Response:
    """A problem+json answer (RFC 9457) with our stable `code`."""
    titles = {
        400: _("Malformed request"), 401: _("Sign in first"), 402: _("Payment refused"), 403: _("Not allowed"),
        404: _("Not found"), 409: _("Conflict"), 422: _("Invalid data"), 429: _("Too many requests"),
    }
    body = {
        "type": "about:blank", "title": titles.get(status, detail), "status": status, "detail": detail,
        "code": code, "errors": errors or {}, **data,
    }
    return Response(body, status=status, headers=headers, content_type="application/problem+json")


def domain_problem(error: DomainError) -> Response:
    errors = {field: [str(m) for m in messages] for field, messages in error.errors.items()}
    return problem(status=error.status, code=error.code, detail=str(error), errors=errors, **error.data)


def problem_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Every refusal as problem+json; unknown exceptions stay unknown (500, logged)."""
    set_rollback()
    if isinstance(exc, DomainError):
        return domain_problem(exc)
    if isinstance(exc, Http404):
        exc = exceptions.NotFound()
    elif isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied()
    elif isinstance(exc, RequestDataTooBig):
        exc = TooLarge()
    elif isinstance(exc, SuspiciousOperation):
        exc = exceptions.ParseError()
    if isinstance(exc, exceptions.ValidationError):
        return problem(
            status=422, code="invalid", detail=_("Some fields need your attention."), errors=_flatten(exc.detail)
        )
    if not isinstance(exc, exceptions.APIException):
        return None
    headers = {}
    if getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = exc.auth_header
    if getattr(exc, "wait", None) is not None:
        headers["Retry-After"] = str(max(1, math.ceil(exc.wait)))
    code = CODES.get(exc.status_code, "error")
    return problem(status=exc.status_code, code=code, detail=str(exc.detail), headers=headers)


class ApiView(IdempotentMixin, APIView):
    """Base of the API's views. `idempotent = True` honours the Idempotency-Key header on POST.

    A view that answers a list answers it in pages; one that does not says `pagination_class = None`, so that the
    OpenAPI document tells the truth.
    """

    pagination_class: type[Page] | None = Page

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse null characters in the address, which PostgreSQL takes in no text: bodies are read by serializers,
        filters are not always. 422 on the parameter."""
        super().initial(request, *args, **kwargs)
        wrong = [name for name, values in request.query_params.lists() if any("\x00" in text for text in values)]
        if wrong:
            raise Invalid(errors={name: [ProhibitNullCharactersValidator.message] for name in wrong})

    def read(self, serializer_class: type[serializers.Serializer], **kwargs: Any) -> dict[str, Any]:
        """The validated input; 422 on the right field otherwise."""
        serializer = serializer_class(data=self.request.data, context={"request": self.request, **kwargs})
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def paged(self, queryset: Any, serializer_class: type[serializers.Serializer], **context: Any) -> Response:
        """One page of a list, in the form of the contract."""
        page = Page()
        rows = page.paginate_queryset(queryset, self.request, view=self)
        data = serializer_class(rows, many=True, context={"request": self.request, **context}).data
        return page.get_paginated_response(data)

    @property
    def idempotency_key(self) -> str:
        """The request's Idempotency-Key, or empty: services that move money derive their own key from it."""
        return self.request.headers.get("Idempotency-Key", "")[:128]


class Empty(serializers.Serializer):
    """A body without fields."""


NO_CONTENT = status.HTTP_204_NO_CONTENT


@csrf_exempt
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """An unknown path under /api, as problem+json (used by config.urls)."""
    response = problem(status=404, code="not_found", detail=_("This does not exist or is not yours."))
    response.accepted_renderer = APIView.renderer_classes[0]()  # type: ignore[attr-defined]
    response.accepted_media_type = "application/json"  # type: ignore[attr-defined]
    response.renderer_context = {}  # type: ignore[attr-defined]
    return response.render()

