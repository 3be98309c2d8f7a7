"""Where couriers were, and who looked."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from delivery.couriers.models import Courier
from delivery.deliveries.models import Delivery


class CourierPosition(models.Model):
    """One fix of a courier's phone during a shift. Kept 60 days (rules.RETENTION).

    `recorded_at` is the phone's time cut to the millisecond and, with the courier, the identity of the point: sent
    again it is the same point. `is_outlier` points stay stored but never move the marker nor enter a trail.
    """

    # No index of its own: the unique constraint below begins with the courier.
    courier = models.ForeignKey(
        Courier, on_delete=models.CASCADE, related_name="positions", db_index=False, verbose_name=_("courier")
    )
    recorded_at = models.DateTimeField(_("recorded"))
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    seq = models.BigIntegerField(_("sequence number"))
    lat = models.FloatField(_("latitude"))
    lon = models.FloatField(_("longitude"))
    accuracy = models.FloatField(_("accuracy (m)"), null=True)
    speed = models.FloatField(_("speed (m/s)"), null=True)
    heading = models.FloatField(_("heading (degrees)"), null=True)
    is_outlier = models.BooleanField(_("out of line"), default=False)

    class Meta:
        verbose_name = _("position")
        verbose_name_plural = _("positions")
        ordering = ["-recorded_at"]
        indexes = [models.Index(fields=["received_at"], name="position_received")]
        constraints = [models.UniqueConstraint(fields=["courier", "recorded_at"], name="position_once")]

    def __str__(self) -> str:
        return f"{self.courier_id} {timezone.localtime(self.recorded_at):%Y-%m-%d %H:%M:%S}"


class Watch(models.Model):
    """Somebody looked at a courier's position. The courier may read these rows."""

    class As(models.TextChoices):
        EXPEDITEUR = "EXPEDITEUR", _("Sender")
        DESTINATAIRE = "DESTINATAIRE", _("Recipient")
        EQUIPE = "EQUIPE", _("Staff")
        LIEN = "LIEN", _("Tracking link")

    courier = models.ForeignKey(
        Courier, on_delete=models.CASCADE, related_name="watches", verbose_name=_("courier")
    )
    delivery = models.ForeignKey(
        Delivery, null=True, on_delete=models.CASCADE, related_name="watches", verbose_name=_("delivery"),
        help_text=_("Empty: the map of the whole fleet."),
    )
    watcher = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("watcher")
    )
    audience = models.CharField(_("as"), max_length=12, choices=As.choices)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("watch")
        verbose_name_plural = _("watches")
        ordering = ["-at"]
        indexes = [models.Index(fields=["courier", "-at"], name="watch_courier_newest")]

    def __str__(self) -> str:
        return f"{self.courier_id} {self.audience} {timezone.localtime(self.at):%Y-%m-%d %H:%M}"
