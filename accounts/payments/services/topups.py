"""Top-ups as a subject of payments: what they pay is the payer's wallet."""

from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.payments import queries
from accounts.payments.models import Payment, Refund
from accounts.payments.rules import NotPaid
from accounts.payments.services.receiving import apply_payment
from accounts.payments.services.refunds import refund
from accounts.payments.subjects import Subject
from accounts.wallet import queries as wallet_queries
from accounts.wallet import services as wallet
from accounts.wallet.models import Account, Transaction
from config.lib.actors import Actor


def _purse(payment: Payment) -> Account:
    if payment.user is None:
        raise NotPaid
    return wallet_queries.wallet_of(payment.user)


def settle_top_up(*, payment_id: int, actor: Actor) -> Transaction:
    """Credit a received top-up to its wallet; again changes nothing. Raises NotPaid."""
    payment = Payment.objects.get(pk=payment_id)
    return apply_payment(
        payment=payment, postings=[(_purse(payment), payment.amount)], actor=actor, kind="topup",
        reference=payment.reference,
    )


def absorb_top_up(*, payment: Payment, amount: Decimal, actor: Actor, reason: str) -> Refund:
    """Take back `amount` euros of a top-up that the provider gave back. InsufficientFunds when they are spent."""
    key = f"payment:{payment.pk}:undone:{payment.refunds.count()}"
    wallet.post(
        kind="refund", key=key, actor=actor, reference=payment.reference, memo=reason,
        postings=[(_purse(payment), -amount), queries.unapplied(amount)],
    )
    return refund(payment=payment, amount=amount, key=key, reason=reason, actor=actor)


def _no_lock(reference: str) -> None:
    """A wallet is locked by its conditional update."""


def _owner(reference: str) -> str:
    return reverse("admin:accounts_user_change", args=[reference.split(":")[1]])


def _title(payment: Payment) -> str:
    return _("Top-up of %(who)s") % {"who": payment.user.email if payment.user else "?"}


SUBJECT = Subject(
    lock=_no_lock, url=_owner, absorb=absorb_top_up, settle=settle_top_up, find=lambda text: None, title=_title
)
