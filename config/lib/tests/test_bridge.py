import asyncio
import json

import pytest
from django.http import HttpResponse, StreamingHttpResponse

from config.lib.bridge import WsgiBridge, environ


def scope(**changes):
    return {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": "/caf\u00e9/",
        "query_string": b"a=1",
        "headers": [(b"host", b"shop.example"), (b"cookie", b"a=1"), (b"cookie", b"b=2")],
        "client": ["203.0.113.7", 1234],
        "server": ["127.0.0.1", 8000],
        **changes,
    }


class Wire:
    """The server's side of one request."""

    def __init__(self, *chunks: bytes):
        self.incoming: asyncio.Queue = asyncio.Queue()
        for i, chunk in enumerate(chunks or (b"",)):
            self.incoming.put_nowait(
                {"type": "http.request", "body": chunk, "more_body": i < len(chunks) - 1}
            )
        self.sent: list[dict] = []

    async def send(self, message):
        self.sent.append(message)

    @property
    def status(self):
        return self.sent[0]["status"]

    @property
    def body(self):
        return b"".join(m.get("body", b"") for m in self.sent)


async def ask(site, wire, *, max_body=10_000_000, **changes):
    bridge = WsgiBridge(site, threads=2, max_body=max_body)
    try:
        await asyncio.wait_for(bridge(scope(**changes), wire.incoming.get, wire.send), 10)
    finally:
        bridge.close()


def echo(env, start_response):
    start_response("201 Created", [("X-Peer", env["REMOTE_ADDR"])])
    return HttpResponse(env["wsgi.input"].read(int(env["CONTENT_LENGTH"])))


async def test_body_in_several_chunks_arrives_whole_and_the_peer_is_known():
    wire = Wire(b"x" * 700_000, b"y" * 300_000)
    await ask(echo, wire)
    assert wire.status == 201
    assert wire.body == b"x" * 700_000 + b"y" * 300_000
    assert (b"x-peer", b"203.0.113.7") in wire.sent[0]["headers"]
    assert len(wire.sent) == 2, "a plain answer is one head and one body"


@pytest.mark.parametrize(
    "wire_chunks,headers", [((b"x" * 50, b"x" * 60), []), ((b"",), [(b"content-length", b"500")])]
)
async def test_body_above_the_limit_is_413(wire_chunks, headers):
    wire = Wire(*wire_chunks)
    await ask(echo, wire, max_body=100, headers=headers)
    assert wire.status == 413
    assert json.loads(wire.body)["code"] == "too_large"


def test_environ_joins_cookies_keeps_utf8_paths_and_ignores_underscore_headers():
    env = environ(scope(headers=[*scope()["headers"], (b"x_forwarded_for", b"6.6.6.6")]), None, 0)
    assert env["PATH_INFO"].encode("latin-1").decode() == "/caf\u00e9/"
    assert env["HTTP_COOKIE"] == "a=1; b=2"
    assert "HTTP_X_FORWARDED_FOR" not in env
    assert env["CONTENT_LENGTH"] == "0"


async def test_streaming_answer_goes_out_in_chunks_and_stops_when_the_client_hangs_up():
    closed = []
    wire = Wire()

    def chunks():
        try:
            yield b"one"
            wire.incoming.put_nowait({"type": "http.disconnect"})
            while True:
                yield b"more"
        finally:
            closed.append(True)

    def stream(env, start_response):
        start_response("200 OK", [])
        return StreamingHttpResponse(chunks())

    await ask(stream, wire)
    assert wire.sent[1]["body"] == b"one"
    assert closed == [True]


async def test_client_that_leaves_before_its_body_is_whole_costs_nothing():
    wire = Wire(b"part", b"rest")
    wire.incoming.get_nowait()
    wire.incoming.get_nowait()
    wire.incoming.put_nowait({"type": "http.disconnect"})
    await ask(echo, wire)
    assert wire.sent == []


async def test_a_failure_beneath_the_site_is_answered():
    def broken(env, start_response):
        raise UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed")

    wire = Wire()
    await ask(broken, wire)
    assert (wire.status, len(wire.sent)) == (500, 2)
