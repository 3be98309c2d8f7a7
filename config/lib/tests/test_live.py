"""The door of the sockets: who gets in, and what a refused client can read."""

import pytest
from channels.testing import WebsocketCommunicator

from config.lib.live import LiveConsumer, ReadableRefusal, SocketAuth


class Mine(LiveConsumer):
    """A socket that nobody but a signed-in person may open."""

    async def allowed(self):
        return []


application = SocketAuth(Mine.as_asgi())


def communicator(app=application, **scope):
    result = WebsocketCommunicator(app, "/ws/x")
    result.scope.update(scope)
    return result


@pytest.mark.django_db(transaction=True)
async def test_a_visitor_is_never_accepted():
    assert await communicator().connect() == (False, 4401)


@pytest.mark.django_db(transaction=True)
async def test_a_wrong_token_is_never_accepted():
    assert await communicator(subprotocols=["token", "nonsense"]).connect() == (False, 4401)
    assert await communicator(headers=[(b"authorization", b"Token nonsense")]).connect() == (False, 4401)


@pytest.mark.django_db(transaction=True)
async def test_a_client_on_the_wire_reads_the_code():
    socket = communicator(
        ReadableRefusal(application), client=("127.0.0.1", 5000), subprotocols=["token", "nonsense"]
    )
    assert await socket.connect() == (True, "token")
    closing = await socket.receive_output()
    assert (closing["type"], closing["code"]) == ("websocket.close", 4401)
