"""Invoices and credit notes: numbered without gap, copied in full at issue, never changed (sealed by triggers).

They know no order: whoever sells (an order, later the garage) issues one and keeps the link on its own side.
"""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.jobs import OwedJob
from config.lib.models import MoneyField
from config.lib.money import VatLine


class InvoiceKind(models.TextChoices):
    FACTURE = "FACTURE", _("invoice")
    AVOIR = "AVOIR", _("credit note")


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
    """`lines`, `vat`, `seller` and `buyer` are copies: later changes elsewhere do not reach them. The job makes the
    PDF; only its columns may change after issue."""

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
    lines = models.JSONField(_("lines"))
    vat = models.JSONField(_("VAT per rate"))
    net = MoneyField(_("total excl. VAT"))
    vat_total = MoneyField(_("VAT"))
    total = MoneyField(_("total incl. VAT"))
    currency = models.CharField(_("currency"), max_length=3)
    payment = models.JSONField(_("payment"), default=dict)
    corrects = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="credit_notes",
        verbose_name=_("corrects invoice"),
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    pdf = models.BinaryField(null=True, editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True, editable=False)

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
    def vat_lines(self) -> list[VatLine]:
        return [
            VatLine(Decimal(v["rate"]), Decimal(v["net"]), Decimal(v["vat"]), Decimal(v["gross"])) for v in self.vat
        ]
