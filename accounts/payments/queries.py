"""Reads and locks of payments."""

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum

from accounts.payments.models import Payment, PaymentFact, Refund
from accounts.wallet.models import Account, SystemAccount
from accounts.wallet.queries import system_account
from config.lib.jobs import JobState
from config.lib.money import ZERO


def locked(pk: Any) -> Payment:
    """The payment, locked until the transaction ends. Payments are locked before holds and accounts."""
    return Payment.objects.select_for_update().get(pk=pk)


def unapplied(amount: Decimal) -> tuple[Account, Decimal]:
    """A posting of `amount` euros to the payments that are received and not yet applied."""
    return system_account(SystemAccount.UNAPPLIED), amount


def locked_refund(pk: Any) -> Refund:
    return Refund.objects.select_for_update().get(pk=pk)


def by_announcement(*, provider: str, key: str, provider_ref: str) -> Payment | None:
    """The payment that a webhook speaks of. Our own key finds it even before the provider's answer is recorded."""
    payments = Payment.objects.filter(provider=provider)
    return payments.filter(key=key).first() or (
        payments.filter(provider_ref=provider_ref).first() if provider_ref else None
    )


def live_payment(reference: str) -> Payment | None:
    """The one payment of a reference that is pending or received."""
    return Payment.objects.filter(
        reference=reference, status__in=[Payment.Status.EN_COURS, Payment.Status.REUSSI]
    ).first()


def payments_of(reference: str) -> QuerySet[Payment]:
    """Every attempt to pay something, oldest first."""
    return Payment.objects.filter(reference=reference).order_by("pk")


def refunded(payment: Payment, *, sent_only: bool = False) -> Decimal:
    """Euros refunded on a payment, those still on their way included."""
    refunds = Refund.objects.filter(payment=payment)
    if sent_only:
        refunds = refunds.filter(state=JobState.FAIT)
    return refunds.aggregate(total=Sum("amount"))["total"] or ZERO


def left_to_refund(payment: Payment) -> Decimal:
    """Euros of a received payment that may still be refunded."""
    return payment.amount - refunded(payment)


def disagreements() -> QuerySet[PaymentFact]:
    """What a gateway told us that does not fit our books."""
    return PaymentFact.objects.filter(kind=PaymentFact.Kind.DESACCORD)
