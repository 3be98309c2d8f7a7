"""Websocket doors of tracking: the courier's phone, the watchers of one delivery, the map of the fleet."""

import asyncio
import logging
from typing import Any
from urllib.parse import parse_qs

from channels.db import database_sync_to_async

from accounts.users.queries import is_staff_of
from config.lib.errors import DomainError, NotFound
from config.lib.live import LiveConsumer
from delivery.couriers.queries import is_courier
from delivery.tracking import queries, rules, services
from delivery.tracking.intake import intake

logger = logging.getLogger(__name__)
FLEET_EVERY_S = 1.0


class CourierConsumer(LiveConsumer):
    """`/ws/courier`: positions in, `ack` and `error` out; offers, assignments and auctions are passed on.

    An `ack` goes out only after the commit. A bad point costs an `error`, never the connection.
    """

    async def allowed(self) -> list[str] | None:
        if not await database_sync_to_async(is_courier)(self.user):
            return None
        return [queries.courier_group(self.user.pk)]

    async def received(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind == "position":
            await self.record([message])
        elif kind == "positions" and isinstance(message.get("items"), list):
            await self.record(message["items"])
        elif kind == "ping":
            await self.send_json({"type": "pong"})
        else:
            await self.error("malformed" if kind == "positions" else "unknown_type", seq=rules.read_seq(message))

    async def record(self, items: list[Any]) -> None:
        try:
            result = await intake().record(self.user.pk, items)
        except DomainError as error:
            await self.error(error.code, seq=last_seq(items), detail=str(error))
            return
        except Exception:
            # Not stored, so not acknowledged; the line stays, and the phone sends it again.
            logger.exception("positions of user %s not stored", self.user.pk)
            await self.error("unavailable", seq=last_seq(items))
            return
        for bad in result.errors:
            await self.error(**bad)
        if result.ack is not None:
            await self.send_json({"type": "ack", "seq": result.ack, "stored": result.stored})


def last_seq(items: list[Any]) -> int | None:
    """The highest seq that a batch names."""
    return max((seq for item in items if (seq := rules.read_seq(item)) is not None), default=None)


class DeliveryConsumer(LiveConsumer):
    """`/ws/deliveries/{id}`: a snapshot at once, then position, eta, status; bids for the sender.

    Open to the parties of the delivery and to whoever holds its signed link (`?token=`).
    """

    public = True

    @property
    def token(self) -> str:
        return parse_qs(self.scope["query_string"].decode("latin-1")).get("token", [""])[0]

    async def allowed(self) -> list[str] | None:
        try:
            view = await database_sync_to_async(queries.watchable)(self.user, self.id, self.token)
        except NotFound:
            return None
        return view.groups

    async def opened(self) -> None:
        # After joining the groups: what happens between the two is told twice rather than never.
        await self.send_json(await database_sync_to_async(self.look)())

    async def live_push(self, event: dict[str, Any]) -> None:
        await super().live_push(event)
        if event["text"].startswith('{"type": "status"'):
            # From now on a position may be to be seen: that is noted like a new look.
            await database_sync_to_async(self.look)()

    def look(self) -> dict[str, Any]:
        """Note the look and describe what is to be seen."""
        view = queries.watchable(self.user, self.id, self.token)
        services.note_watch(view=view)
        return {"type": "snapshot", **queries.snapshot(view)}


class DispatchConsumer(LiveConsumer):
    """`/ws/dispatch`: the whole fleet for staff, at most one message a second per courier.

    It reads the couriers' rows once a second instead of being told of every point: a few staff sockets cost less
    than a further message per point, and the limit holds by itself.
    """

    async def allowed(self) -> list[str] | None:
        return [] if await database_sync_to_async(is_staff_of)(self.user, "DELIVERY") else None

    async def opened(self) -> None:
        self.shown: dict[int, Any] = {}
        await database_sync_to_async(services.note_fleet_watch)(actor=self.user)
        fleet = await database_sync_to_async(queries.fleet)()
        self.shown = {row["courier"]: row["recorded_at"] for row in fleet}
        await self.send_json({"type": "snapshot", "couriers": fleet})
        self.clock = asyncio.create_task(self.tick())

    async def tick(self) -> None:
        while True:
            await asyncio.sleep(FLEET_EVERY_S)
            for row in await database_sync_to_async(queries.fleet)():
                if row["recorded_at"] is not None and self.shown.get(row["courier"]) != row["recorded_at"]:
                    self.shown[row["courier"]] = row["recorded_at"]
                    await self.send_json({"type": "position", **row})

    async def disconnect(self, code: int) -> None:
        if hasattr(self, "clock"):
            self.clock.cancel()
        await super().disconnect(code)
