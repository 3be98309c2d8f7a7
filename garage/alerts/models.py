"""Alerts: what is due for which vehicle, quote or part, and the intervals and rules that say so."""

from typing import Any

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from config.lib.models import Announced, TimeStamped
from garage.alerts import rules
from garage.alerts.events import alert_raised
from garage.quotes.models import Package, Quote
from garage.vehicles.models import Kind as VehicleKind
from garage.vehicles.models import Vehicle
from garage.workshop.models import RepairOrder
from shop.catalogue.models import Product
from shop.invoices.models import Dated


class AlertKind(models.TextChoices):
    CONTROLE_TECHNIQUE = "CONTROLE_TECHNIQUE", _("Technical inspection")
    ASSURANCE = "ASSURANCE", _("Insurance")
    ENTRETIEN = "ENTRETIEN", _("Maintenance")
    RELANCE_DEVIS = "RELANCE_DEVIS", _("Quote to follow up")
    STOCK_BAS = "STOCK_BAS", _("Low stock")


OF_OWNERS = (AlertKind.CONTROLE_TECHNIQUE, AlertKind.ASSURANCE, AlertKind.ENTRETIEN)


class AlertLevel(models.TextChoices):
    INFO = "INFO", _("Soon")
    PROCHE = "PROCHE", _("Very soon")
    ECHU = "ECHU", _("Due")


class Check(models.TextChoices):
    PERIODIQUE = "PERIODIQUE", _("periodic inspection")
    POLLUTION = "POLLUTION", _("pollution check")


class Outcome(models.TextChoices):
    A = "A", _("A: passed")
    S = "S", _("S: major defects, retest within two months")
    R = "R", _("R: critical defects, valid on that day only")


