"""How a conversation looks from outside: in the API, on the socket, as a timeline."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from support.threads import queries
from support.threads.models import Attachment, Message, Status, Thread


def thread_group(thread_id: int) -> str:
    """The group of the sockets that watch one conversation."""
    return f"thread.{thread_id}"


def author_name(message: Message) -> str:
    """Who wrote it, as the other side sees it: first names only, and the house's name for staff."""
    name = message.author.get_short_name() if message.author else ""
    if message.from_staff:
        return f"{name} · {settings.SITE_NAME}" if name else settings.SITE_NAME
    return name or _("A customer")


def as_attachment(attachment: Attachment) -> dict[str, Any]:
    return {
        "id": attachment.pk, "name": attachment.name, "content_type": attachment.content_type,
        "size": attachment.size, "url": reverse("support:attachment", args=[attachment.pk]),
    }


def as_message(message: Message) -> dict[str, Any]:
    return {
        "id": message.pk, "thread": message.thread_id, "author": author_name(message),
        "author_id": message.author_id, "from_staff": message.from_staff, "body": message.body,
        "created_at": message.created_at, "attachments": [as_attachment(a) for a in message.attachments.all()],
    }


def _detail(message: Message) -> str:
    """The text with its line breaks, then links to what is attached; everything escaped."""
    text = mark_safe(conditional_escape(message.body).replace("\n", "<br>"))
    files = format_html_join(
        "", '<br><a href="{}">{}</a>', ((a["url"], a["name"]) for a in map(as_attachment, message.attachments.all()))
    )
    return format_html("{}{}", text, files)


def _next_step(thread: Thread, reader: Any) -> dict[str, Any] | None:
    mine = reader is not None and thread.asker_id == reader.pk
    if thread.status == Status.OUVERT:
        title = _("We answer here, and tell you") if mine else _("Waiting for our answer")
    elif thread.status == Status.EN_ATTENTE:
        title = _("Your turn: write below if something is missing") if mine else _("Waiting for the customer")
    else:
        return None
    return {"at": None, "title": title, "by": None, "detail": None, "state": "next"}


def timeline(thread: Thread, reader: Any) -> list[dict[str, Any]]:
    """Messages and closings in order of time, then what follows next (for components/_timeline.html)."""
    rows: list[dict[str, Any]] = [
        {"at": m.created_at, "title": author_name(m), "by": None, "detail": _detail(m), "state": "done"}
        for m in queries.messages_of(thread)
    ]
    rows += [
        {"at": change.at, "title": _("Conversation closed"), "by": None, "detail": change.reason, "state": "done"}
        for change in thread.history.filter(to_status=Status.FERME)
    ]
    rows.sort(key=lambda row: row["at"])
    following = _next_step(thread, reader)
    if following:
        if rows:
            rows[-1]["state"] = "current"
        rows.append(following)
    return rows
