"""Points on the ground: imported addresses and the zones we serve."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.models import MoneyField
from config.lib.money import ZERO


class AddressPoint(models.Model):
    """One position of one numbered address (Base Adresse Locale: an address may have several positions)."""

    key = models.CharField(_("interoperability key"), max_length=80)
    position = models.CharField(_("kind of position"), max_length=40, blank=True)
    number = models.PositiveIntegerField(_("number"))
    suffix = models.CharField(_("suffix"), max_length=20, blank=True)
    street = models.CharField(_("street"), max_length=200)
    postal_code = models.CharField(_("postal code"), max_length=12, blank=True)
    city = models.CharField(_("city"), max_length=100)
    insee = models.CharField(_("INSEE code"), max_length=5, blank=True)
    name = models.CharField(_("name of the place"), max_length=160, blank=True)
    lat = models.FloatField(_("latitude"))
    lon = models.FloatField(_("longitude"))
    source = models.CharField(_("source"), max_length=120, blank=True)
    updated_on = models.DateField(_("updated on"), null=True, blank=True)
    imported_at = models.DateTimeField(_("imported"), default=timezone.now, editable=False)
    # Normalised by places.rules: without accents, abbreviations written out. What a search compares.
    street_key = models.CharField(max_length=200, editable=False, db_index=True)
    city_key = models.CharField(max_length=100, editable=False)
    search = models.CharField(max_length=400, editable=False, db_index=True)

    class Meta:
        verbose_name = _("address point")
        verbose_name_plural = _("address points")
        ordering = ["street", "number", "suffix"]
        constraints = [models.UniqueConstraint(fields=["key", "position"], name="addresspoint_key_position")]
        indexes = [models.Index(fields=["street_key", "number"], name="addresspoint_street_number")]

    def __str__(self) -> str:
        number = f"{self.number} {self.suffix}".strip()
        return f"{number} {self.street}, {self.postal_code} {self.city}".replace(",  ", ", ")


class Zone(models.Model):
    """A disc on the map. Deliveries that start or end in it cost `surcharge` more, shown in the breakdown."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    lat = models.FloatField(_("latitude"), validators=[MinValueValidator(-90), MaxValueValidator(90)])
    lon = models.FloatField(_("longitude"), validators=[MinValueValidator(-180), MaxValueValidator(180)])
    radius_m = models.PositiveIntegerField(_("radius in metres"), validators=[MinValueValidator(1)])
    surcharge = MoneyField(_("surcharge"), default=ZERO)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("zone")
        verbose_name_plural = _("zones")
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=models.Q(surcharge__gte=0), name="zone_surcharge_positive")]

    def __str__(self) -> str:
        return self.name
