"""Files that only some may read: kept apart, given out by views that check the right."""

from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.http import FileResponse
from django.utils.deconstruct import deconstructible


@deconstructible
class PrivateStorage(FileSystemStorage):
    """Files under PRIVATE_ROOT, outside MEDIA_ROOT: no web server gives them out. The setting is read late, so that
    tests can point it elsewhere."""

    @property
    def base_location(self) -> str:  # type: ignore[override]
        return str(settings.PRIVATE_ROOT)

    @property
    def location(self) -> str:  # type: ignore[override]
        return str(settings.PRIVATE_ROOT)

    def url(self, name: str | None) -> str:
        raise ValueError("a private file has no public address")


def give_out(file: Any, *, content_type: str, filename: str) -> FileResponse:
    """A private picture for the reader who may see it: never run by the browser, never kept by a shared cache."""
    response = FileResponse(file.open("rb"), content_type=content_type, filename=filename)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=3600"
    return response
