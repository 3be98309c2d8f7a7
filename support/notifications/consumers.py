"""`/ws/notifications`: one person's notifications as they come, with the count of unread ones."""

from channels.db import database_sync_to_async

from config.lib.live import LiveConsumer, user_group
from support.notifications.queries import unread_count


class NotificationsConsumer(LiveConsumer):
    async def allowed(self) -> list[str]:
        return [user_group(self.user.pk)]

    async def opened(self) -> None:
        unread = await database_sync_to_async(unread_count)(self.user)
        await self.send_json({"type": "snapshot", "unread": unread})
