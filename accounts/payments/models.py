"""Payments: what was asked of the gateway, what it answered, what it told us later.

A payment is a small state machine; every answer is also kept as a fact that is never changed. Webhook events are
stored raw before they are handled.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.payments.events import payment_moved
from config.lib.jobs import OwedJob
from config.lib.models import MoneyField, Stateful, StatusChange, TimeStamped


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
    decline_code = models.CharField(_("why declined"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["reference"], condition=Q(status__in=["EN_COURS", "REUSSI"]), name="payment_one_live"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_positive"),
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

    The job is the webhook that it owes us once a pending charge is settled.
    """

    TASK = "accounts.payments.tasks.call_simulated_webhook"
    key = models.CharField(max_length=200, unique=True)
    provider_ref = models.CharField(max_length=60, unique=True)
    amount = MoneyField()
    outcome = models.CharField(max_length=10)
    reason = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("simulated charge")
        verbose_name_plural = _("simulated charges")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.provider_ref
