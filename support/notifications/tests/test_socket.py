"""`/ws/notifications`."""

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator

from config.asgi import application
from support.notifications import services

pytestmark = pytest.mark.django_db(transaction=True)


def socket(user):
    link = WebsocketCommunicator(application, "/ws/notifications")
    if user is not None:
        link.scope["user"] = user
    return link


async def test_notification_arrives_live_with_the_count_and_only_for_its_reader(alice, bob):
    hers, his = socket(alice), socket(bob)
    for link in (hers, his):
        assert (await link.connect())[0]
        assert await link.receive_json_from() == {"type": "snapshot", "unread": 0}
    row = await sync_to_async(services.notify)(
        user=alice, kind="order_shipped", dedupe_key="1", number="CMD-1", url="/commandes/1/"
    )
    message = await hers.receive_json_from()
    assert (message["type"], message["unread"]) == ("notification", 1)
    assert message["notification"]["id"] == row.pk
    assert await his.receive_nothing()
    await sync_to_async(services.mark_read)(actor=alice, notification_id=row.pk)
    assert await hers.receive_json_from() == {"type": "snapshot", "unread": 0}
    for link in (hers, his):
        await link.disconnect()


async def test_visitor_is_refused():
    assert await socket(None).connect() == (False, 4401)
