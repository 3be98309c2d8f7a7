"""`/ws/support/threads/{id}`."""

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator

from config.asgi import application
from support.threads import services
from support.threads.models import Message
from support.threads.tests.factories import thread_of

pytestmark = pytest.mark.django_db(transaction=True)


def socket(thread_id, user):
    link = WebsocketCommunicator(application, f"/ws/support/threads/{thread_id}")
    if user is not None:
        link.scope["user"] = user
    return link


async def test_both_sides_see_messages_typing_and_status(alice, dora):
    thread = await sync_to_async(thread_of)(alice)
    hers, ours = socket(thread.pk, alice), socket(thread.pk, dora)
    for link in (hers, ours):
        assert (await link.connect())[0]
        assert await link.receive_json_from() == {"type": "status", "status": "OUVERT"}
    await hers.send_json_to({"type": "typing"})
    typing = await ours.receive_json_from()
    assert (typing["type"], typing["by"], typing["staff"]) == ("typing", "Alice", False)
    assert (await hers.receive_json_from())["type"] == "typing"

    await sync_to_async(services.reply_as_staff)(actor=dora, thread_id=thread.pk, body="Tomorrow.")
    seen = [await hers.receive_json_from(), await hers.receive_json_from()]
    assert {m["type"] for m in seen} == {"message", "status"}
    message = next(m["message"] for m in seen if m["type"] == "message")
    assert (message["body"], message["from_staff"]) == ("Tomorrow.", True)
    for link in (hers, ours):
        await link.disconnect()


async def test_writing_through_the_socket_and_errors_keep_it_open(alice):
    thread = await sync_to_async(thread_of)(alice)
    link = socket(thread.pk, alice)
    await link.connect()
    await link.receive_json_from()
    await link.send_json_to({"type": "message", "body": " "})
    error = await link.receive_json_from()
    assert (error["type"], error["code"]) == ("error", "invalid")
    await link.send_to(text_data="not json")
    assert (await link.receive_json_from())["code"] == "malformed"
    await link.send_json_to({"type": "message", "body": "Thank you"})
    assert (await link.receive_json_from())["message"]["body"] == "Thank you"
    assert await Message.objects.acount() == 2
    await link.disconnect()


async def test_stranger_and_visitor_are_refused(alice, bob):
    thread = await sync_to_async(thread_of)(alice)
    assert await socket(thread.pk, bob).connect() == (False, 4403)
    assert await socket(thread.pk, None).connect() == (False, 4401)
    assert await socket(999, alice).connect() == (False, 4403)
