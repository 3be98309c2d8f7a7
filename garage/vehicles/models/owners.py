"""Whose a vehicle was, and when."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from garage.clients.models import Client
from garage.vehicles.models.vehicle import Vehicle


class Ownership(models.Model):
    """From the day `since` until before the day `until`; the present owner's has no end. What the garage knows: the
    first one begins with the vehicle's file."""

    vehicle = models.ForeignKey(
        Vehicle, on_delete=models.CASCADE, related_name="ownerships", verbose_name=_("vehicle")
    )
    client = models.ForeignKey(
        Client, on_delete=models.PROTECT, related_name="ownerships", verbose_name=_("owner")
    )
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("ownership")
        verbose_name_plural = _("owners over time")
        ordering = ["-since", "-pk"]
        indexes = [models.Index(fields=["vehicle", "-since"], name="ownership_newest")]
        constraints = [
            models.UniqueConstraint(fields=["vehicle"], condition=Q(until=None), name="ownership_one_present"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="ownership_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.client} {self.since:%Y-%m-%d}"
