"""What may be attached: known by its content, never by its name. No ORM."""

from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from config.lib.errors import DomainError, Invalid

MAX_BYTES = 5 * 1024 * 1024
MAX_FILES = 5
IMAGES = {"JPEG": ("image/jpeg", ".jpg"), "PNG": ("image/png", ".png"), "WEBP": ("image/webp", ".webp"),
          "GIF": ("image/gif", ".gif")}

PDF, TEXT = ("application/pdf", ".pdf"), ("text/plain", ".txt")
CONTENT_TYPES = [content_type for content_type, _suffix in (*IMAGES.values(), PDF, TEXT)]


class FileTooLarge(DomainError):
    code = "too_large"
    status = 413


@dataclass(frozen=True)
class Checked:
    """A file that passed: its type by content, a safe name with the extension of that type."""

    file: Any
    name: str
    content_type: str
    suffix: str
    size: int


def _image_type(file: Any) -> tuple[str, str] | None:
    try:
        with Image.open(file) as picture:
            kind = IMAGES.get(picture.format or "")
            picture.verify()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
    return kind


def _is_text(data: bytes) -> bool:
    """UTF-8 without control characters other than line ends and tabs, and not a page that a browser would run."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return not any(ord(char) < 32 and char not in "\t\r\n\f" for char in text)


def type_of(file: Any) -> tuple[str, str] | None:
    """(content type, extension) of a JPEG, PNG, WebP, GIF, PDF or plain text; None for anything else."""
    file.seek(0)
    head = file.read(1024)
    file.seek(0)
    if head.startswith(b"%PDF-"):
        return PDF
    kind = _image_type(file)
    file.seek(0)
    if kind is None and head and _is_text(file.read(MAX_BYTES)):
        kind = TEXT
    file.seek(0)
    return kind


def check_files(files: list[Any]) -> list[Checked]:
    """All files, checked. FileTooLarge (413) past 5 MB, Invalid on `attachments` for too many or a wrong type."""
    if len(files) > MAX_FILES:
        raise Invalid(errors={"attachments": [_("At most %d files in one message.") % MAX_FILES]})
    checked = []
    for file in files:
        name = PurePath(file.name or "").name
        if file.size > MAX_BYTES:
            text = _("“%(name)s” is larger than 5 MB.") % {"name": name}
            raise FileTooLarge(text, errors={"attachments": [text]})
        kind = type_of(file)
        if kind is None:
            text = _("“%(name)s” is not a picture, a PDF or a plain text.") % {"name": name}
            raise Invalid(errors={"attachments": [text]})
        content_type, suffix = kind
        stem = "".join(c for c in PurePath(name).stem if c.isalnum() or c in " -_.()")[:100].strip() or "file"
        checked.append(Checked(file, f"{stem}{suffix}", content_type, suffix, file.size))
    return checked
