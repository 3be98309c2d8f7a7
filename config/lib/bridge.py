"""HTTP through WSGI inside an ASGI server: one thread hop per request, in threads that live long.

Django's own ASGI handler hops to a thread and back for every synchronous middleware and view: 3 ms of CPU per
request against 0.6 ms here, and long-lived threads keep their database connections (docs/decisions/0001).
"""

import asyncio
import json
import logging
import sys
import tempfile
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any

logger = logging.getLogger(__name__)

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

IN_MEMORY_BYTES = 512 * 1024
TOO_LARGE = {"type": "about:blank", "title": "Content Too Large", "status": 413, "code": "too_large", "errors": {}}


class TooLarge(Exception):
    """The body passes the limit."""


class ClientGone(Exception):
    """The client hung up."""


class WsgiBridge:
    """An ASGI application for `http` scopes that runs `site`, a Django WSGI application, in `threads` threads.

    Bodies above `max_body` bytes get 413; above 512 KiB they wait on disk, not in memory. A streaming response is
    sent chunk by chunk and stops when the client hangs up.
    """

    def __init__(self, site: Callable[..., Any], *, threads: int, max_body: int):
        self.site = site
        self.max_body = max_body
        self.executor = ThreadPoolExecutor(threads, thread_name_prefix="web")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body, length = await self._body(scope, receive)
        except ClientGone:
            return
        except TooLarge:
            await self._refuse(send)
            return
        loop = asyncio.get_running_loop()
        stream = Stream(loop, receive, send)
        try:
            whole = await loop.run_in_executor(self.executor, self._run, environ(scope, body, length), stream)
        except Exception:
            # Django answers its own errors; what fails beneath it must not leave the client waiting for an answer.
            logger.exception("no answer to %s %s", scope["method"], scope["path"])
            if stream.watch is not None:
                raise
            whole = 500, [(b"content-type", b"text/plain")], b"Internal Server Error"
        finally:
            stream.finish()
            body.close()
        if whole is not None:
            status, headers, content = whole
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": content})

    async def _body(self, scope: Scope, receive: Receive) -> tuple[IO[bytes], int]:
        for name, value in scope["headers"]:
            if name == b"content-length" and value.isdigit() and int(value) > self.max_body:
                raise TooLarge
        body: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115  closed by the caller
        length = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                body.close()
                raise ClientGone
            chunk = message.get("body", b"")
            length += len(chunk)
            if length > self.max_body:
                body.close()
                raise TooLarge
            body.write(chunk)
            if not message.get("more_body"):
                body.seek(0)
                return body, length

    async def _refuse(self, send: Send) -> None:
        headers = [(b"content-type", b"application/problem+json"), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 413, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(TOO_LARGE).encode()})

    def _run(self, env: dict[str, Any], stream: "Stream") -> tuple[int, list[tuple[bytes, bytes]], bytes] | None:
        """In a web thread: the whole answer, or None when it was streamed."""
        head: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            head[:] = [
                int(status.split(" ", 1)[0]),
                [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers],
            ]

        response = self.site(env, start_response)
        try:
            if not getattr(response, "streaming", True):
                return head[0], head[1], b"".join(response)
            stream.start(head[0], head[1])
            for chunk in response:
                if chunk:
                    stream.write(chunk)
            stream.end()
        except ClientGone:
            logger.debug("client hung up on %s", env["PATH_INFO"])
        finally:
            if hasattr(response, "close"):
                response.close()
        return None

    def close(self, timeout: float = 5) -> bool:
        """Let running requests end, for at most `timeout` seconds. False when one is still running."""
        waiter = threading.Thread(target=self.executor.shutdown, kwargs={"cancel_futures": True}, daemon=True)
        waiter.start()
        waiter.join(timeout)
        return not waiter.is_alive()


class Stream:
    """The thread's hand on the socket of a streaming response; each call waits until the loop has sent it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, receive: Receive, send: Send):
        self.loop, self.receive, self.send = loop, receive, send
        self.gone = threading.Event()
        self.watch: asyncio.Task | None = None

    async def _watch(self) -> None:
        while (await self.receive())["type"] != "http.disconnect":
            pass
        self.gone.set()

    async def _first(self, message: dict[str, Any]) -> None:
        self.watch = asyncio.create_task(self._watch())
        await self.send(message)

    def _wait(self, coroutine: Any) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self.loop).result()

    def start(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        self._wait(self._first({"type": "http.response.start", "status": status, "headers": headers}))

    def write(self, chunk: bytes) -> None:
        """Raises ClientGone when nobody reads any more."""
        if self.gone.is_set():
            raise ClientGone
        self._wait(self.send({"type": "http.response.body", "body": chunk, "more_body": True}))

    def end(self) -> None:
        self._wait(self.send({"type": "http.response.body", "body": b""}))

    def finish(self) -> None:
        """On the loop, when the request is over or cancelled."""
        self.gone.set()
        if self.watch is not None:
            self.watch.cancel()


def environ(scope: Scope, body: IO[bytes], length: int) -> dict[str, Any]:
    """The WSGI environment of an ASGI scope. REMOTE_ADDR is the peer: proxies are counted by TRUSTED_PROXIES."""
    server = scope.get("server") or ("localhost", 80)
    client = scope.get("client") or ("", 0)
    root = scope.get("root_path", "")
    path = scope["path"]
    env: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": root.encode().decode("latin-1"),
        "PATH_INFO": (path[len(root):] if root and path.startswith(root) else path).encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("ascii", "replace"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or 80),
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in scope["headers"]:
        if b"_" in raw_name:  # X_Forwarded_For would pass for X-Forwarded-For
            continue
        name = raw_name.decode("latin-1").upper().replace("-", "_")
        value = raw_value.decode("latin-1")
        if name not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            name = f"HTTP_{name}"
            if name in env:
                value = f"{env[name]}{'; ' if name == 'HTTP_COOKIE' else ','}{value}"
        env[name] = value
    env["CONTENT_LENGTH"] = str(length)  # of what really came: a chunked body has no header
    return env
