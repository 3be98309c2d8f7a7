"""A delivery from its offer to its end, the rules that price it, and the proof of every handover."""

import secrets
from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.wallet.models import Account, Hold
from config.lib.jobs import OwedJob
from config.lib.models import MoneyField, Stateful, StatusChange, TimeStamped
from delivery.couriers.models import Courier
from delivery.deliveries.events import delivery_moved


class Kind(models.TextChoices):
    STANDARD = "STANDARD", _("Standard")
    EXPRESS_SOLIDAIRE = "EXPRESS_SOLIDAIRE", _("Solidarity express")
    COLLABORATIVE = "COLLABORATIVE", _("Collaborative")


class Mode(models.TextChoices):
    ENCHERE = "ENCHERE", _("Auction")
    PRIX_FIXE = "PRIX_FIXE", _("Fixed price")


class Award(models.TextChoices):
    MANUELLE = "MANUELLE", _("I choose")
    AUTOMATIQUE = "AUTOMATIQUE", _("The best score wins")


class Size(models.TextChoices):
    S = "S", _("S: fits in a bag")
    M = "M", _("M: a shoe box")
    L = "L", _("L: a suitcase")
    XL = "XL", _("XL: needs a cargo bike or a car")


class Step(models.TextChoices):
    COLLECTE = "COLLECTE", _("Pickup")
    REMISE = "REMISE", _("Handover")
    ECHEC = "ECHEC", _("Incident")
    RETOUR = "RETOUR", _("Return")


class Method(models.TextChoices):
    CODE = "CODE", _("Code")
    PHOTO = "PHOTO", _("Photo")
    SIGNATURE = "SIGNATURE", _("Signature")
    DECLARATION = "DECLARATION", _("Statement")


class FailReason(models.TextChoices):
    ABSENT = "ABSENT", _("Nobody there")
    ADRESSE = "ADRESSE", _("Address not found or no access")
    REFUSE = "REFUSE", _("Parcel refused")
    ABIME = "ABIME", _("Parcel damaged")
    VEHICULE = "VEHICULE", _("Accident or breakdown")
    AUTRE = "AUTRE", _("Other")


def new_reference() -> str:
    """Short, easy to read out (no 0/O, 1/I), 31^8 possibilities: not to be guessed, and no right by itself."""
    alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
    return "LIV-" + "".join(secrets.choice(alphabet) for _ in range(8))


def new_nonce() -> str:
    return secrets.token_hex(16)


