"""Reading what a client sent: JSON that is too large, too deep or no text is refused here, before any field rule."""

import json
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser


class TooLarge(APIException):
    status_code = 413
    default_code = "too_large"
    default_detail = _("This request is too large.")


def load_json(text: str) -> Any:
    """The value of a JSON text. ValueError for what is no JSON, nests too deep, or holds half a character (a lone
    surrogate such as `"\\ud800"`), which neither the database nor an answer can write out."""
    try:
        value = json.loads(text, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("nested too deep") from None
    if "\\u" in text:
        json.dumps(value, ensure_ascii=False).encode()
    return value


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


class JsonParser(JSONParser):
    """JSON bodies of the API: 400 for what `load_json` refuses, 413 above DATA_UPLOAD_MAX_MEMORY_SIZE."""

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        body = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        if len(body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLarge
        try:
            return load_json(body.decode((parser_context or {}).get("encoding") or "utf-8"))
        except (ValueError, LookupError) as error:
            raise ParseError(_("This is not valid JSON.")) from error
