"""Invoices and credit notes: numbered without gap, copied in full at issue, never changed (sealed by triggers).

They know no order: whoever sells (an order, later the garage) issues one and keeps the link on its own side.
"""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from config.lib.jobs import OwedJob
from config.lib.models import MoneyField
from config.lib.money import VatLine


class InvoiceKind(models.TextChoices):
    FACTURE = "FACTURE", _("invoice")
    AVOIR = "AVOIR", _("credit note")


class FileFormat(models.TextChoices):
    """What the file of an invoice is."""

    FACTURX = "FACTURX", _("Factur-X EN 16931")
    PDFA = "PDFA", _("PDF/A-3b without XML")


class Refusal(models.TextChoices):
    """Why an invoice is no Factur-X (rules.refusal)."""

    DEVISE = "DEVISE", _("Factur-X is made in euros only.")
    SIREN_VENDEUR = "SIREN_VENDEUR", _("The shop's SIREN is missing: set SHOP_SIREN.")
    TVA_EXONEREE = "TVA_EXONEREE", _("The shop is exempt from VAT and yet charged it.")
    TVA_VENDEUR = "TVA_VENDEUR", _("The shop's VAT number is missing: set SHOP_VAT_NUMBER.")
    SIREN_ACHETEUR = "SIREN_ACHETEUR", _("The buyer is a French business without a SIREN.")
    ADRESSE_ACHETEUR = "ADRESSE_ACHETEUR", _("The buyer has neither a SIREN nor an e-mail address.")
    MENTIONS = "MENTIONS", _("A compulsory legal text (PMD, PMT, AAB) was not in force.")
    VIDE = "VIDE", _("The invoice has no line.")


class InvoiceCounter(models.Model):
    """The last number given in one series. Locked as the last row of the transaction that takes a number."""

    seller_key = models.CharField(_("seller"), max_length=40, blank=True)
    kind = models.CharField(_("kind"), max_length=8, choices=InvoiceKind.choices)
    year = models.PositiveSmallIntegerField(_("year"))
    last = models.PositiveIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name = _("invoice series")
        verbose_name_plural = _("invoice series")
        constraints = [
            models.UniqueConstraint(fields=["seller_key", "kind", "year"], name="invoice_counter_series")
        ]

    def __str__(self) -> str:
        return f"{self.seller_key} {self.kind} {self.year}".strip()


class Invoice(OwedJob):
    """`lines`, `vat`, `legal`, `seller` and `buyer` are copies: later changes elsewhere do not reach them. The job
    makes the file; only its columns may change after issue, and the file only once."""

    TASK = "shop.tasks.render_invoice"
    kind = models.CharField(_("kind"), max_length=8, choices=InvoiceKind.choices)
    seller_key = models.CharField(_("seller key"), max_length=40, blank=True)
    number = models.CharField(_("number"), max_length=20)
    key = models.CharField(_("issued for"), max_length=100, unique=True)
    issued_at = models.DateTimeField(_("issued"), default=timezone.now)
    language = models.CharField(_("language"), max_length=2, default="fr")
    seller = models.JSONField(_("seller"))
    buyer = models.JSONField(_("buyer"))
    buyer_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        verbose_name=_("buyer's account"),
    )
    buyer_reference = models.CharField(_("buyer's reference"), max_length=60, blank=True)
    delivery = models.JSONField(_("delivered to"), default=dict, blank=True)
    lines = models.JSONField(_("lines"))
    discount = MoneyField(_("discount incl. VAT"), default=0)
    vat = models.JSONField(_("VAT per rate"))
    net = MoneyField(_("total excl. VAT"))
    vat_total = MoneyField(_("VAT"))
    total = MoneyField(_("total incl. VAT"))
    currency = models.CharField(_("currency"), max_length=3)
    payment = models.JSONField(_("payment"), default=dict)
    due_on = models.DateField(_("due"), null=True, blank=True)
    process = models.CharField(_("French process type (BT-23)"), max_length=2, blank=True)
    subject = models.CharField(_("about"), max_length=200, blank=True)
    is_deposit = models.BooleanField(_("deposit"), default=False)
    # The invoices of deposits that this one takes off: number, issued_on.
    deducts = models.JSONField(_("deposits taken off"), default=list, blank=True)
    legal = models.JSONField(_("legal texts"), default=list, blank=True)
    corrects = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="credit_notes",
        verbose_name=_("corrects invoice"),
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    pdf = models.BinaryField(null=True, editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True, editable=False)
    file_format = models.CharField(_("file"), max_length=8, choices=FileFormat.choices, blank=True, editable=False)
    refusal = models.CharField(
        _("why no Factur-X"), max_length=20, choices=Refusal.choices, blank=True, editable=False
    )

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = ["-issued_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["seller_key", "number"], name="invoice_number")]

    def __str__(self) -> str:
        return self.number

    @property
    def pdf_ready(self) -> bool:
        return bool(self.sha256)

    @property
    def title(self) -> str:
        """What the paper calls itself."""
        return str(_("deposit invoice") if self.is_deposit else self.get_kind_display())

    @property
    def vat_lines(self) -> list[VatLine]:
        return [
            VatLine(Decimal(v["rate"]), Decimal(v["net"]), Decimal(v["vat"]), Decimal(v["gross"])) for v in self.vat
        ]

    @property
    def paid(self) -> bool:
        """Whether nothing was left to pay at issue (a credit note: to give back)."""
        return bool(self.payment.get("method"))


class InvoiceCheck(OwedJob):
    """What the official rules (XSD, EN 16931, BR-FR) say of an invoice's file; see INVOICE_VALIDATION."""

    TASK = "shop.tasks.check_invoice"

    class Outcome(models.TextChoices):
        VALIDE = "VALIDE", _("valid")
        INVALIDE = "INVALIDE", _("not valid")

    invoice = models.OneToOneField(
        Invoice, on_delete=models.PROTECT, related_name="check_of", verbose_name=_("invoice")
    )
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome.choices, blank=True)
    findings = models.JSONField(_("findings"), default=list, blank=True)
    checked_at = models.DateTimeField(_("checked"), null=True, blank=True)

    class Meta:
        verbose_name = _("check of an invoice")
        verbose_name_plural = _("checks of invoices")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["outcome", "-id"], name="invoice_check_outcome")]

    def __str__(self) -> str:
        return f"{self.invoice_id} {self.outcome}".strip()