class Delivery(Stateful, TimeStamped):
    class Status(models.TextChoices):
        PUBLIEE = "PUBLIEE", _("Offered")
        EN_ENCHERE = "EN_ENCHERE", _("Open for bids")
        ATTRIBUEE = "ATTRIBUEE", _("Courier chosen")
        COLLECTEE = "COLLECTEE", _("Picked up")
        LIVREE = "LIVREE", _("Delivered")
        ECHOUEE = "ECHOUEE", _("Attempt failed")
        RETOURNEE = "RETOURNEE", _("Returned to sender")
        ANNULEE = "ANNULEE", _("Cancelled")
        EXPIREE = "EXPIREE", _("Expired")

    # A failed attempt goes back to where it was: before the pickup to ATTRIBUEE, after it to COLLECTEE
    # (deliveries.services.reattempt). What was picked up can no longer be cancelled, only delivered or returned.
    MOVES = {
        Status.PUBLIEE: {Status.ATTRIBUEE, Status.ANNULEE, Status.EXPIREE},
        Status.EN_ENCHERE: {Status.ATTRIBUEE, Status.ANNULEE, Status.EXPIREE},
        Status.EXPIREE: {Status.PUBLIEE, Status.EN_ENCHERE, Status.ANNULEE},
        Status.ATTRIBUEE: {Status.COLLECTEE, Status.ECHOUEE, Status.ANNULEE},
        Status.COLLECTEE: {Status.LIVREE, Status.ECHOUEE},
        Status.ECHOUEE: {Status.ATTRIBUEE, Status.COLLECTEE, Status.RETOURNEE, Status.ANNULEE},
    }
    OPEN = (Status.PUBLIEE, Status.EN_ENCHERE)
    RUNNING = (Status.ATTRIBUEE, Status.COLLECTEE, Status.ECHOUEE)
    ENDED = (Status.LIVREE, Status.RETOURNEE, Status.ANNULEE)

    reference = models.CharField(_("reference"), max_length=20, unique=True, default=new_reference, editable=False)
    origin = models.CharField(
        _("origin"), max_length=60, null=True, blank=True, unique=True, editable=False,
        help_text=_("What it was made for, such as order:12."),
    )
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT,
        related_name="deliveries_sent", verbose_name=_("sender"),
    )
    recipient_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT,
        related_name="deliveries_received", verbose_name=_("recipient"),
    )
    courier = models.ForeignKey(
        Courier, null=True, blank=True, on_delete=models.PROTECT,
        related_name="deliveries", verbose_name=_("courier"),
    )
    payer_account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="deliveries", verbose_name=_("paid by")
    )
    hold = models.OneToOneField(
        Hold, null=True, blank=True, on_delete=models.PROTECT, related_name="delivery", verbose_name=_("money held")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.STANDARD)
    mode = models.CharField(_("mode"), max_length=10, choices=Mode.choices, default=Mode.ENCHERE)
    award = models.CharField(_("award"), max_length=12, choices=Award.choices, default=Award.MANUELLE)
    status = models.CharField(_("status"), max_length=12, choices=Status.choices)
    pickup = models.JSONField(_("pickup"))
    pickup_lat = models.FloatField(editable=False)
    pickup_lon = models.FloatField(editable=False)
    dropoff = models.JSONField(_("dropoff"))
    dropoff_lat = models.FloatField(editable=False)
    dropoff_lon = models.FloatField(editable=False)
    parcels = models.JSONField(_("parcels"))
    window = models.JSONField(_("time window"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    handover_methods = models.JSONField(
        _("handover allowed by"), default=list, blank=True,
        help_text=_("Beside the code: PHOTO, SIGNATURE."),
    )
    distance_m = models.PositiveIntegerField(_("distance (m)"))
    duration_s = models.PositiveIntegerField(_("duration (s)"))
    estimate = MoneyField(_("estimate"))
    max_price = MoneyField(_("highest price"))
    agreed_price = MoneyField(_("agreed price"), null=True, blank=True)
    commission_percent = models.DecimalField(_("commission (%)"), max_digits=5, decimal_places=2)
    breakdown = models.JSONField(_("breakdown"), default=list)
    closes_in_s = models.PositiveIntegerField(_("open for (s)"))
    closes_at = models.DateTimeField(_("closes"))
    auction_closed_at = models.DateTimeField(_("auction closed"), null=True, blank=True)
    awarded_at = models.DateTimeField(_("awarded"), null=True, blank=True)
    promised_at = models.DateTimeField(_("promised for"), null=True, blank=True)
    picked_up_at = models.DateTimeField(_("picked up"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    # The codes are not stored: they are derived from this nonce and SECRET_KEY (deliveries.rules.handover_code).
    code_nonce = models.CharField(max_length=32, default=new_nonce, editable=False)
    pickup_tries = models.PositiveSmallIntegerField(_("wrong pickup codes"), default=0, editable=False)
    dropoff_tries = models.PositiveSmallIntegerField(_("wrong handover codes"), default=0, editable=False)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["status", "pickup_lat", "pickup_lon"], name="delivery_open_near"),
            models.Index(fields=["status", "closes_at"], name="delivery_closing"),
            models.Index(fields=["sender", "-created_at"], name="delivery_sender_newest"),
            models.Index(fields=["courier", "status"], name="delivery_courier_status"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(max_price__gt=0), name="delivery_max_price_positive"),
            models.CheckConstraint(
                condition=models.Q(agreed_price=None)
                | models.Q(agreed_price__gt=0, agreed_price__lte=models.F("max_price")),
                name="delivery_agreed_price_in_range",
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=["ATTRIBUEE", "COLLECTEE", "LIVREE", "ECHOUEE", "RETOURNEE"])
                | models.Q(courier__isnull=False, agreed_price__isnull=False),
                name="delivery_running_has_courier",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def price(self) -> object:
        """What it costs as far as known: the agreed price, before the award the highest possible one (euros)."""
        return self.max_price if self.agreed_price is None else self.agreed_price


class DeliveryChange(StatusChange):
    EVENT = delivery_moved
    subject = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="history")

    class Meta:
        verbose_name = _("delivery's change")
        verbose_name_plural = _("deliveries' changes")
        ordering = ["pk"]


class DeliveryProof(models.Model):
    """Evidence of one outcome: who, when, where, by what, and the hash of what was shown."""

    delivery = models.ForeignKey(
        Delivery, on_delete=models.PROTECT, related_name="proofs", verbose_name=_("delivery")
    )
    step = models.CharField(_("step"), max_length=10, choices=Step.choices)
    method = models.CharField(_("method"), max_length=12, choices=Method.choices)
    reason = models.CharField(_("reason"), max_length=10, choices=FailReason.choices, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"), default=timezone.now)
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    lon = models.FloatField(_("longitude"), null=True, blank=True)
    distance_m = models.PositiveIntegerField(_("metres from the address"), null=True, blank=True)
    file = models.FileField(_("file"), upload_to="proofs/%Y/%m/", blank=True)
    sha256 = models.CharField("SHA-256", max_length=64)

    class Meta:
        verbose_name = _("proof")
        verbose_name_plural = _("proofs")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.delivery} {self.step}"


class ProofDocument(OwedJob):
    """The PDF of a delivery's proofs, one per state of affairs (`version` counts proofs), rendered in a job."""

    TASK = "delivery.tasks.render_proof"
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="proof_documents")
    version = models.PositiveIntegerField()
    language = models.CharField(max_length=2)
    file = models.FileField(upload_to="proofs/pdf/%Y/%m/", blank=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("proof document")
        verbose_name_plural = _("proof documents")
        constraints = [
            models.UniqueConstraint(fields=["delivery", "version", "language"], name="proofdocument_once")
        ]

    def __str__(self) -> str:
        return f"{self.delivery} v{self.version}"

    @property
    def filename(self) -> str:
        return f"{self.delivery.reference}.pdf"


def _percent(default: Decimal, label: object) -> models.DecimalField:
    return models.DecimalField(
        label, max_digits=5, decimal_places=2, default=default,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )


class PricingRule(models.Model):
    """What a kind of delivery costs from a date on. The newest rule already in force applies; its defaults apply
    when there is none. Amounts in euros."""

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.STANDARD)
    valid_from = models.DateTimeField(_("valid from"), default=timezone.now)
    base = MoneyField(_("base"), default=Decimal("3.50"))
    per_km = MoneyField(_("per km"), default=Decimal("1.10"))
    free_weight_kg = models.DecimalField(
        _("weight included (kg)"), max_digits=6, decimal_places=2, default=Decimal("5")
    )
    per_kg = MoneyField(_("per kg above"), default=Decimal("0.30"))
    size_s = MoneyField(_("size S"), default=Decimal("0.00"))
    size_m = MoneyField(_("size M"), default=Decimal("0.50"))
    size_l = MoneyField(_("size L"), default=Decimal("2.00"))
    size_xl = MoneyField(_("size XL"), default=Decimal("5.00"))
    narrow_window = MoneyField(_("window under two hours"), default=Decimal("2.00"))
    minimum = MoneyField(_("lowest price"), default=Decimal("5.00"))
    commission_percent = _percent(Decimal("15.00"), _("commission (%)"))
    log = HistoricalRecords(related_name="log_of")

    class Meta:
        verbose_name = _("pricing rule")
        verbose_name_plural = _("pricing rules")
        ordering = ["kind", "-valid_from"]
        constraints = [models.UniqueConstraint(fields=["kind", "valid_from"], name="pricingrule_kind_from")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.valid_from:%Y-%m-%d}"
