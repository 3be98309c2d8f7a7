"""`/ws/support/threads/{id}`: messages, who is typing, the status; one may also write through it."""

import json
import time
from typing import Any

from channels.db import database_sync_to_async

from config.lib.errors import DomainError
from config.lib.live import LiveConsumer
from support.threads import queries, services
from support.threads.models import Thread
from support.threads.shapes import thread_group

TYPING_EVERY_S = 2.0


class ThreadConsumer(LiveConsumer):
    thread: Thread
    typed_at = 0.0

    async def allowed(self) -> list[str] | None:
        try:
            self.thread = await database_sync_to_async(queries.get_for)(self.user, self.id)
        except DomainError:
            return None
        return [thread_group(self.id)]

    async def opened(self) -> None:
        await self.send_json({"type": "status", "status": self.thread.status})

    async def received(self, message: dict[str, Any]) -> None:
        if message["type"] == "typing":
            await self._typing()
        elif message["type"] == "message":
            await self._message(message)
        else:
            await self.error("unknown_type")

    async def _typing(self) -> None:
        """Pass it on, at most once in two seconds; clients leave out their own."""
        now = time.monotonic()
        if now - self.typed_at < TYPING_EVERY_S:
            return
        self.typed_at = now
        staff = self.user.pk != self.thread.asker_id
        await self.tell({"type": "typing", "by": self.user.get_short_name(), "by_id": self.user.pk, "staff": staff})

    async def tell(self, message: dict[str, Any]) -> None:
        """To every socket of this conversation."""
        text = json.dumps(message)
        await self.channel_layer.group_send(thread_group(self.id), {"type": "live.push", "text": text})

    async def _message(self, message: dict[str, Any]) -> None:
        body = message.get("body")
        try:
            await database_sync_to_async(services.post_message)(
                actor=self.user, thread_id=self.id, body=body if isinstance(body, str) else ""
            )
        except DomainError as error:
            errors = {name: [str(text) for text in texts] for name, texts in error.errors.items()}
            await self.error(error.code, detail=str(error), errors=errors)
