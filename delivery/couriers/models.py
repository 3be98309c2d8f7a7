"""Couriers: who carries, with what, and when they are on shift."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.models import Stateful, StatusChange, TimeStamped
from delivery.couriers.events import courier_moved


class Vehicle(models.TextChoices):
    PIED = "PIED", _("On foot")
    VELO = "VELO", _("Bicycle")
    SCOOTER = "SCOOTER", _("Scooter")
    VOITURE = "VOITURE", _("Car")
    UTILITAIRE = "UTILITAIRE", _("Van")


class Courier(Stateful, TimeStamped):
    class Status(models.TextChoices):
        DEMANDE = "DEMANDE", _("Application received")
        ACTIF = "ACTIF", _("Approved")
        SUSPENDU = "SUSPENDU", _("Suspended")
        REFUSE = "REFUSE", _("Refused")

    MOVES = {
        Status.DEMANDE: {Status.ACTIF, Status.REFUSE},
        Status.REFUSE: {Status.DEMANDE},
        Status.ACTIF: {Status.SUSPENDU},
        Status.SUSPENDU: {Status.ACTIF},
    }

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="courier", verbose_name=_("user")
    )
    vehicle = models.CharField(_("vehicle"), max_length=12, choices=Vehicle.choices)
    about = models.CharField(_("about"), max_length=300, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DEMANDE)
    on_shift = models.BooleanField(_("on shift"), default=False)
    # The latest position, moved forward only (delivery.tracking): a copy, so that "who is near" reads one table.
    lat = models.FloatField(_("latitude"), null=True, blank=True, editable=False)
    lon = models.FloatField(_("longitude"), null=True, blank=True, editable=False)
    heading = models.FloatField(null=True, blank=True, editable=False)
    position_at = models.DateTimeField(_("position at"), null=True, blank=True, editable=False)
    rating_sum = models.PositiveIntegerField(default=0, editable=False)
    rating_count = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("courier")
        verbose_name_plural = _("couriers")
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["on_shift", "lat", "lon"], name="courier_near")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(on_shift=False) | models.Q(status="ACTIF"), name="courier_on_shift_is_approved"
            )
        ]

    def __str__(self) -> str:
        return str(self.user)


class CourierChange(StatusChange):
    EVENT = courier_moved
    subject = models.ForeignKey(Courier, on_delete=models.CASCADE, related_name="history")

    class Meta:
        verbose_name = _("courier's change")
        verbose_name_plural = _("couriers' changes")
        ordering = ["pk"]


class Shift(models.Model):
    """From opening to closing. Nothing is recorded about a courier outside of one."""

    courier = models.ForeignKey(
        Courier, on_delete=models.CASCADE, related_name="shifts", verbose_name=_("courier")
    )
    opened_at = models.DateTimeField(_("opened"), default=timezone.now)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("shift")
        verbose_name_plural = _("shifts")
        ordering = ["-opened_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["courier"], condition=models.Q(closed_at=None), name="shift_one_open_per_courier"
            )
        ]

    def __str__(self) -> str:
        return f"{self.courier} {timezone.localtime(self.opened_at):%Y-%m-%d %H:%M}"
