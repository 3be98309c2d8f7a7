"""Payments: what was asked of the gateway, what it answered, what it told us later.

A payment is a small state machine; every answer is also kept as a fact that is never changed. Webhook events are
stored raw before they are handled.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.payments.events import disagreement_moved, payment_moved
from accounts.wallet.models import Transaction
from config.lib.jobs import OwedJob
from config.lib.models import MoneyField, Stateful, StatusChange, TimeStamped
from config.lib.money import ZERO


class Method(models.TextChoices):
    CARTE = "CARTE", _("card")
    PORTEFEUILLE = "PORTEFEUILLE", _("wallet")
    MOBILE_MONEY = "MOBILE_MONEY", _("mobile money")


class Payment(Stateful, TimeStamped):
    class Status(models.TextChoices):
        EN_COURS = "EN_COURS", _("pending")
        REUSSI = "REUSSI", _("paid")
        REFUSE = "REFUSE", _("declined")
        REMBOURSE = "REMBOURSE", _("refunded")

    # A decline is not the last word: gateways do send "failed" for a first attempt and "succeeded" after it.
    MOVES = {
        Status.EN_COURS: {Status.REUSSI, Status.REFUSE},
        Status.REFUSE: {Status.REUSSI},
        Status.REUSSI: {Status.REMBOURSE},
    }

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="payments",
        verbose_name=_("user"),
    )
    reference = models.CharField(_("reference"), max_length=100, db_index=True)
    label = models.CharField(_("label"), max_length=160, blank=True)
    amount = MoneyField(_("amount"))
    method = models.CharField(_("method"), max_length=20, choices=Method.choices)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.EN_COURS)
    provider = models.CharField(_("provider"), max_length=30)
    provider_ref = models.CharField(_("provider reference"), max_length=120, blank=True, db_index=True)
    key = models.CharField(_("key"), max_length=200, unique=True)
    # Where the payer goes on while the payment is pending: 3-D Secure, or the provider's own page.
    next_url = models.CharField(_("where the payer goes on"), max_length=2000, blank=True)
    ask_at = models.DateTimeField(_("next question to the provider"), null=True, blank=True, editable=False)
    decline_code = models.CharField(_("why declined"), max_length=60, blank=True)
    # Received on top of another payment of the same reference: it pays nothing until a manager decides.
    extra = models.BooleanField(_("paid a second time"), default=False)
    # What really moved, posted the moment it was told. `amount` is what was asked.
    received = MoneyField(_("received"), default=ZERO)
    returned = MoneyField(_("refunded in all, says the provider"), default=ZERO)
    # Disputes included. Negative when something came back that a manager had made a refund of ours.
    elsewhere = MoneyField(_("of which not by us"), default=ZERO)
    diverted = MoneyField(_("credited or written off by a manager"), default=ZERO)
    disputed = MoneyField(_("taken back by disputes, ever"), default=ZERO)
    undone = MoneyField(_("taken back by others and come back again"), default=ZERO)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["ask_at"], condition=Q(status="EN_COURS"), name="payment_pending")]
        constraints = [
            models.UniqueConstraint(
                fields=["reference"], condition=Q(status__in=["EN_COURS", "REUSSI"], extra=False),
                name="payment_one_live",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_positive"),
            models.CheckConstraint(
                condition=Q(received__gte=0, returned__gte=0, diverted__gte=0, disputed__gte=0, undone__gte=0),
                name="payment_sums_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.amount}"


class PaymentChange(StatusChange):
    EVENT = payment_moved
    subject = models.ForeignKey(Payment, on_delete=models.CASCADE, related_name="history")

    class Meta:
        verbose_name = _("payment change")
        verbose_name_plural = _("payment changes")
        ordering = ["pk"]


class PaymentFact(models.Model):
    """Something that was asked, answered or told. Only ever added (sealed by a database trigger)."""

    class Kind(models.TextChoices):
        DEMANDE = "DEMANDE", _("asked")
        REPONSE = "REPONSE", _("gateway's answer")
        ANNONCE = "ANNONCE", _("gateway's announcement")
        APPLIQUE = "APPLIQUE", _("applied")
        REMBOURSE = "REMBOURSE", _("refunded")
        DESACCORD = "DESACCORD", _("disagreement")

    payment = models.ForeignKey(
        Payment, null=True, blank=True, on_delete=models.PROTECT, related_name="facts", verbose_name=_("payment")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    amount = MoneyField(_("amount"), null=True, blank=True)
    data = models.JSONField(_("data"), default=dict)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("payment fact")
        verbose_name_plural = _("payment facts")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount or ''}".strip()


class Disagreement(Stateful, TimeStamped):
    """Something a provider or bank did that does not fit our books. A manager decides on the reconciliation desk.

    `amount` is what stands on UNAPPLIED because of it: positive when we hold money that nobody claims, negative when
    a provider took money back that we still count as ours, zero when none moved.
    """

    class Kind(models.TextChoices):
        PAYE_ANNULE = "PAYE_ANNULE", _("paid, but the order is cancelled")
        TROP_PERCU = "TROP_PERCU", _("paid twice or too much")
        REMBOURSE_AILLEURS = "REMBOURSE_AILLEURS", _("refunded at the provider")
        PAIEMENT_INCONNU = "PAIEMENT_INCONNU", _("unknown payment")
        MONTANT_DIFFERENT = "MONTANT_DIFFERENT", _("amount differs")
        VERSEMENT_ECHOUE = "VERSEMENT_ECHOUE", _("payout failed")
        REMBOURSEMENT_ECHOUE = "REMBOURSEMENT_ECHOUE", _("refund failed")

    class Status(models.TextChoices):
        OUVERT = "OUVERT", _("open")
        RESOLU = "RESOLU", _("settled")

    class Outcome(models.TextChoices):
        REMBOURSE = "REMBOURSE", _("refunded to the payer")
        RATTACHE = "RATTACHE", _("attached")
        CREDITE = "CREDITE", _("put into the wallet")
        ACCEPTE = "ACCEPTE", _("accepted")
        ECART = "ECART", _("written off")
        RELANCE = "RELANCE", _("sent again")
        RENDU = "RENDU", _("given back to the wallet")

    MOVES = {Status.OUVERT: {Status.RESOLU}}

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.OUVERT)
    key = models.CharField(_("key"), max_length=200, unique=True)
    payment = models.ForeignKey(
        Payment, null=True, blank=True, on_delete=models.PROTECT, related_name="disagreements",
        verbose_name=_("payment"),
    )
    refund = models.ForeignKey(
        "Refund", null=True, blank=True, on_delete=models.PROTECT, related_name="cases", verbose_name=_("refund")
    )
    reference = models.CharField(_("about"), max_length=120, blank=True, db_index=True)
    provider = models.CharField(_("provider"), max_length=30, blank=True)
    amount = MoneyField(_("amount"))
    data = models.JSONField(_("data"), default=dict)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, blank=True)
    transaction = models.ForeignKey(
        Transaction, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("transaction")
    )

    class Meta:
        verbose_name = _("disagreement")
        verbose_name_plural = _("disagreements")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["status", "-id"], name="disagreement_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="OUVERT", outcome="") | Q(status="RESOLU") & ~Q(outcome=""),
                name="disagreement_outcome_when_settled",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class DisagreementChange(StatusChange):
    EVENT = disagreement_moved
    subject = models.ForeignKey(Disagreement, on_delete=models.CASCADE, related_name="history")

    class Meta:
        verbose_name = _("disagreement change")
        verbose_name_plural = _("disagreement changes")
        ordering = ["pk"]


class WebhookEvent(OwedJob):
    """What a provider told us, as it came. Handling it is an owed job."""

    TASK = "accounts.payments.tasks.handle_webhook"
    provider = models.CharField(_("provider"), max_length=30)
    event_id = models.CharField(_("event"), max_length=120)
    body = models.TextField(_("body"))
    outcome = models.CharField(_("outcome"), max_length=200, blank=True)
    received_at = models.DateTimeField(_("received"), default=timezone.now)

    class Meta:
        verbose_name = _("webhook event")
        verbose_name_plural = _("webhook events")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["provider", "event_id"], name="webhook_event_once")]

    def __str__(self) -> str:
        return f"{self.provider} {self.event_id}"


class Refund(OwedJob):
    """Money owed back on a payment; a job asks the provider and then posts it."""

    class Ending(models.TextChoices):
        REVENU = "REVENU", _("came back after it was made")
        REGLE = "REGLE", _("came back, and was settled since")
        REMPLACE = "REMPLACE", _("settled otherwise, never sent")

    TASK = "accounts.payments.tasks.send_refund"
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, related_name="refunds", verbose_name=_("payment")
    )
    amount = MoneyField(_("amount"))
    key = models.CharField(_("key"), max_length=200, unique=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        verbose_name=_("by"),
    )
    provider_ref = models.CharField(_("provider reference"), max_length=120, blank=True)
    # A refund that is FAIT and gave the payer nothing says here why; what became of the money, its cases tell.
    ending = models.CharField(_("and then"), max_length=10, choices=Ending.choices, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="refund_positive")]

    def __str__(self) -> str:
        return f"{self.payment} −{self.amount}"


class SimulatedCharge(OwedJob):
    """The books of the simulated gateway: what a real provider would keep on its side.

    The job is the webhook that it owes us once a pending charge or payout is settled: it will tell `verdict`.
    """

    TASK = "accounts.payments.tasks.call_simulated_webhook"
    key = models.CharField(max_length=200, unique=True)
    provider_ref = models.CharField(max_length=60, unique=True)
    amount = MoneyField()
    outcome = models.CharField(max_length=10)
    verdict = models.CharField(max_length=10, default="ok")
    redirect_url = models.CharField(max_length=200, blank=True)  # the page that plays the payer's bank
    return_url = models.CharField(max_length=500, blank=True)
    reason = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("simulated charge")
        verbose_name_plural = _("simulated charges")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.provider_ref
