"""What every page may show around its content; lazy, so that a page which does not show it pays nothing."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    return {"site_name": settings.SITE_NAME, "debug": settings.DEBUG}
