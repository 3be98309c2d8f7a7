"""Giving money back: an owed row, a job that asks the provider, the posting of what it did."""

from decimal import Decimal

from django.db import transaction

from accounts.payments import queries
from accounts.payments.gateways import gateway
from accounts.payments.models import Method, Payment, PaymentFact, Refund
from accounts.payments.rules import NotPaid, RefundTooLarge
from accounts.payments.services.charges import note_fact
from accounts.users.models import User
from accounts.users.queries import require_staff_of
from accounts.wallet import queries as wallet_queries
from accounts.wallet import services as wallet
from accounts.wallet.models import SystemAccount
from accounts.wallet.queries import system_account
from accounts.wallet.rules import BadAmount
from config.lib import jobs
from config.lib.actors import SYSTEM, Actor, actor_user
from config.lib.jobs import JobState
from config.lib.money import ZERO

Status = Payment.Status


@transaction.atomic
def refund(*, payment: Payment, amount: Decimal, key: str, reason: str, actor: Actor) -> Refund:
    """Owe `amount` euros back to the payer; inside the caller's transaction, which has credited UNAPPLIED before.

    A job asks the provider; a wallet payment is given back at once. The same key gives the first refund. Raises
    NotPaid, RefundTooLarge, BadAmount.
    """
    row = queries.locked(payment.pk)
    known = Refund.objects.filter(key=key).first()
    if known is not None:
        return known
    if row.status != Status.REUSSI:
        raise NotPaid
    if amount <= ZERO:
        raise BadAmount(errors={"amount": [BadAmount.message]})
    if amount > queries.left_to_refund(row):
        raise RefundTooLarge(left=str(queries.left_to_refund(row)))
    owed = Refund.objects.create(
        payment=row, amount=amount, key=key, reason=reason[:300], by=actor_user(actor)
    )
    if row.method == Method.PORTEFEUILLE:
        _refund_done(refund_id=owed.pk, provider_ref=f"wallet:{owed.pk}", actor=actor)
        owed.refresh_from_db()
    else:
        jobs.ring(owed)
    return owed


def send_refund(*, refund_id: int) -> None:
    """The owed job: ask the provider (outside a transaction, repeatable by key), then post what it did."""
    owed = jobs.claim(Refund, refund_id)
    if owed is None:
        return
    paid = owed.payment
    try:
        ref = gateway(paid.provider).refund(
            key=f"refund:{owed.key}", provider_ref=paid.provider_ref, amount=owed.amount
        )
    except Exception as error:
        # Whatever went wrong, the refund is still owed: the row says why and when it is tried again.
        jobs.failed(owed, error)
        return
    _refund_done(refund_id=owed.pk, provider_ref=ref, actor=SYSTEM)


@transaction.atomic
def _refund_done(*, refund_id: int, provider_ref: str, actor: Actor) -> None:
    paid = queries.locked(Refund.objects.values_list("payment_id", flat=True).get(pk=refund_id))
    owed = Refund.objects.get(pk=refund_id)
    if owed.state == JobState.FAIT:
        return
    to = system_account(SystemAccount.CLEARING)
    if paid.method == Method.PORTEFEUILLE and paid.user is not None:
        to = wallet_queries.wallet_of(paid.user)
    wallet.post(
        kind="refund", key=f"refund:{owed.pk}", actor=actor, reference=paid.reference, memo=owed.reason,
        postings=[queries.unapplied(-owed.amount), (to, owed.amount)],
    )
    jobs.done(owed, provider_ref=provider_ref)
    note_fact(payment=paid, kind=PaymentFact.Kind.REMBOURSE, amount=owed.amount, ref=provider_ref, refund=owed.pk)
    if queries.refunded(paid, sent_only=True) == paid.amount:
        paid.move(Status.REMBOURSE, actor=actor, reason=owed.reason)


@transaction.atomic
def retry_refund(*, actor: User, refund_id: int) -> None:
    """Give a refund that gave up a fresh set of tries. Forbidden to all but managers."""
    require_staff_of(actor, "MANAGER")
    jobs.retry(queries.locked_refund(refund_id))
