"""Quotes (devis): what the garage offers, at which version, and the proof of what the client agreed to.

Amounts are in euros incl. VAT, as the shop's prices and the labour rates on display are; `rules.totals` says what is
VAT in them, the same way as the invoice will (shop.invoices.rules.price).
"""

import secrets
from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from config.lib.jobs import OwedJob
from config.lib.models import MoneyField, Stateful, StatusChange, TimeStamped
from config.lib.money import ZERO
from garage.clients.models import Client
from garage.quotes.events import quote_moved
from garage.vehicles.models import Vehicle
from shop.catalogue.models import Product
from shop.invoices.models import Dated


class LineKind(models.TextChoices):
    PIECE = "PIECE", _("Part")
    MAIN_OEUVRE = "MAIN_OEUVRE", _("Labour")
    FORFAIT = "FORFAIT", _("Package")


class Skill(models.TextChoices):
    """The levels that French garages display their hourly rates for (T1 to T3), and bodywork."""

    T1 = "T1", _("T1: routine servicing")
    T2 = "T2", _("T2: usual repairs")
    T3 = "T3", _("T3: diagnosis and electronics")
    CARROSSERIE = "CARROSSERIE", _("Bodywork and paint")


class LabourRate(Dated):
    """The displayed price of an hour, incl. VAT (arrêté du 27 mars 1987, art. 1), in force on days."""

    skill = models.CharField(_("skill"), max_length=12, choices=Skill.choices)
    price = MoneyField(_("price of an hour incl. VAT"))
    vat_rate = models.DecimalField(_("VAT rate (%)"), max_digits=4, decimal_places=2, default=20)
    source = models.CharField(_("note"), max_length=200, blank=True, help_text=_("why the price is what it is"))
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("labour rate")
        verbose_name_plural = _("labour rates")
        ordering = ["skill", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["skill", "valid_from"], name="labour_rate_start"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")), name="labour_rate_days"
            ),
            models.CheckConstraint(condition=Q(price__gt=0), name="labour_rate_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.get_skill_display()} {self.price}"


class Package(models.Model):
    """Lines that go together. With a `price` a quote shows one line for it all, else its lines one by one."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=120)
    price = MoneyField(_("price incl. VAT"), null=True, blank=True)
    vat_rate = models.DecimalField(_("VAT rate (%)"), max_digits=4, decimal_places=2, default=20)
    is_active = models.BooleanField(_("in use"), default=True)
    hours = models.DecimalField(_("hours of work"), max_digits=5, decimal_places=2, default=0)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("package")
        verbose_name_plural = _("packages")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class PackageLine(models.Model):
    package = models.ForeignKey(Package, on_delete=models.CASCADE, related_name="lines", verbose_name=_("package"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    kind = models.CharField(_("kind"), max_length=12, choices=LineKind.choices)
    description = models.CharField(_("description"), max_length=200, blank=True)
    product = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("product")
    )
    skill = models.CharField(_("skill"), max_length=12, choices=Skill.choices, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=8, decimal_places=2, default=1)
    unit_price = MoneyField(_("unit price incl. VAT"), null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("line of a package")
        verbose_name_plural = _("lines of a package")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.description or str(self.product or self.get_skill_display())


class QuoteCounter(models.Model):
    """The last number of a year's quotes. Locked as the last row of the transaction that takes one."""

    year = models.PositiveSmallIntegerField(unique=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.year)


class Quote(Stateful, TimeStamped):
    """`version` counts what was sent: a quote that is changed after sending goes back to BROUILLON, and its next
    sending is the next version. `supplements` names the quote that this one adds work to."""

    class Status(models.TextChoices):
        BROUILLON = "BROUILLON", _("Draft")
        ENVOYE = "ENVOYE", _("Sent")
        ACCEPTE = "ACCEPTE", _("Accepted")
        REFUSE = "REFUSE", _("Declined")
        EXPIRE = "EXPIRE", _("Expired")
        FACTURE = "FACTURE", _("Invoiced")

    # ACCEPTE → REFUSE is the client's withdrawal from a distance contract, or a repair called off by both.
    MOVES = {
        Status.BROUILLON: {Status.ENVOYE, Status.ACCEPTE, Status.REFUSE},
        Status.ENVOYE: {Status.BROUILLON, Status.ACCEPTE, Status.REFUSE, Status.EXPIRE},
        Status.REFUSE: {Status.BROUILLON},
        Status.EXPIRE: {Status.BROUILLON},
        Status.ACCEPTE: {Status.FACTURE, Status.REFUSE},
    }
    EDITABLE = (Status.BROUILLON, Status.ENVOYE, Status.REFUSE, Status.EXPIRE)

    number = models.CharField(_("number"), max_length=20, unique=True)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="quotes", verbose_name=_("client"))
    vehicle = models.ForeignKey(
        Vehicle, on_delete=models.PROTECT, related_name="quotes", verbose_name=_("vehicle")
    )
    supplements = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="supplementary",
        verbose_name=_("adds work to"),
    )
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.BROUILLON)
    version = models.PositiveSmallIntegerField(_("version"), default=0)
    language = models.CharField(_("language"), max_length=2, default="fr")
    valid_until = models.DateField(_("valid until"))
    odometer_km = models.PositiveIntegerField(_("odometer (km)"), null=True, blank=True)
    discount_percent = models.DecimalField(
        _("discount on the whole (%)"), max_digits=5, decimal_places=2, default=0,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    choice_by_line = models.BooleanField(_("the client may choose line by line"), default=False)
    fee = MoneyField(_("price of this quote incl. VAT"), default=ZERO, help_text=_("zero: the quote is free"))
    message = models.TextField(_("message to the client"), blank=True, max_length=2000)
    notes = models.TextField(_("notes"), blank=True, max_length=4000, help_text=_("For staff only."))
    # Copies of rules.totals over the lines that count (all, or the accepted ones), kept by services.
    total_excl_vat = MoneyField(_("total excl. VAT"), default=ZERO)
    vat = MoneyField(_("VAT"), default=ZERO)
    total = MoneyField(_("total incl. VAT"), default=ZERO)
    reused_parts = models.BooleanField(_("reused parts wanted"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    followed_up_at = models.DateTimeField(_("followed up"), null=True, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        verbose_name=_("author"),
    )

    class Meta:
        verbose_name = _("quote")
        verbose_name_plural = _("quotes")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["status", "-id"], name="quote_by_status"),
            models.Index(fields=["client", "-id"], name="quote_of_client"),
            models.Index(fields=["vehicle", "-id"], name="quote_of_vehicle"),
            models.Index(fields=["valid_until"], condition=Q(status="ENVOYE"), name="quote_open"),
            # What the dashboard counts by.
            models.Index(fields=["created_at"], name="quote_made"),
            models.Index(fields=["accepted_at"], name="quote_agreed"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status__in=["ACCEPTE", "FACTURE"])
                | Q(reused_parts__isnull=False, accepted_at__isnull=False),
                name="quote_accepted_with_choice",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class QuoteChange(StatusChange):
    EVENT = quote_moved
    subject = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="history")

    class Meta:
        verbose_name = _("quote's change")
        verbose_name_plural = _("quotes' changes")
        ordering = ["pk"]
        indexes = [models.Index(fields=["at"], name="quote_change_at")]


class QuoteLine(models.Model):
    """`total` = quantity × unit price less the line's discount, rounded half up. `accepted` is empty until the client
    chose; a line that he left out stays on the quote and counts no more."""

    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="lines", verbose_name=_("quote"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    kind = models.CharField(_("kind"), max_length=12, choices=LineKind.choices)
    description = models.CharField(_("description"), max_length=200)
    product = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("product")
    )
    package = models.ForeignKey(
        Package, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("package")
    )
    skill = models.CharField(_("skill"), max_length=12, choices=Skill.choices, blank=True)
    quantity = models.DecimalField(
        _("quantity"), max_digits=8, decimal_places=2, default=1, validators=[MinValueValidator(Decimal("0.01"))]
    )
    unit_price = MoneyField(_("unit price incl. VAT"))
    discount_percent = models.DecimalField(
        _("discount (%)"), max_digits=5, decimal_places=2, default=0,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    vat_rate = models.DecimalField(_("VAT rate (%)"), max_digits=4, decimal_places=2, default=20)
    total = MoneyField(_("total incl. VAT"))
    accepted = models.BooleanField(_("accepted"), null=True, blank=True)

    class Meta:
        verbose_name = _("line of a quote")
        verbose_name_plural = _("lines of a quote")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="quote_line_quantity_positive"),
            models.CheckConstraint(condition=Q(unit_price__gte=0, total__gte=0), name="quote_line_not_negative"),
        ]

    def __str__(self) -> str:
        return self.description


