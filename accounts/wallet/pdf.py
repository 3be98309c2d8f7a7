"""HTML to PDF. Runs in a helper process (config/lib/heavy.py): plain values in and out."""

from typing import Any

from weasyprint import HTML


def _nothing_from_outside(url: str, *args: Any, **kwargs: Any) -> dict[str, Any]:
    raise ValueError(f"a statement fetches nothing: {url}")


def render(html: str) -> bytes:
    return HTML(string=html, url_fetcher=_nothing_from_outside).write_pdf()
