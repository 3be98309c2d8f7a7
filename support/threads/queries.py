"""Reads, rights and locks of the conversations."""

from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from accounts.users.queries import is_staff_of
from config.lib.actors import System
from config.lib.errors import Forbidden, NotFound
from support.threads.models import Attachment, CannedReply, Message, Status, Thread


def works_here(user: Any) -> bool:
    """Whether this person answers customers (or is the system)."""
    return isinstance(user, System) or is_staff_of(user, "SUPPORT")


def mine(user: Any) -> QuerySet[Thread]:
    """The conversations this person asked for, latest first."""
    return Thread.objects.filter(asker=user).select_related("assigned_to")


def visible_to(user: Any) -> QuerySet[Thread]:
    """Support staff see every conversation, anybody else his own."""
    rows = Thread.objects.select_related("asker", "assigned_to")
    return rows if works_here(user) else rows.filter(asker=user)


def get_for(user: Any, pk: int, right: str = "read") -> Thread:
    """One conversation with the right to use it: "read" or "staff". NotFound for a stranger, else Forbidden."""
    row = visible_to(user).filter(pk=pk).first()
    if row is None:
        raise NotFound
    if right == "staff" and not works_here(user):
        raise Forbidden
    return row


def require_staff(user: Any) -> None:
    """Forbidden for anybody who does not answer customers."""
    if not works_here(user):
        raise Forbidden


def locked(pk: int) -> Thread:
    """The row, held until the transaction ends."""
    return Thread.objects.select_for_update().get(pk=pk)


def messages_of(thread: Thread) -> QuerySet[Message]:
    """In the order they were written, with authors and attachments: two queries whatever their number."""
    attachments = Prefetch("attachments", queryset=Attachment.objects.order_by("pk"))
    return thread.messages.select_related("author").prefetch_related(attachments).order_by("pk")


def attachment_for(user: Any, pk: int) -> Attachment:
    """One attachment of a conversation this person may read; NotFound otherwise."""
    row = Attachment.objects.filter(pk=pk, message__thread__in=visible_to(user)).select_related("message").first()
    if row is None:
        raise NotFound
    return row


def canned_replies() -> QuerySet[CannedReply]:
    return CannedReply.objects.filter(is_active=True)


def search(rows: QuerySet[Thread], words: str) -> QuerySet[Thread]:
    """Those whose subject, asker or thing contains the words."""
    found = Q(subject__icontains=words) | Q(asker__email__icontains=words) | Q(asker__last_name__icontains=words)
    return rows.filter(found | Q(about_label__icontains=words))


def open_count() -> int:
    """Conversations that wait for an answer of ours."""
    return Thread.objects.filter(status=Status.OUVERT).count()


def waiting() -> QuerySet[Thread]:
    """Those conversations, the longest wait first (for the back office's day)."""
    return Thread.objects.filter(status=Status.OUVERT).select_related("asker", "assigned_to").order_by(
        "last_message_at"
    )
