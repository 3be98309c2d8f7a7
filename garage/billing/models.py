"""Bills: the invoices of garage work, deposits among them, with what was paid and credited on each.

A bill is an invoice of the shop's series (`invoice`, sealed) and what became of it. Money is the ledger's: every row
here that moved some names its transaction, and `audit.py` proves that they agree (docs/decisions/0017).
"""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.payments.models import Payment, Refund
from accounts.wallet.models import Transaction
from config.lib.models import MoneyField, Stateful, StatusChange, TimeStamped
from config.lib.money import ZERO
from garage.billing.events import bill_moved
from garage.quotes.models import Quote
from shop.invoices.models import Invoice


class BillKind(models.TextChoices):
    ACOMPTE = "ACOMPTE", _("deposit")
    SOLDE = "SOLDE", _("invoice")


class Means(models.TextChoices):
    """How money came or went: the first three through a payment, the others over the counter."""

    CARTE = "CARTE", _("card")
    PORTEFEUILLE = "PORTEFEUILLE", _("wallet")
    MOBILE_MONEY = "MOBILE_MONEY", _("mobile money")
    ESPECES = "ESPECES", _("cash")
    CHEQUE = "CHEQUE", _("cheque")
    VIREMENT = "VIREMENT", _("bank transfer")
    TERMINAL = "TERMINAL", _("card at the counter")


COUNTER = (Means.ESPECES, Means.CHEQUE, Means.VIREMENT, Means.TERMINAL)
COUNTER_CHOICES = [(means.value, means.label) for means in COUNTER]


class Bill(Stateful, TimeStamped):
    class Status(models.TextChoices):
        EMISE = "EMISE", _("to be paid")
        PAYEE = "PAYEE", pgettext_lazy("invoice", "paid")
        ANNULEE = "ANNULEE", pgettext_lazy("invoice", "cancelled")

    # PAYEE → EMISE: a payment was corrected, or taken back by the bank. ANNULEE: credited in full.
    MOVES = {
        Status.EMISE: {Status.PAYEE, Status.ANNULEE},
        Status.PAYEE: {Status.EMISE, Status.ANNULEE},
    }

    quote = models.ForeignKey(Quote, on_delete=models.PROTECT, related_name="bills", verbose_name=_("quote"))
    kind = models.CharField(_("kind"), max_length=8, choices=BillKind.choices)
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, default=Status.EMISE)
    invoice = models.OneToOneField(
        Invoice, on_delete=models.PROTECT, related_name="bill", verbose_name=_("invoice")
    )
    # The quote and its supplements that this invoice bills; none for a deposit.
    covers = models.ManyToManyField(Quote, related_name="billed_by", blank=True, verbose_name=_("quotes billed"))
    deducted_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="deducts",
        verbose_name=_("taken off by"),
    )
    amount = MoneyField(_("amount incl. VAT"))
    paid = MoneyField(_("paid"), default=ZERO)
    credited = MoneyField(_("credited"), default=ZERO)
    due_on = models.DateField(_("due"))
    reminders = models.PositiveSmallIntegerField(_("reminders sent"), default=0)

    class Meta:
        verbose_name = _("bill")
        verbose_name_plural = _("bills")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["status", "-id"], name="bill_by_status"),
            models.Index(fields=["quote", "-id"], name="bill_of_quote"),
            models.Index(fields=["due_on"], condition=Q(status="EMISE"), name="bill_waiting"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gte=0, paid__gte=0, credited__gte=0), name="bill_sums_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(paid__lte=F("amount"), credited__lte=F("amount")), name="bill_sums_within_amount"
            ),
            models.CheckConstraint(
                condition=Q(kind="ACOMPTE") | Q(deducted_by__isnull=True), name="bill_only_deposits_are_deducted"
            ),
        ]

    def __str__(self) -> str:
        return self.invoice.number

    @property
    def reference(self) -> str:
        """How the ledger names it."""
        return f"bill:{self.pk}"

    @property
    def due(self) -> Decimal:
        """Euros that are still to be paid."""
        return max(self.amount - self.credited - self.paid, ZERO)

    @property
    def to_return(self) -> Decimal:
        """Euros that were paid and credited since, and that the client waits for."""
        return max(self.paid + self.credited - self.amount, ZERO)

    @property
    def is_overdue(self) -> bool:
        return self.status == self.Status.EMISE and self.due_on < timezone.localdate()


class BillChange(StatusChange):
    EVENT = bill_moved
    subject = models.ForeignKey(Bill, on_delete=models.CASCADE, related_name="history")

    class Meta:
        verbose_name = _("bill's change")
        verbose_name_plural = _("bills' changes")
        ordering = ["pk"]


class BillPayment(models.Model):
    """Euros that a bill received, or negative: that went back. Only ever added; `undoes` names the row that it takes
    back, wholly or in part."""

    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, related_name="payments", verbose_name=_("bill"))
    means = models.CharField(_("means of payment"), max_length=12, choices=Means.choices)
    amount = MoneyField(_("amount"))
    payment = models.ForeignKey(
        Payment, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("payment")
    )
    payment_refund = models.OneToOneField(
        Refund, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("refund")
    )
    undoes = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="undone_by", verbose_name=_("takes back")
    )
    transaction = models.OneToOneField(
        Transaction, on_delete=models.PROTECT, related_name="+", verbose_name=_("transaction")
    )
    received_on = models.DateField(_("received on"))
    note = models.CharField(_("note"), max_length=120, blank=True, help_text=_("number of the cheque, payer's name…"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        verbose_name=_("by"),
    )
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("payment of a bill")
        verbose_name_plural = _("payments of bills")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="bill_payment_not_zero"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, undoes__isnull=True) | Q(amount__lt=0), name="bill_payment_undoes_negative"
            ),
            models.UniqueConstraint(
                fields=["payment"], condition=Q(amount__gt=0), name="bill_payment_applied_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_means_display()} {self.amount}"


class BillCredit(models.Model):
    """A credit note of a bill. `lines` tells what of which line (its rank on the invoice) it took back, if any."""

    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, related_name="credits", verbose_name=_("bill"))
    amount = MoneyField(_("amount incl. VAT"))
    lines = models.JSONField(_("lines"), default=list, blank=True)
    credit_note = models.OneToOneField(
        Invoice, on_delete=models.PROTECT, related_name="+", verbose_name=_("credit note")
    )
    transaction = models.OneToOneField(
        Transaction, on_delete=models.PROTECT, related_name="+", verbose_name=_("transaction")
    )
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        verbose_name=_("by"),
    )
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("credit on a bill")
        verbose_name_plural = _("credits on bills")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="bill_credit_positive")]

    def __str__(self) -> str:
        return self.credit_note.number