class InspectionRule(Dated):
    """What the law asks of a kind of vehicle, by the day of its first registration."""

    vehicle_kind = models.CharField(_("kind of vehicle"), max_length=12, choices=VehicleKind.choices)
    check_kind = models.CharField(_("check"), max_length=10, choices=Check.choices, default=Check.PERIODIQUE)
    registered_from = models.DateField(_("first registered from"), null=True, blank=True)
    registered_until = models.DateField(_("first registered until"), null=True, blank=True)
    first_months = models.PositiveSmallIntegerField(
        _("first after (months)"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    first_due_on = models.DateField(_("first until"), null=True, blank=True, help_text=_("instead of months"))
    every_months = models.PositiveSmallIntegerField(_("then every (months)"), validators=[MinValueValidator(1)])
    window_months = models.PositiveSmallIntegerField(_("may be done before (months)"), default=6)
    retest_months = models.PositiveSmallIntegerField(_("retest within (months)"), default=2)
    except_energies = models.JSONField(_("not for energies"), default=list, blank=True)
    package = models.ForeignKey(
        Package, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("package to offer")
    )
    log = HistoricalRecords(related_name="log_of")

    class Meta:
        verbose_name = _("rule of technical inspection")
        verbose_name_plural = _("rules of technical inspection")
        ordering = ["vehicle_kind", "check_kind", "registered_from", "-valid_from"]

    def __str__(self) -> str:
        return f"{self.get_vehicle_kind_display()}, {self.get_check_kind_display()}"

    @property
    def terms(self) -> rules.Terms:
        return rules.Terms(self.every_months, self.first_months, self.first_due_on, self.retest_months)

    def fits(self, vehicle: Vehicle) -> bool:
        """Whether this rule is about this vehicle; one of unknown age takes the rule without a transition."""
        day = vehicle.first_registration
        if vehicle.kind != self.vehicle_kind or vehicle.energy in self.except_energies:
            return False
        if day is None:
            return self.registered_until is None
        return (self.registered_from or day) <= day <= (self.registered_until or day)


class MaintenanceItem(models.Model):
    """A service that vehicles of a kind need again and again: every so many months, kilometres, or the first of both.
    The packages that contain it are offered for it, and reset it when they are done."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=80)
    vehicle_kind = models.CharField(
        _("kind of vehicle"), max_length=12, choices=VehicleKind.choices, blank=True, help_text=_("empty: all")
    )
    energies = models.JSONField(_("energies"), default=list, blank=True, help_text=_("none: all"))
    every_months = models.PositiveSmallIntegerField(
        _("every (months)"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    every_km = models.PositiveIntegerField(_("every (km)"), null=True, blank=True, validators=[MinValueValidator(1)])
    packages = models.ManyToManyField(Package, blank=True, related_name="covers", verbose_name=_("packages"))
    is_active = models.BooleanField(_("in use"), default=True)
    log = HistoricalRecords(related_name="log_of")

    class Meta:
        verbose_name = _("maintenance item")
        verbose_name_plural = _("maintenance items")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def fits(self, vehicle: Vehicle) -> bool:
        return self.vehicle_kind in ("", vehicle.kind) and (not self.energies or vehicle.energy in self.energies)


class ServicePlan(models.Model):
    """One vehicle's own interval of an item, in place of the usual one."""

    vehicle = models.ForeignKey(
        Vehicle, on_delete=models.CASCADE, related_name="service_plans", verbose_name=_("vehicle")
    )
    item = models.ForeignKey(
        MaintenanceItem, on_delete=models.CASCADE, related_name="plans", verbose_name=_("maintenance item")
    )
    every_months = models.PositiveSmallIntegerField(
        _("every (months)"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    every_km = models.PositiveIntegerField(_("every (km)"), null=True, blank=True, validators=[MinValueValidator(1)])
    is_active = models.BooleanField(_("needed"), default=True, help_text=_("off: this vehicle does not need it"))
    log = HistoricalRecords(related_name="log_of")

    class Meta:
        verbose_name = _("service plan of a vehicle")
        verbose_name_plural = _("service plans of vehicles")
        ordering = ["vehicle", "item"]
        constraints = [models.UniqueConstraint(fields=["vehicle", "item"], name="service_plan_once")]

    def __str__(self) -> str:
        return f"{self.vehicle_id} {self.item_id}"


class ServiceDone(models.Model):
    class Source(models.TextChoices):
        REPARATION = "REPARATION", _("repair order")
        MAIN = "MAIN", _("by hand")

    vehicle = models.ForeignKey(
        Vehicle, on_delete=models.CASCADE, related_name="services_done", verbose_name=_("vehicle")
    )
    item = models.ForeignKey(
        MaintenanceItem, on_delete=models.PROTECT, related_name="done", verbose_name=_("maintenance item")
    )
    on = models.DateField(_("done on"))
    km = models.PositiveIntegerField(_("at (km)"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=10, choices=Source.choices)
    order = models.ForeignKey(
        RepairOrder, null=True, blank=True, on_delete=models.SET_NULL, related_name="services_done",
        verbose_name=_("repair order"),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        verbose_name=_("by"),
    )
    at = models.DateTimeField(_("noted"), default=timezone.now)

    class Meta:
        verbose_name = _("service done")
        verbose_name_plural = _("services done")
        ordering = ["-on", "-pk"]
        indexes = [models.Index(fields=["vehicle", "item", "-on"], name="service_done_last")]
        constraints = [models.UniqueConstraint(fields=["order", "item"], name="service_done_once_an_order")]

    def __str__(self) -> str:
        return f"{self.item} {self.on}"


class TechnicalInspection(models.Model):
    """An inspection that took place at an approved centre, and until when it holds."""

    vehicle = models.ForeignKey(
        Vehicle, on_delete=models.CASCADE, related_name="technical_inspections", verbose_name=_("vehicle")
    )
    check_kind = models.CharField(_("check"), max_length=10, choices=Check.choices, default=Check.PERIODIQUE)
    on = models.DateField(_("done on"))
    km = models.PositiveIntegerField(_("at (km)"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=1, choices=Outcome.choices, default=Outcome.A)
    good_until = models.DateField(_("good until"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        verbose_name=_("by"),
    )
    at = models.DateTimeField(_("noted"), default=timezone.now)

    class Meta:
        verbose_name = _("technical inspection")
        verbose_name_plural = _("technical inspections")
        ordering = ["-on", "-pk"]
        indexes = [models.Index(fields=["vehicle", "check_kind", "-on"], name="technical_inspection_last")]

    def __str__(self) -> str:
        return f"{self.get_check_kind_display()} {self.on} {self.outcome}"


class Alert(TimeStamped):
    """One thing that is due. `key` names the thing and its turn (this service after that one, this version of that
    quote): one alert of a key is open, and one that somebody settled does not come back.

    `rung` is how far it has come on the ladder (30, 7, 0): `level` in figures, so that the list sorts by an index.
    """

    class Closed(models.TextChoices):
        MAIN = "MAIN", _("settled by hand")
        REPARATION = "REPARATION", _("done by a repair order")
        CONTROLE = "CONTROLE", _("inspection recorded")
        RECALCUL = "RECALCUL", _("no longer due")
        HORS_SERVICE = "HORS_SERVICE", _("vehicle sold or scrapped")
        REPONSE = "REPONSE", _("quote answered")

    SETTLED = (Closed.MAIN, Closed.REPARATION, Closed.CONTROLE)

    kind = models.CharField(_("kind"), max_length=18, choices=AlertKind.choices)
    key = models.CharField(_("key"), max_length=80)
    level = models.CharField(_("level"), max_length=6, choices=AlertLevel.choices)
    rung = models.PositiveSmallIntegerField(_("rung (days)"))
    due_on = models.DateField(_("due on"), null=True, blank=True)
    due_km = models.PositiveIntegerField(_("due at (km)"), null=True, blank=True)
    by_km = models.BooleanField(_("due by distance first"), default=False)
    vehicle = models.ForeignKey(
        Vehicle, null=True, blank=True, on_delete=models.CASCADE, related_name="alerts", verbose_name=_("vehicle")
    )
    quote = models.ForeignKey(
        Quote, null=True, blank=True, on_delete=models.CASCADE, related_name="alerts", verbose_name=_("quote")
    )
    product = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.CASCADE, related_name="+", verbose_name=_("product")
    )
    item = models.ForeignKey(
        MaintenanceItem, null=True, blank=True, on_delete=models.PROTECT, related_name="alerts",
        verbose_name=_("maintenance item"),
    )
    check_kind = models.CharField(_("check"), max_length=10, choices=Check.choices, blank=True)
    draft = models.ForeignKey(
        Quote, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("quote made of it")
    )
    snoozed_until = models.DateField(_("snoozed until"), null=True, blank=True)
    done_at = models.DateTimeField(_("closed"), null=True, blank=True)
    done_how = models.CharField(_("why closed"), max_length=12, choices=Closed.choices, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        verbose_name=_("closed by"),
    )

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ["rung", "due_on", "pk"]
        indexes = [
            models.Index(fields=["rung", "due_on", "id"], condition=Q(done_at=None), name="alert_by_urgency"),
            models.Index(fields=["kind", "rung", "due_on"], condition=Q(done_at=None), name="alert_of_kind"),
            models.Index(fields=["key"], name="alert_key"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=Q(done_at=None), name="alert_open_once"),
            models.CheckConstraint(
                condition=Q(level="INFO", rung=30) | Q(level="PROCHE", rung=7) | Q(level="ECHU", rung=0),
                name="alert_rung_of_level",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None, done_how="") | Q(done_at__isnull=False) & ~Q(done_how=""),
                name="alert_closed_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(vehicle__isnull=False) | Q(product__isnull=False), name="alert_about_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.subject}".strip()

    @property
    def title(self) -> str:
        """What is due, in words."""
        if self.check_kind == Check.POLLUTION:
            return str(_("Pollution check"))
        return self.item.name if self.item is not None else self.get_kind_display()

    @property
    def subject(self) -> str:
        """What it is due for: a plate, a quote's number, a part."""
        if self.kind == AlertKind.RELANCE_DEVIS and self.quote is not None:
            return self.quote.number
        return self.vehicle.plate if self.vehicle is not None else str(self.product or "")


class AlertStep(Announced):
    """A rung of the ladder that was told, once."""

    EVENT = alert_raised
    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="steps", verbose_name=_("alert"))
    days = models.PositiveSmallIntegerField(_("rung (days)"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("step of an alert")
        verbose_name_plural = _("steps of alerts")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["alert", "days"], name="alert_step_once")]

    def __str__(self) -> str:
        return f"{self.alert_id} {self.days}"

    def payload(self) -> dict[str, Any]:
        return {"alert_id": self.alert_id, "days": self.days}
