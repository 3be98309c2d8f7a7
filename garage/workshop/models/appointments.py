"""Lifts and mechanics, when they are free, and who booked them."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from config.lib.models import Stateful, StatusChange, TimeStamped
from garage.clients.models import Client
from garage.quotes.models import Quote, Skill
from garage.vehicles.models import Vehicle
from garage.workshop.events import appointment_moved


class Resource(models.Model):
    class Kind(models.TextChoices):
        PONT = "PONT", _("lift")
        MECANICIEN = "MECANICIEN", _("mechanic")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=80)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="garage_resource",
        verbose_name=_("account"),
    )
    skill = models.CharField(_("highest skill"), max_length=12, choices=Skill.choices, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    feed_version = models.PositiveSmallIntegerField(
        _("version of the calendar's address"), default=1, help_text=_("a new one ends the addresses given before")
    )

    class Meta:
        verbose_name = _("lift or mechanic")
        verbose_name_plural = _("lifts and mechanics")
        ordering = ["kind", "position", "name"]
        constraints = [models.CheckConstraint(
            condition=Q(kind="MECANICIEN") | Q(user__isnull=True), name="resource_lift_without_account")]

    def clean(self) -> None:
        if self.kind == self.Kind.PONT and (self.user or self.skill):
            field = "user" if self.user else "skill"
            raise ValidationError({field: _("Only a mechanic has an account and a skill.")})

    def __str__(self) -> str:
        return self.name


class OpeningHours(models.Model):
    """When the garage is open (no resource), or when a mechanic works. Several a day: a pause lies between them."""

    resource = models.ForeignKey(
        Resource, null=True, blank=True, on_delete=models.CASCADE, related_name="hours", verbose_name=_("of"),
        help_text=_("empty: the whole garage"),
    )
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=[
        (0, _("Monday")), (1, _("Tuesday")), (2, _("Wednesday")), (3, _("Thursday")), (4, _("Friday")),
        (5, _("Saturday")), (6, _("Sunday")),
    ])
    opens = models.TimeField(_("from"))
    closes = models.TimeField(_("until"))

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ["resource", "weekday", "opens"]
        constraints = [models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="hours_end_after_start")]

    def clean(self) -> None:
        for name in ("opens", "closes"):
            at = getattr(self, name)
            if at and (at.minute % 15 or at.second or at.microsecond):
                raise ValidationError({name: _("A full hour or a quarter of one.")})

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"


class Closure(models.Model):
    """Holidays and absences, whole days, both included; of one resource or of the whole garage."""

    resource = models.ForeignKey(
        Resource, null=True, blank=True, on_delete=models.CASCADE, related_name="closures", verbose_name=_("of"),
        help_text=_("empty: the whole garage"),
    )
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    label = models.CharField(_("reason"), max_length=80, blank=True)
    is_holiday = models.BooleanField(_("public holiday"), default=False, editable=False)

    class Meta:
        verbose_name = _("closure")
        verbose_name_plural = _("closures")
        ordering = ["-first_day"]
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="closure_end_after_start")
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.first_day}".strip()


class Appointment(Stateful, TimeStamped):
    class Status(models.TextChoices):
        CONFIRME = "CONFIRME", pgettext_lazy("appointment", "Confirmed")
        ARRIVE = "ARRIVE", _("Arrived")
        ANNULE = "ANNULE", _("Cancelled")
        ABSENT = "ABSENT", _("Did not come")

    class Origin(models.TextChoices):
        EQUIPE = "EQUIPE", _("Staff")
        CLIENT = "CLIENT", _("Client")
        ALERTE = "ALERTE", _("Alert")

    MOVES = {
        Status.CONFIRME: {Status.ARRIVE, Status.ANNULE, Status.ABSENT},
        Status.ABSENT: {Status.ARRIVE},
    }

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="appointments", verbose_name=_("client"))
    vehicle = models.ForeignKey(
        Vehicle, on_delete=models.PROTECT, related_name="appointments", verbose_name=_("vehicle")
    )
    quote = models.ForeignKey(
        Quote, null=True, blank=True, on_delete=models.SET_NULL, related_name="appointments", verbose_name=_("quote")
    )
    lift = models.ForeignKey(
        Resource, on_delete=models.PROTECT, related_name="lift_appointments", verbose_name=_("lift"),
        limit_choices_to={"kind": "PONT"},
    )
    mechanic = models.ForeignKey(
        Resource, null=True, blank=True, on_delete=models.PROTECT, related_name="mechanic_appointments",
        verbose_name=_("mechanic"), limit_choices_to={"kind": "MECANICIEN"},
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    hours = models.DecimalField(
        _("hours of work"), max_digits=5, decimal_places=2, default=1,
        help_text=_("counted within the opening hours: breaks, nights and closed days come on top"),
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    origin = models.CharField(_("booked by"), max_length=6, choices=Origin.choices, default=Origin.EQUIPE)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.CONFIRME)
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        ordering = ["starts_at", "pk"]
        indexes = [
            models.Index(fields=["starts_at"], name="appointment_by_time"),
            models.Index(fields=["client", "-starts_at"], name="appointment_of_client"),
            models.Index(fields=["vehicle", "-starts_at"], name="appointment_of_vehicle"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="appointment_end_after_start")
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.starts_at):%Y-%m-%d %H:%M} {self.vehicle_id}"


class AppointmentChange(StatusChange):
    EVENT = appointment_moved
    subject = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="history")

    class Meta:
        verbose_name = _("appointment's change")
        verbose_name_plural = _("appointments' changes")
        ordering = ["pk"]


class SlotTaken(models.Model):
    """A quarter of an hour of a lift or mechanic. The constraint lets nobody have it twice, on any database."""

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="taken")
    starts_at = models.DateTimeField()
    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="slots")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["resource", "starts_at"], name="slot_taken_once")]

    def __str__(self) -> str:
        return f"{self.resource_id} {timezone.localtime(self.starts_at):%Y-%m-%d %H:%M}"
