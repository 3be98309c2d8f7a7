"""What follows a message or a change of status: open pages hear of it, the other side is told."""

from accounts.users.events import account_closed
from accounts.users.models import User
from config.lib import live
from support.notifications.services import notify
from support.threads import queries, services
from support.threads.events import message_posted, thread_moved
from support.threads.models import Message, Thread
from support.threads.shapes import as_message, thread_group

EXCERPT = 400


@message_posted.listener
def show_message(*, message_id: int, thread_id: int) -> None:
    message = queries.messages_of(Thread(pk=thread_id)).get(pk=message_id)
    live.push(thread_group(thread_id), {"type": "message", "message": as_message(message)})


@message_posted.listener
def tell_other_side(*, message_id: int, thread_id: int) -> None:
    """The asker hears of an answer; who handles the conversation hears of a new message."""
    message = Message.objects.select_related("thread__asker", "thread__assigned_to").get(pk=message_id)
    thread = message.thread
    reader = thread.asker if message.from_staff else thread.assigned_to
    if reader is None or reader.pk == message.author_id:
        return
    notify(
        user=reader, kind="thread_reply" if message.from_staff else "thread_message",
        dedupe_key=f"message:{message_id}", id=thread_id, subject=thread.subject, excerpt=message.body[:EXCERPT],
    )


@thread_moved.listener
def show_status(*, thread_id: int, from_status: str, to_status: str, change_id: int) -> None:
    if from_status:
        live.push(thread_group(thread_id), {"type": "status", "status": to_status})


@account_closed.listener
def forget_person(*, user_id: int) -> None:
    services.forget(user=User.objects.get(pk=user_id))
