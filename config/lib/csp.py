"""Content-Security-Policy: what a page may load and where it may connect. Only our own origin, and the map's tiles.

No inline script and no inline style anywhere in our pages. Three places bring their own habits and get them, nothing
more: the admin (Alpine evaluates its attributes), the API documents (an inline start script), Django's debug pages.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

HEADER = "Content-Security-Policy"
DOCUMENTS = ("/api/docs", "/api/redoc")


def tile_source(url: str) -> str:
    """The origin of a tile address as a source: `https://{s}.tile.example/{z}…` → `https://*.tile.example`."""
    parts = urlsplit(url.replace("{s}", "*"))
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def policy(path: str, host: str) -> str:
    """The policy of a page at `path`. Sockets are named for browsers to which 'self' means http alone."""
    script, style, worker = "'self'", "'self'", "'self'"
    if path.startswith("/admin/"):
        script, style = "'self' 'unsafe-eval'", "'self' 'unsafe-inline'"
    elif path.startswith(DOCUMENTS):
        script, style, worker = "'self' 'unsafe-inline'", "'self' 'unsafe-inline'", "'self' blob:"
    rules = {
        "default-src": "'self'",
        "script-src": script,
        "style-src": style,
        "img-src": f"'self' data: blob: {tile_source(settings.MAP_TILE_URL)}".strip(),
        "connect-src": f"'self' ws://{host} wss://{host}",
        "worker-src": worker,
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


class ContentSecurityPolicyMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        debug_page = settings.DEBUG and response.status_code in (404, 500)
        if response.get("Content-Type", "").startswith("text/html") and HEADER not in response and not debug_page:
            response[HEADER] = policy(request.path, request.get_host())
        return response
