"""Repair orders: the vehicle from the counter to its owner again, with what was seen, done and used."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.models import Stateful, StatusChange, TimeStamped
from config.lib.private import PrivateStorage
from garage.clients.models import Client
from garage.quotes.models import Quote, QuoteLine
from garage.vehicles.models import Vehicle
from garage.workshop.checklists import NAMES
from garage.workshop.events import repair_order_moved
from garage.workshop.models.appointments import Appointment, Resource
from shop.catalogue.models import Product


class RepairOrderCounter(models.Model):
    """The last number of a year's repair orders. Locked as the last row of the transaction that takes one."""

    year = models.PositiveSmallIntegerField(unique=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.year)


class RepairOrder(Stateful, TimeStamped):
    """Opened by an accepted quote or by hand. Extra work is a quote that `supplements` the order's own: it waits for
    the client's consent like the first."""

    class Status(models.TextChoices):
        OUVERT = "OUVERT", _("Waiting for the vehicle")
        RECU = "RECU", _("Vehicle received")
        EN_COURS = "EN_COURS", _("In progress")
        ATTENTE_ACCORD = "ATTENTE_ACCORD", _("Waiting for the client's consent")
        ATTENTE_PIECES = "ATTENTE_PIECES", _("Waiting for parts")
        PRET = "PRET", _("Ready")
        RENDU = "RENDU", _("Handed over")
        ANNULE = "ANNULE", _("Cancelled")

    MOVES = {
        Status.OUVERT: {Status.RECU, Status.ANNULE},
        Status.RECU: {Status.EN_COURS, Status.ATTENTE_ACCORD, Status.ATTENTE_PIECES, Status.ANNULE},
        Status.EN_COURS: {Status.ATTENTE_ACCORD, Status.ATTENTE_PIECES, Status.PRET},
        Status.ATTENTE_ACCORD: {Status.EN_COURS, Status.ATTENTE_PIECES, Status.ANNULE},
        Status.ATTENTE_PIECES: {Status.EN_COURS, Status.ATTENTE_ACCORD, Status.ANNULE},
        Status.PRET: {Status.EN_COURS, Status.RENDU},
    }
    HERE = (Status.RECU, Status.EN_COURS, Status.ATTENTE_ACCORD, Status.ATTENTE_PIECES, Status.PRET)

    number = models.CharField(_("number"), max_length=20, unique=True)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="repair_orders", verbose_name=_("client"))
    vehicle = models.ForeignKey(
        Vehicle, on_delete=models.PROTECT, related_name="repair_orders", verbose_name=_("vehicle")
    )
    quote = models.OneToOneField(
        Quote, null=True, blank=True, on_delete=models.PROTECT, related_name="repair_order", verbose_name=_("quote")
    )
    appointment = models.OneToOneField(
        Appointment, null=True, blank=True, on_delete=models.SET_NULL, related_name="repair_order",
        verbose_name=_("appointment"),
    )
    mechanic = models.ForeignKey(
        Resource, null=True, blank=True, on_delete=models.SET_NULL, related_name="repair_orders",
        verbose_name=_("mechanic"), limit_choices_to={"kind": "MECANICIEN"},
    )
    status = models.CharField(_("status"), max_length=14, choices=Status.choices, default=Status.OUVERT)
    complaint = models.CharField(_("what the client asks for"), max_length=500, blank=True)
    # Intake, at the counter with the client.
    odometer_km = models.PositiveIntegerField(_("odometer at intake (km)"), null=True, blank=True)
    fuel = models.PositiveSmallIntegerField(
        _("fuel or charge (eighths)"), null=True, blank=True, validators=[MaxValueValidator(8)]
    )
    damage = models.JSONField(
        _("damage"), default=list, blank=True, help_text=_("marks on the sketch: view, x, y (0 to 1000), kind, note")
    )
    belongings = models.CharField(_("left in the vehicle"), max_length=300, blank=True)
    intake_signed_by = models.CharField(_("intake signed by"), max_length=120, blank=True)
    intake_strokes = models.JSONField(_("signature at intake"), default=list, blank=True)
    received_at = models.DateTimeField(_("received"), null=True, blank=True)
    promised_at = models.DateTimeField(_("promised for"), null=True, blank=True)
    slip_told_at = models.DateTimeField(_("told that it slips"), null=True, blank=True, editable=False)
    ready_at = models.DateTimeField(_("ready"), null=True, blank=True)
    handed_over_at = models.DateTimeField(_("handed over"), null=True, blank=True)
    handed_over_to = models.CharField(_("handed over to"), max_length=120, blank=True)
    odometer_out_km = models.PositiveIntegerField(_("odometer at handover (km)"), null=True, blank=True)
    notes = models.TextField(_("notes"), blank=True, max_length=4000, help_text=_("For staff only."))

    class Meta:
        verbose_name = _("repair order")
        verbose_name_plural = _("repair orders")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["status", "-id"], name="repair_by_status"),
            models.Index(fields=["client", "-id"], name="repair_of_client"),
            models.Index(fields=["vehicle", "-id"], name="repair_of_vehicle"),
            models.Index(fields=["handed_over_at"], name="repair_handed_over"),
        ]

    def __str__(self) -> str:
        return self.number


class RepairOrderChange(StatusChange):
    EVENT = repair_order_moved
    subject = models.ForeignKey(RepairOrder, on_delete=models.CASCADE, related_name="history")

    class Meta:
        verbose_name = _("repair order's change")
        verbose_name_plural = _("repair orders' changes")
        ordering = ["pk"]


