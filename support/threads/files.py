"""Giving out a private file: never run by the browser, never kept by a shared cache."""

from django.http import FileResponse

from support.threads.models import Attachment


def serve(attachment: Attachment) -> FileResponse:
    """The file. Pictures open in the page, everything else is saved."""
    response = FileResponse(
        attachment.file.open("rb"), filename=attachment.name, content_type=attachment.content_type,
        as_attachment=not attachment.content_type.startswith("image/"),
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=3600"
    return response
