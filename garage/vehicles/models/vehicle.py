"""Vehicles that the garage knows."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.users.rules import COUNTRIES
from config.lib.models import Stateful, StatusChange, TimeStamped
from delivery.couriers.models import Courier
from garage.clients.models import Client
from garage.vehicles import vin as vins
from garage.vehicles.events import vehicle_moved
from garage.vehicles.rules import LONGEST_PLATE, BadPlate, BadVin, due_state, normal_plate, normal_vin


class Energy(models.TextChoices):
    ESSENCE = "ESSENCE", _("Petrol")
    DIESEL = "DIESEL", _("Diesel")
    HYBRIDE = "HYBRIDE", _("Hybrid")
    HYBRIDE_RECHARGEABLE = "HYBRIDE_RECHARGEABLE", _("Plug-in hybrid")
    ELECTRIQUE = "ELECTRIQUE", _("Electric")
    GPL = "GPL", _("LPG")
    GNV = "GNV", _("Natural gas")
    ETHANOL = "ETHANOL", _("Ethanol")
    HYDROGENE = "HYDROGENE", _("Hydrogen")
    AUTRE = "AUTRE", _("Other")


class Kind(models.TextChoices):
    VOITURE = "VOITURE", _("Car")
    UTILITAIRE = "UTILITAIRE", _("Van")
    DEUX_ROUES = "DEUX_ROUES", _("Two-wheeler")


class Status(models.TextChoices):
    ACTIF = "ACTIF", _("In use")
    VENDU = "VENDU", _("Sold")
    DETRUIT = "DETRUIT", _("Scrapped")


class VinField(models.CharField):
    """A vehicle identification number, always in capitals without spaces."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        try:
            return normal_vin(text) if text else text
        except BadVin as error:
            raise ValidationError(str(error), code="vin") from error


class Vehicle(Stateful, TimeStamped):
    """A plate and a VIN belong to one vehicle in use; a sold one may come back with another client."""

    MOVES = {
        Status.ACTIF: {Status.VENDU, Status.DETRUIT},
        Status.VENDU: {Status.ACTIF, Status.DETRUIT},
    }

    client = models.ForeignKey(
        Client, on_delete=models.PROTECT, related_name="vehicles", verbose_name=_("client")
    )
    plate = models.CharField(_("plate"), max_length=LONGEST_PLATE)
    plate_country = models.CharField(
        _("country of the plate"), max_length=2, default="FR", help_text=_("Two letters, for example FR.")
    )
    vin = VinField(_("VIN"), max_length=20, blank=True)
    make = models.CharField(_("make"), max_length=60)
    model = models.CharField(_("model"), max_length=80)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.VOITURE)
    energy = models.CharField(_("energy"), max_length=22, choices=Energy.choices)
    first_registration = models.DateField(_("first registration"), null=True, blank=True)
    # Copies of the last retained reading (services.readings.settle), so that lists read one table.
    odometer_km = models.PositiveIntegerField(_("odometer (km)"), null=True, blank=True, editable=False)
    odometer_on = models.DateField(_("odometer read on"), null=True, blank=True, editable=False)
    inspection_due = models.DateField(_("inspection due"), null=True, blank=True)
    insurance_until = models.DateField(_("insured until"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, default=Status.ACTIF)
    driver = models.ForeignKey(
        Courier, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("driver"),
        help_text=_("The courier whose tracked kilometres are this vehicle's."),
    )
    notes = models.TextField(_("notes"), blank=True, help_text=_("For staff only."))

    class Meta:
        verbose_name = _("vehicle")
        verbose_name_plural = _("vehicles")
        ordering = ["plate", "pk"]
        indexes = [
            models.Index(fields=["client", "status"], name="vehicle_of_client"),
            models.Index(fields=["plate"], name="vehicle_plate"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["plate_country", "plate"], condition=Q(status="ACTIF"), name="vehicle_plate_once",
                violation_error_message=_("A vehicle in use has this plate already."),
            ),
            models.UniqueConstraint(
                fields=["vin"], condition=Q(status="ACTIF") & ~Q(vin=""), name="vehicle_vin_once",
                violation_error_message=_("A vehicle in use has this VIN already."),
            ),
            models.UniqueConstraint(
                fields=["driver"], condition=Q(status="ACTIF") & Q(driver__isnull=False), name="vehicle_driver_once",
                violation_error_message=_("This courier drives another vehicle already."),
            ),
        ]

    def __str__(self) -> str:
        plate = self.plate if self.plate_country == "FR" else f"{self.plate} ({self.plate_country})"
        return f"{plate} {self.make} {self.model}"

    def clean(self) -> None:
        """Plate and country in their usual form, the registration not in the future."""
        self.plate_country = self.plate_country.strip().upper()
        if self.plate_country not in COUNTRIES:
            raise ValidationError({"plate_country": _("Give the two letters of a country, for example FR.")})
        try:
            self.plate = normal_plate(self.plate, self.plate_country)
        except BadPlate as error:
            raise ValidationError({"plate": str(error)}) from error
        if self.first_registration and self.first_registration > timezone.localdate():
            raise ValidationError({"first_registration": _("This day has not come yet.")})

    @property
    def vin_facts(self) -> vins.VinFacts | None:
        return vins.facts(self.vin, timezone.localdate())

    @property
    def inspection_state(self) -> str:
        """Empty, "soon" or "late"."""
        return due_state(self.inspection_due, timezone.localdate())

    @property
    def insurance_state(self) -> str:
        return due_state(self.insurance_until, timezone.localdate())


class VehicleChange(StatusChange):
    EVENT = vehicle_moved
    subject = models.ForeignKey(Vehicle, on_delete=models.CASCADE, related_name="history")

    class Meta:
        verbose_name = _("vehicle's change")
        verbose_name_plural = _("vehicles' changes")
        ordering = ["pk"]