class QuotePaper(OwedJob):
    """A PDF of a quote, made once by a job and never again: what was sent, and what was signed (the same bytes with
    the page of evidence after them)."""

    TASK = "garage.tasks.render_quote"

    class Kind(models.TextChoices):
        DEVIS = "DEVIS", _("quote")
        SIGNE = "SIGNE", _("signed quote")
        RETRACTATION = "RETRACTATION", _("receipt of withdrawal")

    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="papers", verbose_name=_("quote"))
    version = models.PositiveSmallIntegerField(_("version"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.DEVIS)
    content = models.JSONField(_("content"), help_text=_("what is printed, copied when the paper was owed"))
    by_email = models.BooleanField(_("send by e-mail once it is made"), default=False)
    by_sms = models.BooleanField(_("send by text message once it is made"), default=False)
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        verbose_name=_("sender"),
    )
    progress = models.PositiveSmallIntegerField(_("progress (%)"), default=0)
    pdf = models.BinaryField(null=True, editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True, editable=False)
    made_at = models.DateTimeField(_("made"), null=True, blank=True)

    class Meta:
        verbose_name = _("paper of a quote")
        verbose_name_plural = _("papers of quotes")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["quote", "version", "kind"], name="quote_paper_once")]

    def __str__(self) -> str:
        return f"{self.quote_id} v{self.version} {self.kind}"

    @property
    def ready(self) -> bool:
        return bool(self.sha256)


