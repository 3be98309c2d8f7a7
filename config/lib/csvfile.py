"""CSV as spreadsheets read it: UTF-8 with a mark, semicolons, one row at a time, nothing that runs as a formula.

Two readers, two ways to write a number and a moment:
- people (`readable=True`, downloads from pages): decimals as their language writes them, times of the shop's clock;
- programs (API): decimals with a point, times in ISO 8601 and UTC, whatever the language.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.formats import number_format

BOM = "\ufeff"
# A text that begins so is a formula to a spreadsheet (OWASP, CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def cell(value: Any, *, readable: bool = False) -> str:
    """One value as the text of a cell. A number may begin with a minus; a text may not pass for a formula."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return number_format(value, use_l10n=True, force_grouping=False) if readable else str(value)
    if isinstance(value, datetime):
        if readable:
            return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, int | float):
        return str(value)
    text = str(value)
    return f"'{text}" if text.lstrip(" \u00a0\ufeff").startswith(FORMULA) or text.startswith(FORMULA) else text


class _Line:
    """What csv.writer writes to: hands each line on."""

    def write(self, line: str) -> str:
        return line


def text(header: Sequence[Any], rows: Iterable[Sequence[Any]], *, readable: bool = False) -> Iterator[str]:
    """The file, line by line."""
    writer = csv.writer(_Line(), delimiter=";", lineterminator="\r\n")
    yield BOM + writer.writerow([cell(title) for title in header])
    for row in rows:
        yield writer.writerow([cell(value, readable=readable) for value in row])


def response(
    name: str, header: Sequence[Any], rows: Iterable[Sequence[Any]], *, readable: bool = False
) -> StreamingHttpResponse:
    """A download named `name`, sent while it is read: memory does not grow with the rows."""
    answer = StreamingHttpResponse(text(header, rows, readable=readable), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
