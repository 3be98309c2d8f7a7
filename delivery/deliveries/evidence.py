"""What a courier may show instead of a code: a photo or a signature, checked and made small. No table."""

import hashlib
import io
import json
import math
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from config.lib.errors import Invalid

MAX_PHOTO_BYTES = 12 * 1024 * 1024
MAX_PIXELS = 60_000_000
LONGEST_SIDE = 1600
MAX_STROKES, MAX_POINTS = 200, 5000


@dataclass(frozen=True)
class Evidence:
    """Bytes to keep, their file name's ending, and who signed."""

    method: str
    data: bytes
    extension: str
    signed_by: str = ""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def photo(upload: Any) -> Evidence:
    """A JPEG of at most 1600 px without the metadata of the phone (which tell more than the proof needs).

    Raises Invalid on `photo`.
    """
    wrong = Invalid(errors={"photo": [_("Send a photo (JPEG, PNG or WebP) of at most 12 MB.")]})
    if getattr(upload, "size", 0) > MAX_PHOTO_BYTES:
        raise wrong
    try:
        with Image.open(upload, formats=["JPEG", "PNG", "WEBP"]) as image:
            if image.width * image.height > MAX_PIXELS:
                raise wrong
            picture = ImageOps.exif_transpose(image).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise wrong
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=82)
    return Evidence("PHOTO", out.getvalue(), "jpg")


def signature(strokes: Any, signed_by: str = "") -> Evidence:
    """Strokes `[[[x, y], …], …]` as drawn on the screen, kept as they are. Raises Invalid on `signature`."""
    wrong = Invalid(errors={"signature": [_("Draw the signature.")]})
    if not isinstance(strokes, list) or not 0 < len(strokes) <= MAX_STROKES:
        raise wrong
    clean: list[list[list[float]]] = []
    points = 0
    for stroke in strokes:
        if not isinstance(stroke, list):
            raise wrong
        line = []
        for point in stroke:
            if not isinstance(point, list) or len(point) < 2 or not all(_is_number(v) for v in point[:2]):
                raise wrong
            line.append([round(float(point[0]), 2), round(float(point[1]), 2)])
        points += len(line)
        clean.append(line)
    if not 2 <= points <= MAX_POINTS:
        raise wrong
    name = " ".join(str(signed_by).split())[:120]
    data = json.dumps({"signed_by": name, "strokes": clean}, ensure_ascii=False, separators=(",", ":")).encode()
    return Evidence("SIGNATURE", data, "json", name)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