def new_nonce() -> str:
    return secrets.token_hex(16)


class SignCode(models.Model):
    """A one-time code that shows that who signs reads the client's e-mail or phone. Its digits are derived from the
    nonce (queries.code_text), so that the database alone shows nobody's code."""

    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="codes", verbose_name=_("quote"))
    version = models.PositiveSmallIntegerField(_("version"))
    channel = models.CharField(_("sent by"), max_length=5, choices=[("EMAIL", _("e-mail")), ("SMS", _("text message"))])
    destination = models.CharField(_("sent to"), max_length=254)
    nonce = models.CharField(max_length=32, default=new_nonce, editable=False)
    expires_at = models.DateTimeField(_("expires"))
    tries = models.PositiveSmallIntegerField(_("wrong tries"), default=0)
    used_at = models.DateTimeField(_("used"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    class Meta:
        verbose_name = _("signing code")
        verbose_name_plural = _("signing codes")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.quote_id} {self.destination}"


class Acceptance(models.Model):
    """The evidence of an acceptance: who agreed to which bytes, when and how. Only ever added."""

    class Channel(models.TextChoices):
        LIEN = "LIEN", _("signed link")
        COMPTE = "COMPTE", _("customer's account")
        COMPTOIR = "COMPTOIR", _("at the counter")

    quote = models.ForeignKey(Quote, on_delete=models.PROTECT, related_name="acceptances", verbose_name=_("quote"))
    version = models.PositiveSmallIntegerField(_("version"))
    channel = models.CharField(_("how"), max_length=8, choices=Channel.choices)
    signed_by = models.CharField(_("signed by"), max_length=120)
    strokes = models.JSONField(_("signature"), default=list, help_text=_("strokes of points [x, y] from 0 to 1000"))
    lines = models.JSONField(_("lines accepted"), default=list)
    reused_parts = models.BooleanField(_("reused parts wanted"))
    # A distance contract (code de la consommation, art. L221-18 and L221-25): 14 days to withdraw, and the client's
    # own wish that work begins before they are over.
    at_distance = models.BooleanField(_("concluded at a distance"), default=False)
    start_now = models.BooleanField(_("asked to begin at once"), default=False)
    withdraw_until = models.DateField(_("may withdraw until"), null=True, blank=True)
    pdf_sha256 = models.CharField(_("SHA-256 of the paper"), max_length=64, blank=True)
    code = models.ForeignKey(
        SignCode, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("code")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        verbose_name=_("by"),
    )
    ip = models.GenericIPAddressField(_("IP address"), null=True, blank=True)
    user_agent = models.CharField(_("browser"), max_length=300, blank=True)
    at = models.DateTimeField(_("at"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        verbose_name = _("acceptance of a quote")
        verbose_name_plural = _("acceptances of quotes")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(
            fields=["quote"], condition=Q(withdrawn_at__isnull=True), name="quote_accepted_once")]

    def __str__(self) -> str:
        return f"{self.quote_id} {self.signed_by}"
