"""Support conversations: a thread, its messages, what is attached to them, the answers staff keep ready."""

from datetime import timedelta
from pathlib import PurePath
from uuid import uuid4

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import models
from django.utils import timezone
from django.utils.deconstruct import deconstructible
from django.utils.translation import gettext_lazy as _

from config.lib.models import Announced, Stateful, StatusChange, TimeStamped
from support.threads.events import message_posted, thread_moved


@deconstructible
class PrivateStorage(FileSystemStorage):
    """Files outside MEDIA_ROOT: no web server gives them out, only a view that checks the right."""

    @property
    def base_location(self) -> str:
        return str(settings.PRIVATE_ROOT)

    @property
    def location(self) -> str:
        return str(settings.PRIVATE_ROOT)


class Status(models.TextChoices):
    OUVERT = "OUVERT", _("Waiting for our answer")
    EN_ATTENTE = "EN_ATTENTE", _("Answered")
    FERME = "FERME", _("Closed")


class About(models.TextChoices):
    ORDER = "order", _("Order")
    DELIVERY = "delivery", _("Delivery")
    QUOTE = "quote", _("Repair quote")


class Thread(Stateful, TimeStamped):
    """OUVERT waits for staff, EN_ATTENTE for the asker. A message of the asker opens it again, even when closed."""

    MOVES = {
        Status.OUVERT: {Status.EN_ATTENTE, Status.FERME},
        Status.EN_ATTENTE: {Status.OUVERT, Status.FERME},
        Status.FERME: {Status.OUVERT, Status.EN_ATTENTE},
    }

    asker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="threads", verbose_name=_("asked by")
    )
    subject = models.CharField(_("subject"), max_length=160)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.OUVERT)
    about_type = models.CharField(_("about"), max_length=10, choices=About.choices, blank=True)
    about_id = models.PositiveBigIntegerField(_("about, number"), null=True, blank=True)
    about_label = models.CharField(_("about, name"), max_length=60, blank=True)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        verbose_name=_("handled by"),
    )
    last_message_at = models.DateTimeField(_("last message"), default=timezone.now)
    first_answered_at = models.DateTimeField(_("first answer"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        ordering = ["-last_message_at", "-pk"]
        indexes = [
            models.Index(fields=["asker", "-last_message_at"], name="thread_of_asker"),
            models.Index(fields=["status", "-last_message_at"], name="thread_by_status"),
            models.Index(fields=["about_type", "about_id"], name="thread_about"),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def first_answer_time(self) -> timedelta | None:
        """How long the asker waited for the first answer."""
        return self.first_answered_at - self.created_at if self.first_answered_at else None

    @property
    def resolution_time(self) -> timedelta | None:
        """From the question to the last close; None while it is open."""
        return self.closed_at - self.created_at if self.closed_at else None


class ThreadChange(StatusChange):
    EVENT = thread_moved
    subject = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="history")

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["at"], condition=models.Q(announced_at=None), name="thread_unannounced")]


class Message(Announced):
    """What somebody wrote. `from_staff` is the role he wrote in, whatever he became later."""

    EVENT = message_posted

    thread = models.ForeignKey(
        Thread, on_delete=models.CASCADE, related_name="messages", verbose_name=_("conversation")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("author")
    )
    from_staff = models.BooleanField(_("from staff"), default=False)
    body = models.TextField(_("message"))
    created_at = models.DateTimeField(_("sent"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["created_at"], condition=models.Q(announced_at=None), name="message_unannounced")
        ]

    def __str__(self) -> str:
        return self.body[:60]

    def payload(self) -> dict[str, int]:
        return {"message_id": self.pk, "thread_id": self.thread_id}


def private_path(attachment: "Attachment", filename: str) -> str:
    """A name that nobody can guess; the extension is that of the checked type."""
    suffix = PurePath(filename).suffix
    return f"support/{attachment.message.thread_id}/{uuid4().hex}{suffix}"


class Attachment(models.Model):
    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, related_name="attachments", verbose_name=_("message")
    )
    file = models.FileField(_("file"), storage=PrivateStorage(), upload_to=private_path, max_length=200)
    name = models.CharField(_("name"), max_length=120)
    content_type = models.CharField(_("type"), max_length=40)
    size = models.PositiveIntegerField(_("size"))

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class CannedReply(models.Model):
    """An answer that staff use often."""

    title = models.CharField(_("title"), max_length=80, unique=True)
    body = models.TextField(_("text"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("canned reply")
        verbose_name_plural = _("canned replies")
        ordering = ["position", "title"]

    def __str__(self) -> str:
        return self.title
