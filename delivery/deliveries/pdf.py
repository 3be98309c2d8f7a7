"""HTML to PDF; runs in a helper process (config.lib.heavy)."""

from weasyprint import HTML


def _refuse(url: str, *args: object, **kwargs: object) -> dict:
    """The document needs nothing from outside: no file, no network."""
    raise ValueError(f"not loaded: {url}")


def render(html: str) -> bytes:
    """The PDF of a page that holds everything it needs."""
    return HTML(string=html, url_fetcher=_refuse).write_pdf()
