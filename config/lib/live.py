"""Live news to sockets: `push(group, message)` from any thread or process, `LiveConsumer` on the other end.

A push is a hint and may be lost: clients refetch, or get a snapshot when they connect again.
"""

import asyncio
import json
import logging
from typing import Any
from urllib.parse import urlparse

from asgiref.sync import async_to_sync
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer
from channels.sessions import SessionMiddlewareStack
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.core.serializers.json import DjangoJSONEncoder
from django.http.request import validate_host
from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

from config.lib.parsing import load_json

logger = logging.getLogger(__name__)

UNAUTHORISED = 4401
NOT_YOURS = 4403
_loop: asyncio.AbstractEventLoop | None = None


def bind_loop(loop: asyncio.AbstractEventLoop | None) -> None:
    """Name the server's event loop: with the in-memory layer every send must happen on it."""
    global _loop
    _loop = loop


def push(group: str, message: dict[str, Any]) -> None:
    """Send a JSON message (with a `type`) to every socket of the group. Never raises: it is only a hint."""
    layer = get_channel_layer()
    event = {"type": "live.push", "text": json.dumps(message, cls=DjangoJSONEncoder)}
    try:
        if _loop is not None and _loop.is_running():
            asyncio.run_coroutine_threadsafe(layer.group_send(group, event), _loop)
        else:
            async_to_sync(layer.group_send)(group, event)
    except Exception:
        logger.exception("push to %s failed", group)


def user_group(user_id: int) -> str:
    """The group of everything that is told to one person."""
    return f"user.{user_id}"


def _offered(scope: dict[str, Any]) -> tuple[str | None, str | None]:
    """(token, subprotocol to confirm) from the header or from the pair ["token", "<token>"]."""
    for name, value in scope.get("headers", []):
        if name == b"authorization" and value.lower().startswith(b"token "):
            return value[6:].decode("latin-1").strip(), None
    protocols = scope.get("subprotocols") or []
    if len(protocols) >= 2 and protocols[0] == "token":
        return protocols[1], "token"
    return None, None


def _header(scope: dict[str, Any], name: bytes) -> str:
    return next((v.decode("latin-1") for k, v in scope.get("headers", []) if k == name), "")


def _same_origin(scope: dict[str, Any]) -> bool:
    """A cookie counts only for a page of this very site: ALLOWED_HOSTS alone would let "*" through, and cookies
    do not tell ports apart."""
    origin = urlparse(_header(scope, b"origin"))
    if not origin.hostname:
        return False
    if origin.hostname in {urlparse(o).hostname for o in settings.CSRF_TRUSTED_ORIGINS}:
        return True
    asked = _header(scope, b"host")
    return validate_host(origin.hostname, settings.ALLOWED_HOSTS) and (not asked or asked == origin.netloc)


def _token_user(token: str) -> Any:
    try:
        user, _auth = TokenAuthentication().authenticate_credentials(token.encode())
    except AuthenticationFailed:
        return AnonymousUser()
    return user


class _FakeRequest:
    """What django.contrib.auth.get_user needs of a request."""

    def __init__(self, session: Any):
        self.session = session


class SocketAuth:
    """ASGI middleware: puts `user` into the scope from a token, else from the session cookie (same origin only)."""

    def __init__(self, app: Any):
        self.app = SessionMiddlewareStack(_UserFromSession(app))

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        return await self.app(dict(scope), receive, send)


class _UserFromSession:
    def __init__(self, app: Any):
        self.app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        token, protocol = _offered(scope)
        scope["confirm_subprotocol"] = protocol
        if "user" in scope:
            pass
        elif token is not None:
            scope["user"] = await database_sync_to_async(_token_user)(token)
        elif _same_origin(scope):
            scope["user"] = await database_sync_to_async(get_user)(_FakeRequest(scope["session"]))
        else:
            scope["user"] = AnonymousUser()
        return await self.app(scope, receive, send)


class ReadableRefusal:
    """ASGI middleware at the edge: lets a refused client read its close code.

    A consumer refuses by closing before it accepts. On the wire that is a bare HTTP 403, which browsers and phones
    cannot tell from a server that is down, so a network client gets the handshake and at once the close frame.
    """

    def __init__(self, app: Any):
        self.app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        accepted = False

        async def readable(message: dict[str, Any]) -> None:
            nonlocal accepted
            if message["type"] == "websocket.close" and not accepted:
                # A browser drops a handshake that confirms none of the subprotocols it offered.
                protocol = next(iter(scope.get("subprotocols") or []), None)
                await send({"type": "websocket.accept", "subprotocol": protocol})
            accepted = accepted or message["type"] == "websocket.accept"
            await send(message)

        on_the_wire = bool(scope.get("client"))
        return await self.app(scope, receive, readable if on_the_wire else send)


class LiveConsumer(AsyncWebsocketConsumer):
    """A JSON socket. Subclasses give `allowed()`, `opened()` and `received(message)`.

    `allowed()` returns the groups to listen to, None for "not yours". `public = True` lets visitors reach
    `allowed()` (which then checks a signed link).
    """

    public = False
    groups_joined: list[str]

    @property
    def user(self) -> Any:
        return self.scope["user"]

    @property
    def id(self) -> int:
        return int(self.scope["url_route"]["kwargs"]["pk"])

    async def allowed(self) -> list[str] | None:
        raise NotImplementedError

    async def opened(self) -> None:
        """Called once after the socket is accepted: send the snapshot here."""

    async def received(self, message: dict[str, Any]) -> None:
        """Called for every well-formed message."""
        await self.error("unknown_type")

    async def connect(self) -> None:
        self.groups_joined = []
        if not self.public and not self.user.is_authenticated:
            await self.close(code=UNAUTHORISED)
            return
        groups = await self.allowed()
        if groups is None:
            await self.close(code=NOT_YOURS if self.user.is_authenticated else UNAUTHORISED)
            return
        for group in groups:
            await self.channel_layer.group_add(group, self.channel_name)
            self.groups_joined.append(group)
        await self.accept(subprotocol=self.scope.get("confirm_subprotocol"))
        await self.opened()

    async def disconnect(self, code: int) -> None:
        for group in getattr(self, "groups_joined", []):
            await self.channel_layer.group_discard(group, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        try:
            message = load_json(text_data or "")
        except ValueError:
            message = None
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            await self.error("malformed")
            return
        await self.received(message)

    async def live_push(self, event: dict[str, Any]) -> None:
        """A message from `push()`."""
        await self.send(text_data=event["text"])

    async def send_json(self, message: dict[str, Any]) -> None:
        await self.send(text_data=json.dumps(message, cls=DjangoJSONEncoder))

    async def error(self, code: str, **data: Any) -> None:
        await self.send_json({"type": "error", "code": code, **data})
