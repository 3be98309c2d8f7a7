"""Providers on this machine: they speak the real shapes over real sockets, keep books, and can be made to fail."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Provider:
    """Serves `answer(method, path, headers, body) -> (status, headers, json)` on a free port.

    `trouble` is what happens to the next requests: a status (503, 429) that is answered instead of working, or "drop",
    which does the work and hangs up without an answer, as a lost connection does.
    """

    def __init__(self) -> None:
        self.trouble: list[int | str] = []
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []
        self.lock = threading.Lock()
        provider = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def serve(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                with provider.lock:
                    provider.requests.append((self.command, self.path, headers, body))
                    trouble = provider.trouble.pop(0) if provider.trouble else None
                    if isinstance(trouble, int):
                        status, extra, data = trouble, {}, {"error": {"type": "api_error", "message": "trouble"}}
                    else:
                        status, extra, data = provider.answer(self.command, self.path, headers, body)
                if trouble == "drop":
                    self.close_connection = True
                    self.connection.close()
                    return
                raw = b"" if data is None else json.dumps(data).encode()
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", "Content-Length": str(len(raw)), **extra}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(raw)

            do_GET = do_POST = do_PUT = serve

            def log_message(self, *args: Any) -> None:
                pass

            def finish(self) -> None:
                if not self.wfile.closed and not self.close_connection:
                    self.wfile.flush()
                self.wfile.close()
                self.rfile.close()

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], Any]:
        raise NotImplementedError

    def asked(self, method: str, ending: str) -> int:
        """How many requests of this method had a path that ends so."""
        return sum(m == method and p.split("?")[0].endswith(ending) for m, p, _headers, _body in self.requests)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
