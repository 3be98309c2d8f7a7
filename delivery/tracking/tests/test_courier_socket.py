"""`/ws/courier`: positions in, acknowledgements out."""

import pytest

from delivery.tracking.models import CourierPosition
from delivery.tracking.tests.factories import courier_on_shift, point, ride
from delivery.tracking.tests.sockets import communicator, connected, in_thread

pytestmark = pytest.mark.django_db(transaction=True)


async def positions():
    return await CourierPosition.objects.acount()


async def test_a_point_is_acknowledged_once_it_is_stored(carla):
    await in_thread(courier_on_shift)(carla)
    async with connected("/ws/courier", carla) as socket:
        await socket.send_json_to({"type": "position", **point(7)})
        answer = await socket.receive_json_from()
        assert (answer["type"], answer["seq"]) == ("ack", 7)
        assert await positions() == 1


async def test_a_batch_gets_one_ack_with_its_last_seq(carla):
    await in_thread(courier_on_shift)(carla)
    async with connected("/ws/courier", carla) as socket:
        items = ride(20)
        for _again in range(2):
            await socket.send_json_to({"type": "positions", "items": items})
            assert (await socket.receive_json_from())["seq"] == 20
        assert await positions() == 20


async def test_a_bad_point_gets_an_error_and_the_connection_lives(carla):
    await in_thread(courier_on_shift)(carla)
    async with connected("/ws/courier", carla) as socket:
        await socket.send_json_to({"type": "position", **point(1), "lat": 200})
        answer = await socket.receive_json_from()
        assert (answer["type"], answer["code"], answer["seq"]) == ("error", "bad_position", 1)
        for text, code in [
            ("not json", "malformed"), ("[1]", "malformed"), ('{"seq": 1}', "malformed"), ("[" * 100_000, "malformed"),
            ('{"type": "dance", "seq": 4}', "unknown_type"), ('{"type": "positions", "items": 4}', "malformed"),
        ]:
            await socket.send_to(text_data=text)
            assert (await socket.receive_json_from())["code"] == code
        await socket.send_json_to({"type": "positions", "items": [None, point(2)]})
        assert (await socket.receive_json_from())["code"] == "bad_point"
        answer = await socket.receive_json_from()
        assert (answer["type"], answer["seq"]) == ("ack", 2)


async def test_off_shift_nothing_is_recorded(carla):
    await in_thread(courier_on_shift)(carla, on_shift=False)
    async with connected("/ws/courier", carla) as socket:
        await socket.send_json_to({"type": "positions", "items": ride(3)})
        answer = await socket.receive_json_from()
        assert (answer["type"], answer["code"], answer["seq"]) == ("error", "off_shift", 3)
    assert await positions() == 0


async def test_visitors_and_customers_are_refused(alice):
    assert await communicator("/ws/courier").connect() == (False, 4401)
    assert await communicator("/ws/courier", alice).connect() == (False, 4403)


async def test_a_token_opens_the_socket_by_header_and_by_subprotocol(carla):
    from knox.models import get_token_model

    def token():
        courier_on_shift(carla)
        return get_token_model().objects.create(user=carla)[1]

    value = await in_thread(token)()
    async with connected("/ws/courier", headers=[(b"authorization", f"Token {value}".encode())]):
        pass
    async with connected("/ws/courier", subprotocols=["token", value]):
        pass


async def test_a_cookie_from_another_site_is_refused(carla, client):
    def sign_in():
        courier_on_shift(carla)
        client.force_login(carla)
        return client.cookies["sessionid"].value

    cookie = f"sessionid={await in_thread(sign_in)()}".encode()

    def headers(origin):
        return [(b"cookie", cookie), (b"host", b"localhost:8000"), (b"origin", origin)]

    async with connected("/ws/courier", headers=headers(b"http://localhost:8000")):
        pass
    for origin in (b"http://evil.example", b"http://localhost:9999", b"null"):
        assert await communicator("/ws/courier", headers=headers(origin)).connect() == (False, 4401)
    assert await communicator("/ws/courier", headers=headers(b"")[:2]).connect() == (False, 4401)