class Inspection(models.Model):
    """One point of the checklist of a repair order."""

    class State(models.TextChoices):
        NON_VU = "NON_VU", _("not looked at")
        VERT = "VERT", _("good")
        ORANGE = "ORANGE", _("to watch")
        ROUGE = "ROUGE", _("to do now")

    order = models.ForeignKey(
        RepairOrder, on_delete=models.CASCADE, related_name="inspections", verbose_name=_("repair order")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    code = models.CharField(_("point"), max_length=30)
    label = models.CharField(_("name"), max_length=120)
    state = models.CharField(_("state"), max_length=6, choices=State.choices, default=State.NON_VU)
    note = models.CharField(_("note"), max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        verbose_name=_("by"),
    )
    at = models.DateTimeField(_("at"), null=True, blank=True)

    class Meta:
        verbose_name = _("inspection point")
        verbose_name_plural = _("inspection points")
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["order", "code"], name="inspection_point_once")]

    def __str__(self) -> str:
        return str(NAMES.get(self.code, self.label))


class RepairPhoto(models.Model):
    """A picture of the vehicle at intake, or of a point of the checklist. Private; its EXIF data is removed."""

    order = models.ForeignKey(
        RepairOrder, on_delete=models.CASCADE, related_name="photos", verbose_name=_("repair order")
    )
    inspection = models.ForeignKey(
        Inspection, null=True, blank=True, on_delete=models.CASCADE, related_name="photos",
        verbose_name=_("inspection point"),
    )
    file = models.FileField(_("file"), upload_to="garage/repairs/", storage=PrivateStorage(), max_length=200)
    note = models.CharField(_("note"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        verbose_name=_("by"),
    )
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("photo of a repair")
        verbose_name_plural = _("photos of repairs")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.order_id} {self.pk}"


class RepairTask(models.Model):
    class Status(models.TextChoices):
        A_FAIRE = "A_FAIRE", _("to do")
        EN_COURS = "EN_COURS", _("running")
        FAITE = "FAITE", _("done")
        RAYEE = "RAYEE", _("struck off")

    order = models.ForeignKey(
        RepairOrder, on_delete=models.CASCADE, related_name="tasks", verbose_name=_("repair order")
    )
    line = models.OneToOneField(
        QuoteLine, null=True, blank=True, on_delete=models.PROTECT, related_name="task",
        verbose_name=_("line of a quote"),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    description = models.CharField(_("description"), max_length=200)
    planned_hours = models.DecimalField(_("hours planned"), max_digits=6, decimal_places=2, default=0)
    mechanic = models.ForeignKey(
        Resource, null=True, blank=True, on_delete=models.SET_NULL, related_name="tasks", verbose_name=_("mechanic"),
    )
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, default=Status.A_FAIRE)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    struck_reason = models.CharField(_("why it was struck off"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.description


class TimeEntry(models.Model):
    """A mechanic's clock on a task. He has one clock running at most."""

    task = models.ForeignKey(RepairTask, on_delete=models.CASCADE, related_name="entries", verbose_name=_("task"))
    mechanic = models.ForeignKey(
        Resource, on_delete=models.PROTECT, related_name="entries", verbose_name=_("mechanic")
    )
    started_at = models.DateTimeField(_("from"), default=timezone.now)
    ended_at = models.DateTimeField(_("until"), null=True, blank=True)
    forgotten = models.BooleanField(_("forgotten, stopped at closing time"), default=False)

    class Meta:
        verbose_name = _("time entry")
        verbose_name_plural = _("time entries")
        ordering = ["-started_at"]
        indexes = [models.Index(fields=["started_at"], name="time_started")]
        constraints = [
            models.UniqueConstraint(fields=["mechanic"], condition=Q(ended_at=None), name="time_one_clock"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")), name="time_end_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mechanic} {timezone.localtime(self.started_at):%Y-%m-%d %H:%M}"


class RepairPart(models.Model):
    """A part that a repair needs. `reserved` pieces have left the shop's stock for it, `issued` of them are in the
    mechanic's hands; what is missing (`to_order`) waits for a supplier. Parts without a product are bought in."""

    order = models.ForeignKey(
        RepairOrder, on_delete=models.CASCADE, related_name="parts", verbose_name=_("repair order")
    )
    line = models.ForeignKey(
        QuoteLine, null=True, blank=True, on_delete=models.PROTECT, related_name="parts",
        verbose_name=_("line of a quote"), help_text=_("the line of a package has several parts"),
    )
    product = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("product")
    )
    description = models.CharField(_("description"), max_length=200)
    quantity = models.DecimalField(_("needed"), max_digits=8, decimal_places=2)
    reserved = models.PositiveIntegerField(_("reserved"), default=0)
    issued = models.DecimalField(_("issued"), max_digits=8, decimal_places=2, default=0)
    to_order = models.DecimalField(_("to order"), max_digits=8, decimal_places=2, default=0)
    supplier = models.CharField(_("supplier"), max_length=80, blank=True)
    ordered_on = models.DateField(_("ordered"), null=True, blank=True)
    expected_on = models.DateField(_("expected"), null=True, blank=True)

    class Meta:
        verbose_name = _("part of a repair")
        verbose_name_plural = _("parts of repairs")
        ordering = ["pk"]
        indexes = [models.Index(fields=["expected_on"], condition=Q(to_order__gt=0), name="part_to_order")]
        constraints = [
            models.CheckConstraint(
                condition=Q(issued__gte=0, to_order__gte=0, issued__lte=F("quantity")),
                name="part_issued_at_most_needed",
            ),
        ]

    def __str__(self) -> str:
        return self.description

    @property
    def to_issue(self) -> Decimal:
        """What may still be handed to the mechanic: needed, here, and not with him yet."""
        here = Decimal(self.reserved) if self.product_id else self.quantity - self.to_order
        return max(min(self.quantity, here) - self.issued, Decimal(0))
