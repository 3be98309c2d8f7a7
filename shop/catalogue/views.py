"""Page doors of the catalogue."""

from pathlib import Path

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.static import serve


def picture(request: HttpRequest, path: str) -> HttpResponseBase:
    """A product picture in one of its sizes. The originals, and other uploads, are not public."""
    response = serve(request, path, document_root=Path(settings.MEDIA_ROOT) / "products")
    response["Cache-Control"] = "public, max-age=604800"
    return response
