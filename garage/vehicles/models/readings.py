"""What the odometer said, when, and who read it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.models import Stateful, StatusChange
from garage.vehicles.events import reading_taken
from garage.vehicles.models.vehicle import Vehicle
from garage.vehicles.rules import Read, Reason, contradict, refusal


class Source(models.TextChoices):
    FACTURE = "FACTURE", _("Invoice")
    CONTROLE = "CONTROLE", _("Technical inspection")
    CLIENT = "CLIENT", _("Client")
    GPS = "GPS", _("Tracked kilometres")
    ATELIER = "ATELIER", _("Workshop")


class ReadingStatus(models.TextChoices):
    RETENUE = "RETENUE", _("Retained")
    ECARTEE = "ECARTEE", _("Set aside")


class OdometerReading(Stateful):
    """One reading. Only retained ones count; those of a vehicle never decrease from one day to a later one.

    A GPS reading is an estimate that follows from a reading and the tracked kilometres since: it is written anew
    when these change, one for a day.
    """

    MOVES = {
        ReadingStatus.RETENUE: {ReadingStatus.ECARTEE},
        ReadingStatus.ECARTEE: {ReadingStatus.RETENUE},
    }

    vehicle = models.ForeignKey(
        Vehicle, on_delete=models.CASCADE, related_name="readings", verbose_name=_("vehicle")
    )
    km = models.PositiveIntegerField(_("kilometres"))
    read_on = models.DateField(_("read on"))
    source = models.CharField(_("source"), max_length=8, choices=Source.choices)
    status = models.CharField(_("status"), max_length=8, choices=ReadingStatus.choices, default=ReadingStatus.RETENUE)
    reason_code = models.CharField(_("reason"), max_length=16, choices=Reason.choices, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        verbose_name=_("by"),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("odometer reading")
        verbose_name_plural = _("odometer readings")
        ordering = ["-read_on", "-km", "-pk"]
        indexes = [models.Index(fields=["vehicle", "-read_on", "-km"], name="reading_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["vehicle", "read_on"], condition=Q(source="GPS"), name="reading_gps_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(status="RETENUE", reason_code="") | (Q(status="ECARTEE") & ~Q(reason_code="")),
                name="reading_set_aside_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.read_on:%Y-%m-%d} {self.km} km"

    @property
    def refusal(self) -> str:
        """Why it was set aside, in the reader's language; empty for a retained one."""
        return refusal(self.reason_code)

    def contradicts(self, other: "OdometerReading") -> bool:
        return contradict(Read(self.read_on, self.pk, self.km), Read(other.read_on, other.pk, other.km))


class ReadingChange(StatusChange):
    """What became of a reading. Its news is `reading_taken`, at the beginning and at every change of mind."""

    EVENT = reading_taken
    subject = models.ForeignKey(OdometerReading, on_delete=models.CASCADE, related_name="history")

    class Meta:
        verbose_name = _("reading's change")
        verbose_name_plural = _("readings' changes")
        ordering = ["pk"]

    def payload(self) -> dict[str, Any]:
        return {"reading_id": self.subject_id}
