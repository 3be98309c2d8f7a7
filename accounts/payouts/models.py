"""Money that leaves: where people are paid, each payout, and the files of transfers that the bank executes.

A payout holds its amount on the wallet from the first moment. `docs/payouts.md` says for every status where the
money stands in the ledger.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.payouts.events import batch_moved, destination_added, payout_moved
from accounts.payouts.rules import masked
from accounts.wallet.models import Account, Hold, Transaction
from config.lib.jobs import OwedJob
from config.lib.models import Announced, MoneyField, Stateful, StatusChange, TimeStamped


class Means(models.TextChoices):
    VIREMENT = "VIREMENT", _("bank transfer")
    MOBILE_MONEY = "MOBILE_MONEY", _("mobile money")


class Destination(Announced, TimeStamped):
    """Where the owner of a wallet is paid. Its news warn him by mail: it might not have been him."""

    EVENT = destination_added
    account = models.ForeignKey(
        Account, on_delete=models.CASCADE, related_name="destinations", verbose_name=_("wallet")
    )
    means = models.CharField(_("means"), max_length=20, choices=Means.choices)
    number = models.CharField(_("IBAN or mobile number"), max_length=34)
    holder = models.CharField(_("holder"), max_length=70)
    bic = models.CharField(_("BIC"), max_length=11, blank=True)
    is_default = models.BooleanField(_("default"), default=False)
    automatic = models.BooleanField(_("paid every week"), default=False)

    class Meta:
        verbose_name = _("payout destination")
        verbose_name_plural = _("payout destinations")
        ordering = ["-is_default", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["account", "number"], name="destination_once"),
            models.UniqueConstraint(
                fields=["account"], condition=Q(is_default=True), name="destination_one_default"
            ),
            models.UniqueConstraint(
                fields=["account"], condition=Q(automatic=True), name="destination_one_automatic"
            ),
        ]

    def __str__(self) -> str:
        return self.masked

    @property
    def masked(self) -> str:
        """The number as it may be shown: its first and its last four characters."""
        return masked(self.number)

    def payload(self) -> dict[str, Any]:
        return {"destination_id": self.pk}


class PayoutBatch(Stateful, TimeStamped):
    """One file of SEPA credit transfers (pain.001), written once with everything the bank needs."""

    class Status(models.TextChoices):
        PRET = "PRET", _("to give to the bank")
        EXECUTE = "EXECUTE", _("executed")

    MOVES = {Status.PRET: {Status.EXECUTE}}

    key = models.CharField(_("key"), max_length=200, unique=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.PRET)
    execution_date = models.DateField(_("to be executed on"))
    count = models.PositiveIntegerField(_("transfers"))
    control_sum = MoneyField(_("control sum"))
    file = models.BinaryField(_("file"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        verbose_name=_("by"),
    )

    class Meta:
        verbose_name = _("payout batch")
        verbose_name_plural = _("payout batches")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """The message id of the file: at most 35 characters, never used twice. The day is the local one at any hour."""
        return f"LOT-{self.pk:06d}-{timezone.localdate(self.created_at):%Y%m%d}"


class PayoutBatchChange(StatusChange):
    EVENT = batch_moved
    subject = models.ForeignKey(PayoutBatch, on_delete=models.CASCADE, related_name="history")

    class Meta:
        verbose_name = _("batch change")
        verbose_name_plural = _("batch changes")
        ordering = ["pk"]


class Payout(Stateful, TimeStamped):
    """Money on its way out of a wallet. It keeps a copy of where it went: a destination may be removed."""

    class Status(models.TextChoices):
        A_VALIDER = "A_VALIDER", _("being checked")
        PRET = "PRET", _("ready to send")
        ENVOYE = "ENVOYE", _("sent")
        PAYE = "PAYE", _("paid")
        REFUSE = "REFUSE", _("refused")
        ANNULE = "ANNULE", _("cancelled")
        ECHOUE = "ECHOUE", _("failed")
        RENDU = "RENDU", _("given back to the wallet")
        RELANCE = "RELANCE", _("sent again as another payout")

    # A provider may send "failed" and then "paid" after all; a bank may give back what it had executed.
    MOVES = {
        Status.A_VALIDER: {Status.PRET, Status.REFUSE, Status.ANNULE},
        Status.PRET: {Status.ENVOYE, Status.REFUSE, Status.ANNULE},
        Status.ENVOYE: {Status.PAYE, Status.ECHOUE},
        Status.PAYE: {Status.ECHOUE},
        Status.ECHOUE: {Status.PAYE, Status.RENDU, Status.RELANCE},
    }
    WAITING = (Status.A_VALIDER, Status.PRET, Status.ENVOYE)  # the amount is held on the wallet
    CANCELLABLE = (Status.A_VALIDER, Status.PRET)
    NOTHING_LEFT = (Status.REFUSE, Status.ANNULE, Status.RENDU, Status.RELANCE)  # the wallet has it back

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="payouts", verbose_name=_("wallet"))
    destination = models.ForeignKey(
        Destination, null=True, blank=True, on_delete=models.SET_NULL, related_name="payouts",
        verbose_name=_("destination"),
    )
    means = models.CharField(_("means"), max_length=20, choices=Means.choices)
    number = models.CharField(_("IBAN or mobile number"), max_length=34)
    holder = models.CharField(_("holder"), max_length=70)
    bic = models.CharField(_("BIC"), max_length=11, blank=True)
    amount = MoneyField(_("amount"))
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.A_VALIDER)
    key = models.CharField(_("key"), max_length=200, unique=True)
    automatic = models.BooleanField(_("by the weekly run"), default=False)
    # Of a refusal or failure; the person reads it. Not called `reason`, which `move()` keeps for the history.
    why = models.CharField(_("reason"), max_length=300, blank=True)
    hold = models.OneToOneField(
        Hold, null=True, blank=True, on_delete=models.PROTECT, related_name="payout", verbose_name=_("hold")
    )
    # The capture of the hold; what the bank gave back afterwards; what then went back to the wallet.
    transaction = models.OneToOneField(
        Transaction, null=True, blank=True, on_delete=models.PROTECT, related_name="payout",
        verbose_name=_("transaction"),
    )
    bounce = models.OneToOneField(
        Transaction, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("come back")
    )
    returned = models.OneToOneField(
        Transaction, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("given back")
    )
    batch = models.ForeignKey(
        PayoutBatch, null=True, blank=True, on_delete=models.PROTECT, related_name="payouts", verbose_name=_("batch")
    )
    retry_of = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="retried_as", verbose_name=_("again for")
    )
    provider = models.CharField(_("provider"), max_length=30, blank=True)
    provider_ref = models.CharField(_("provider reference"), max_length=120, blank=True, db_index=True)

    class Meta:
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["status", "-id"], name="payout_by_status"),
            models.Index(fields=["account", "-id"], name="payout_of_wallet"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payout_positive"),
            models.CheckConstraint(
                condition=~Q(status="PAYE") | Q(transaction__isnull=False), name="payout_paid_is_posted"
            ),
            models.CheckConstraint(
                condition=Q(batch__isnull=True) | Q(means="VIREMENT"), name="payout_batch_of_transfers"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """What the bank statement and the person's page call it; the end-to-end id of a transfer."""
        return f"VIR-{self.pk:06d}"

    @property
    def masked(self) -> str:
        return masked(self.number)

    @property
    def cancellable(self) -> bool:
        """Whether its owner may still change his mind."""
        return self.status in self.CANCELLABLE


class PayoutChange(StatusChange):
    EVENT = payout_moved
    subject = models.ForeignKey(Payout, on_delete=models.CASCADE, related_name="history")

    class Meta:
        verbose_name = _("payout change")
        verbose_name_plural = _("payout changes")
        ordering = ["pk"]


class MobileTransfer(OwedJob):
    """The job of sending one payout by mobile money."""

    TASK = "accounts.payouts.tasks.send_mobile_payout"
    payout = models.OneToOneField(
        Payout, on_delete=models.CASCADE, related_name="transfer", verbose_name=_("payout")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("mobile money transfer")
        verbose_name_plural = _("mobile money transfers")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return str(self.payout)
