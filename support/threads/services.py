"""Every write about conversations."""

from functools import partial
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.users.queries import is_staff_of
from config.lib.actors import Actor, actor_user
from config.lib.errors import Invalid
from support.threads import queries
from support.threads.about import resolve
from support.threads.models import Attachment, Message, Status, Thread
from support.threads.rules import Checked, check_files

MAX_BODY = 10_000
MAX_SUBJECT = 160


def _text(field: str, text: str, limit: int) -> str:
    text = text.replace("\x00", "").strip()
    if not text:
        raise Invalid(errors={field: [_("Write something here.")]})
    if len(text) > limit:
        raise Invalid(errors={field: [_("At most %d characters.") % limit]})
    return text


def _write(thread: Thread, *, author: Actor, body: str, from_staff: bool, files: list[Checked]) -> Message:
    message = Message.objects.create(
        thread=thread, author=actor_user(author), body=body, from_staff=from_staff
    )
    for checked in files:
        attachment = Attachment(
            message=message, name=checked.name, content_type=checked.content_type, size=checked.size
        )
        attachment.file.save(f"file{checked.suffix}", File(checked.file), save=False)
        attachment.save()
    Thread.objects.filter(pk=thread.pk).update(last_message_at=message.created_at, updated_at=message.created_at)
    thread.last_message_at = message.created_at
    message.announce_at_commit()
    return message


@transaction.atomic
def open_thread(
    *, actor: Any, subject: str, body: str, about: dict[str, Any] | None = None, files: list[Any] | None = None
) -> Thread:
    """Start a conversation. `about` is `{type: order|delivery|quote, id}`, a thing of the asker's own.

    Invalid on `subject`, `body`, `about` (also when it is another's) or `attachments`; FileTooLarge (413).
    """
    subject, body = _text("subject", subject, MAX_SUBJECT), _text("body", body, MAX_BODY)
    checked = check_files(files or [])
    topic = resolve(actor, about)
    thread = Thread.objects.create(
        asker=actor, subject=" ".join(subject.split()), about_type=topic.type if topic else "",
        about_id=topic.id if topic else None, about_label=topic.label if topic else "",
    )
    thread.record(actor=actor)
    _write(thread, author=actor, body=body, from_staff=False, files=checked)
    return thread


@transaction.atomic
def post_message(*, actor: Any, thread_id: int, body: str, files: list[Any] | None = None) -> Message:
    """Write in a conversation. The asker's message opens it again; anybody else must be staff and then replies.

    NotFound for a stranger; Invalid on `body` or `attachments`; FileTooLarge (413).
    """
    thread = queries.get_for(actor, thread_id)
    if thread.asker_id != actor.pk:
        return reply_as_staff(actor=actor, thread_id=thread_id, body=body, files=files)
    body, checked = _text("body", body, MAX_BODY), check_files(files or [])
    thread = queries.locked(thread.pk)
    message = _write(thread, author=actor, body=body, from_staff=False, files=checked)
    if thread.status != Status.OUVERT:
        thread.move(Status.OUVERT, actor=actor, closed_at=None)
    return message


@transaction.atomic
def reply_as_staff(*, actor: Actor, thread_id: int, body: str, files: list[Any] | None = None) -> Message:
    """Answer the asker: the conversation then waits for him, and is handled by who answered first.

    NotFound, Forbidden; Invalid on `body` or `attachments`; FileTooLarge (413).
    """
    thread = queries.get_for(actor, thread_id, "staff")
    body, checked = _text("body", body, MAX_BODY), check_files(files or [])
    thread = queries.locked(thread.pk)
    message = _write(thread, author=actor, body=body, from_staff=True, files=checked)
    first: dict[str, Any] = {"first_answered_at": message.created_at} if thread.first_answered_at is None else {}
    handler = {"assigned_to": actor_user(actor)} if thread.assigned_to_id is None else {}
    if thread.status != Status.EN_ATTENTE:
        thread.move(Status.EN_ATTENTE, actor=actor, closed_at=None, **first, **handler)
    elif handler:
        Thread.objects.filter(pk=thread.pk).update(**handler)
    return message


@transaction.atomic
def assign(*, actor: Actor, thread_id: int, to: Any | None) -> Thread:
    """Give the conversation to a colleague (None: to nobody). Forbidden, NotFound; Invalid when `to` is not staff."""
    thread = queries.get_for(actor, thread_id, "staff")
    if to is not None and not is_staff_of(to, "SUPPORT"):
        raise Invalid(errors={"assigned_to": [_("This person does not work in support.")]})
    thread = queries.locked(thread.pk)
    Thread.objects.filter(pk=thread.pk).update(assigned_to=to, updated_at=timezone.now())
    thread.assigned_to = to
    return thread


@transaction.atomic
def close(*, actor: Actor, thread_id: int, reason: str = "") -> Thread:
    """End the conversation: by staff, or by the asker when he has what he needed. Closing twice is IllegalMove."""
    thread = queries.locked(queries.get_for(actor, thread_id).pk)
    thread.move(Status.FERME, actor=actor, reason=reason, closed_at=timezone.now())
    return thread


@transaction.atomic
def forget(*, user: Any) -> None:
    """Erase the conversations of a person whose account is closed, files included."""
    rows = Thread.objects.filter(asker=user)
    for attachment in Attachment.objects.filter(message__thread__in=rows):
        transaction.on_commit(partial(attachment.file.delete, save=False))
    rows.delete()


@transaction.atomic
def reopen(*, actor: Actor, thread_id: int) -> Thread:
    """Take a closed conversation up again (staff). The asker does it by writing."""
    thread = queries.locked(queries.get_for(actor, thread_id, "staff").pk)
    thread.move(Status.OUVERT, actor=actor, closed_at=None)
    return thread
