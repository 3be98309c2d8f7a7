"""Websocket clients for tests, through the same doors as on the wire."""

from contextlib import asynccontextmanager

from asgiref.sync import sync_to_async
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.db import connections

from config.lib.live import SocketAuth
from config.sockets import websocket_urlpatterns

application = SocketAuth(URLRouter(websocket_urlpatterns))


def communicator(path, user=None, **scope):
    socket = WebsocketCommunicator(application, path)
    socket.scope.update(scope)
    if user is not None:
        socket.scope["user"] = user
    return socket


@asynccontextmanager
async def connected(path, user=None, **scope):
    """An open socket, closed at the end."""
    socket = communicator(path, user, **scope)
    accepted, code = await socket.connect()
    assert accepted, code
    try:
        yield socket
    finally:
        await socket.disconnect()
        # The thread of the sockets keeps its connection, and PostgreSQL drops no database that somebody holds.
        await sync_to_async(connections.close_all)()


def in_thread(function):
    """A database step of an async test."""
    return sync_to_async(function)