# --- The law, as data with dates ------------------------------------------------------------------------------
class Dated(models.Model):
    """Abstract: in force from the day `valid_from` to the day `valid_until`, both included."""

    valid_from = models.DateField(_("in force from"))
    valid_until = models.DateField(_("in force until"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200, help_text=_("article of law"))

    class Meta:
        abstract = True


class VatRate(Dated):
    """A VAT rate of a territory, or an exemption (rate 0) with its code and wording."""

    class Territory(models.TextChoices):
        FR = "FR", _("mainland France")
        GP = "GP", _("Guadeloupe")
        MQ = "MQ", _("Martinique")
        RE = "RE", _("Réunion")
        GF = "GF", _("French Guiana")
        YT = "YT", _("Mayotte")

    class Code(models.TextChoices):
        NORMAL = "NORMAL", _("standard")
        INTERMEDIAIRE = "INTERMEDIAIRE", _("intermediate")
        REDUIT = "REDUIT", _("reduced")
        PARTICULIER = "PARTICULIER", _("super-reduced")
        ZERO = "ZERO", _("zero rate")
        EXONERE = "EXONERE", _("exempt goods or services")
        FRANCHISE = "FRANCHISE", _("exempt seller (art. 293 B)")

    territory = models.CharField(_("territory"), max_length=2, choices=Territory.choices, default=Territory.FR)
    code = models.CharField(_("code"), max_length=13, choices=Code.choices)
    rate = models.DecimalField(
        _("rate (%)"), max_digits=4, decimal_places=2,
        validators=[MinValueValidator(0), MaxValueValidator(99)],
    )
    vatex = models.CharField(
        _("exemption code"), max_length=30, blank=True,
        help_text=_("from the European list VATEX, as VATEX-FR-FRANCHISE"),
    )
    exemption = models.CharField(_("wording of the exemption"), max_length=200, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("VAT rate")
        verbose_name_plural = _("VAT rates")
        ordering = ["territory", "-rate", "code", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["territory", "code", "valid_from"], name="vat_rate_start"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")), name="vat_rate_days"
            ),
            models.CheckConstraint(
                condition=Q(code__in=["ZERO", "EXONERE", "FRANCHISE"], rate=0)
                | ~Q(code__in=["ZERO", "EXONERE", "FRANCHISE"]) & Q(rate__gt=0, rate__lt=100),
                name="vat_rate_of_code",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.territory} {self.get_code_display()} {self.rate}"


class LegalText(Dated):
    """A text that invoices carry. `{mediator}`, `{return_days}` and `{seller}` in it are filled in at issue."""

    class Code(models.TextChoices):
        PMD = "PMD", _("late payment penalties (PMD)")
        PMT = "PMT", _("recovery fee (PMT)")
        AAB = "AAB", _("discount for early payment (AAB)")
        RETRACTATION = "RETRACTATION", _("right of withdrawal (consumers)")
        MEDIATEUR = "MEDIATEUR", _("mediator (consumers)")
        AUTRE = "AUTRE", _("other")

    code = models.CharField(_("code"), max_length=13, choices=Code.choices)
    language = models.CharField(_("language"), max_length=2, choices=[("fr", _("French")), ("en", _("English"))])
    body = models.TextField(_("text"), max_length=1000)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("legal text")
        verbose_name_plural = _("legal texts")
        ordering = ["code", "language", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["code", "language", "valid_from"], name="legal_text_start"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")), name="legal_text_days"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_code_display()} ({self.language})"
