"""HTTP and websockets in one ASGI application: Channels for sockets, a WSGI bridge for pages and API."""

import asyncio
import os
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
site = get_wsgi_application()

from channels.routing import URLRouter
from django.conf import settings
from django.urls import re_path

from config import checks
from config.lib import live
from config.lib.bridge import WsgiBridge
from config.lib.live import ReadableRefusal, SocketAuth
from config.sockets import websocket_urlpatterns

checks.stop_if_wrong()
http = WsgiBridge(site, threads=settings.WEB_THREADS, max_body=settings.MAX_BODY_BYTES)


async def unknown_socket(scope: Any, receive: Any, send: Any) -> None:
    """Close a socket that no route wants."""
    await receive()
    await send({"type": "websocket.close", "code": 4404})


sockets = ReadableRefusal(SocketAuth(URLRouter([*websocket_urlpatterns, re_path(r"", unknown_socket)])))


class Application:
    """The ASGI entry point. Names its loop to `live`, so that web threads push through it."""

    def __init__(self) -> None:
        self.loop: asyncio.AbstractEventLoop | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        loop = asyncio.get_running_loop()
        if loop is not self.loop:
            self.loop = loop
            live.bind_loop(loop)
        if scope["type"] == "http":
            await http(scope, receive, send)
        elif scope["type"] == "websocket":
            await sockets(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self.lifespan(receive, send)

    async def lifespan(self, receive: Any, send: Any) -> None:
        """Servers that speak it (uvicorn) start and stop through it; daphne does not."""
        while True:
            kind = (await receive())["type"]
            await send({"type": f"{kind}.complete"})
            if kind == "lifespan.shutdown":
                http.close()
                return


application = Application()
