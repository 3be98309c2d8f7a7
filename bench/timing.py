"""Wall time of requests through the product's WSGI application, without a server or network in between."""

import io
import time
from collections.abc import Callable
from functools import cache
from typing import Any

from django.core.wsgi import get_wsgi_application

site = cache(get_wsgi_application)
ROUNDS = 200


def get(path: str, cookie: str = "") -> bytes:
    """The body of the answer; fails on any other status than 200."""
    path, _mark, query = path.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "SERVER_NAME": "localhost",
        "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1", "wsgi.input": io.BytesIO(),
        "wsgi.url_scheme": "http", "wsgi.errors": io.StringIO(), "HTTP_HOST": "localhost",
        "HTTP_ACCEPT_LANGUAGE": "fr", "HTTP_COOKIE": cookie,
    }
    status: list[str] = []
    response = site()(environ, lambda line, _headers, _error=None: status.append(line))
    body = b"".join(response)
    response.close()
    if not status[0].startswith("200"):
        raise RuntimeError(f"{path}: {status[0]}")
    return body


def side_by_side(*work: Callable[[], Any], rounds: int = ROUNDS, times: int = 1) -> list[float]:
    """Milliseconds of each, waiting for the database included. Measured in turns, and the best round of each counts:
    it is what the work itself takes, without what else the machine does."""
    taken: list[list[float]] = [[] for _ in work]
    for do in work:
        do()
    for _round in range(rounds):
        for mine, do in zip(taken, work, strict=True):
            start = time.perf_counter()
            for _ in range(times):
                do()
            mine.append((time.perf_counter() - start) / times * 1000)
    return [min(mine) for mine in taken]
