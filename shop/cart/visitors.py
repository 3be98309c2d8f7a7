"""Pages of the catalogue as a visitor without cart or session sees them, remembered for a few seconds.

Most requests for these pages come from people, and machines, who carry nothing of their own: they all get the same
page but for the token of its forms. Whoever has a session or a cart gets his own page, made anew. A stock figure
shown may be as old as `CATALOGUE_COUNT_TTL_S`; the cart looks again.
"""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils.translation import get_language

from shop.cart.queries import COOKIE
from shop.catalogue.queries import Remembered, remembered

TOKEN = re.compile(rb'(?<=name="csrfmiddlewaretoken" value=")[^"]*')
OWN_COOKIES = (settings.SESSION_COOKIE_NAME, COOKIE, "messages")
pages = Remembered(limit=200)

View = Callable[..., HttpResponse]


class NotForAll(Exception):
    """The response that was made is not one to keep."""

    def __init__(self, response: HttpResponse):
        self.response = response


def anonymous(request: HttpRequest) -> bool:
    return (
        request.method == "GET" and not request.headers.get("HX-Request")
        and not any(name in request.COOKIES for name in OWN_COOKIES)
    )


def for_visitors(view: View) -> View:
    """Decorator of a page view: the same page for all visitors for a while, each with his own form token."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.CATALOGUE_COUNT_TTL_S or not anonymous(request):
            return view(request, *args, **kwargs)

        def make() -> list[bytes]:
            response = view(request, *args, **kwargs)
            if hasattr(response, "render"):
                response.render()
            if response.status_code != 200 or response.cookies:
                raise NotForAll(response)
            return TOKEN.split(response.content)

        key = (remembered.times_forgotten, request.get_host(), request.get_full_path(), get_language())
        try:
            parts = pages.get(key, make)
        except NotForAll as made:
            return made.response
        body = parts[0] if len(parts) == 1 else get_token(request).encode().join(parts)
        return HttpResponse(body)

    return wrapped
