"""Couriers who drive vehicles that the garage looks after, and how far they went."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from delivery.couriers.models import Courier
from garage.vehicles.models.vehicle import Vehicle


class Driving(models.Model):
    """From when until when a courier drove a vehicle: what he rides meanwhile is its kilometres."""

    vehicle = models.ForeignKey(Vehicle, on_delete=models.CASCADE, related_name="drivings", verbose_name=_("vehicle"))
    courier = models.ForeignKey(Courier, on_delete=models.CASCADE, related_name="drivings", verbose_name=_("driver"))
    since = models.DateTimeField(_("since"), default=timezone.now)
    until = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("driver")
        verbose_name_plural = _("drivers over time")
        ordering = ["-since", "-pk"]
        indexes = [models.Index(fields=["until"], name="driving_until")]
        constraints = [
            models.UniqueConstraint(fields=["vehicle"], condition=Q(until=None), name="driving_one_of_vehicle"),
            models.UniqueConstraint(fields=["courier"], condition=Q(until=None), name="driving_one_of_courier"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="driving_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.courier} {self.since:%Y-%m-%d}"


class TrackedDistance(models.Model):
    """How far a vehicle went on a day, by the phones of its drivers. Measured again while late points may come."""

    vehicle = models.ForeignKey(Vehicle, on_delete=models.CASCADE, related_name="tracked", verbose_name=_("vehicle"))
    day = models.DateField(_("day"))
    metres = models.PositiveIntegerField(_("metres"))
    measured_at = models.DateTimeField(_("measured"), default=timezone.now)

    class Meta:
        verbose_name = _("tracked distance")
        verbose_name_plural = _("tracked distances")
        ordering = ["-day", "-pk"]
        constraints = [models.UniqueConstraint(fields=["vehicle", "day"], name="tracked_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.metres} m"
