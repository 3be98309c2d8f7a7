"""What a person was told (the feed), and what is still owed to an outside provider (one row per message)."""

import hashlib

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.jobs import OwedJob
from garage.clients.models import Client


class Topic(models.TextChoices):
    """Groups of kinds: what a person switches on and off together."""

    COMMANDES = "COMMANDES", _("My orders")
    LIVRAISONS = "LIVRAISONS", _("My deliveries")
    ENCHERES = "ENCHERES", _("Bids")
    ARGENT = "ARGENT", _("Payments and wallet")
    COURSIER = "COURSIER", _("My work as a courier")
    GARAGE = "GARAGE", _("My vehicles")
    AIDE = "AIDE", _("Help")


class Channel(models.TextChoices):
    """Ways out of the house. The feed and its live push are not a choice: they are always there."""

    EMAIL = "EMAIL", _("E-mail")
    SMS = "SMS", _("Text message")
    PUSH = "PUSH", _("Mobile notification")


OUTSIDE = (Channel.EMAIL, Channel.SMS)  # how somebody without an account is reached


class Platform(models.TextChoices):
    FCM = "FCM", _("Mobile app")
    WEBPUSH = "WEBPUSH", _("Browser")


class Notification(models.Model):
    """One thing told to one person, in the language he had then. `dedupe_key` makes a repeated event harmless."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications", verbose_name=_("user")
    )
    kind = models.CharField(_("kind"), max_length=60)
    topic = models.CharField(_("topic"), max_length=12, choices=Topic.choices)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    url = models.CharField(_("page"), max_length=300, blank=True)
    link = models.CharField(max_length=300, blank=True, editable=False)  # for mail and SMS: opens without signing in
    dedupe_key = models.CharField(_("key"), max_length=160, unique=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["user", "-id"], name="notification_feed"),
            models.Index(fields=["user"], condition=Q(read_at=None), name="notification_unread"),
        ]

    def __str__(self) -> str:
        return self.subject


class Device(models.Model):
    """A phone or browser that takes push messages. `address` is what the platform gave: a token or a subscription."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="push_devices", verbose_name=_("user")
    )
    platform = models.CharField(_("platform"), max_length=8, choices=Platform.choices)
    address = models.JSONField(_("address"))
    fingerprint = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("push device")
        verbose_name_plural = _("push devices")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.get_platform_display()} {self.fingerprint[:8]}"

    @staticmethod
    def fingerprint_of(platform: str, secret: str) -> str:
        """SHA-256 of the token or endpoint: long tokens stay unique and never show in lists."""
        return hashlib.sha256(f"{platform}:{secret}".encode()).hexdigest()


class Dispatch(OwedJob):
    """One message owed to one provider. Kept whatever the provider does; sent again until it is taken."""

    TASK = "support.notifications.tasks.send_dispatch"

    notification = models.ForeignKey(
        Notification, on_delete=models.CASCADE, related_name="dispatches", verbose_name=_("notification")
    )
    channel = models.CharField(_("channel"), max_length=6, choices=Channel.choices)
    device = models.ForeignKey(
        Device, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("device")
    )
    # The device's fingerprint: it outlives the device's row.
    target = models.CharField(max_length=64, blank=True, editable=False)
    provider_ref = models.CharField(_("provider's reference"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("message sent")
        verbose_name_plural = _("messages sent")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["notification", "channel", "target"], name="dispatch_once"),
        ]
        indexes = [models.Index(fields=["state", "next_attempt_at"], name="dispatch_due")]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.pk}"


class OutsideMessage(OwedJob):
    """One message to somebody without an account here: a client of the garage, by e-mail or text message.

    What must not be stored (a signing code) stands in the texts as `{secret}`, and is filled in when the message
    leaves (services.secrets).
    """

    TASK = "support.notifications.tasks.send_outside"

    client = models.ForeignKey(
        Client, null=True, blank=True, on_delete=models.CASCADE, related_name="+", verbose_name=_("client")
    )
    kind = models.CharField(_("kind"), max_length=60)
    channel = models.CharField(_("channel"), max_length=6, choices=[(c.value, c.label) for c in OUTSIDE])
    destination = models.CharField(_("sent to"), max_length=254)
    language = models.CharField(_("language"), max_length=2)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    url = models.CharField(_("page"), max_length=500, blank=True)
    secret_id = models.PositiveBigIntegerField(null=True, blank=True, editable=False)
    dedupe_key = models.CharField(_("key"), max_length=160, editable=False)
    provider_ref = models.CharField(_("provider's reference"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("message to a client without account")
        verbose_name_plural = _("messages to clients without account")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["dedupe_key", "channel"], name="outside_message_once")]
        indexes = [models.Index(fields=["state", "next_attempt_at"], name="outside_message_due")]

    def __str__(self) -> str:
        return self.subject


class Preference(models.Model):
    """A choice that differs from the channel's default."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notification_preferences",
        verbose_name=_("user"),
    )
    topic = models.CharField(_("topic"), max_length=12, choices=Topic.choices)
    channel = models.CharField(_("channel"), max_length=6, choices=Channel.choices)
    enabled = models.BooleanField(_("on"))

    class Meta:
        verbose_name = _("notification preference")
        verbose_name_plural = _("notification preferences")
        constraints = [models.UniqueConstraint(fields=["user", "topic", "channel"], name="preference_once")]

    def __str__(self) -> str:
        return f"{self.topic} {self.channel}"


class QuietHours(models.Model):
    """Hours, on the clock of the house's time zone, in which no phone may ring. They may pass midnight."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="quiet_hours", verbose_name=_("user")
    )
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("until"))

    class Meta:
        verbose_name = _("quiet hours")
        verbose_name_plural = _("quiet hours")

    def __str__(self) -> str:
        return f"{self.starts:%H:%M}–{self.ends:%H:%M}"
