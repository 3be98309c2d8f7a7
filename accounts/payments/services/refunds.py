"""Giving money back: an owed row, a job that asks the provider, the posting of what it did."""

from decimal import Decimal

from django.db import transaction

from accounts.payments import queries
from accounts.payments.gateways import gateway
from accounts.payments.models import Disagreement, Method, Payment, PaymentFact, Refund
from accounts.payments.rules import NotPaid, RefundTooLarge
from accounts.payments.services.disagreements import open_case, settle_case
from accounts.payments.services.receiving import note_fact, reflect_refunds
from accounts.payments.services.turning import hear_failures
from accounts.users.models import User
from accounts.users.queries import require_staff_of
from accounts.wallet import queries as wallet_queries
from accounts.wallet import services as wallet
from accounts.wallet.models import SystemAccount
from accounts.wallet.queries import system_account
from accounts.wallet.rules import BadAmount
from config.lib import jobs
from config.lib.actors import SYSTEM, Actor, actor_user
from config.lib.errors import IllegalMove
from config.lib.jobs import JobState
from config.lib.money import ZERO

Status = Payment.Status
CASE = "case:"  # keys of refunds that a manager decided on the reconciliation desk, with the id of the case


@transaction.atomic
def refund(*, payment: Payment, amount: Decimal, key: str, reason: str, actor: Actor) -> Refund:
    """Owe `amount` euros back to the payer; inside the caller's transaction, which has credited UNAPPLIED before.

    A job asks the provider; a wallet payment is given back at once. The same key gives the first refund. Never more
    than was received: where a manager had accepted less than was asked, the last refund takes the shortfall back.
    Raises NotPaid, RefundTooLarge, BadAmount.
    """
    row = queries.locked(payment.pk)
    known = Refund.objects.filter(key=key).first()
    if known is not None:
        return known
    if row.status != Status.REUSSI:
        raise NotPaid
    if amount <= ZERO:
        raise BadAmount(errors={"amount": [BadAmount.message]})
    short, left = row.amount - row.received, queries.left_to_refund(row)
    if short > ZERO and left > ZERO and amount == left + short:
        wallet.post(
            kind="difference", key=f"payment:{row.pk}:short", actor=actor, reference=row.reference, memo=reason,
            postings=[queries.unapplied(-short), (system_account(SystemAccount.DIFFERENCES), short)],
        )
        amount = left
    return owe_refund(row, amount=amount, key=key, reason=reason, actor=actor)


def owe_refund(row: Payment, *, amount: Decimal, key: str, reason: str, actor: Actor) -> Refund:
    """As `refund`, for a locked payment of any status: what was received may always go back. RefundTooLarge."""
    left = queries.left_to_refund(row)
    if amount > left:
        raise RefundTooLarge(left=str(left))
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
    if owed is None:  # done, not due, taken, or given up just now because its worker died at the last try
        _given_up(refund_id=refund_id)
        return
    paid = owed.payment
    try:
        ref = gateway(paid.provider).refund(
            key=f"refund:{owed.key}", provider_ref=paid.provider_ref, amount=owed.amount
        )
    except Exception as error:
        # Whatever went wrong, the refund is still owed: the row says why and when it is tried again.
        jobs.failed(owed, error)
        _given_up(refund_id=owed.pk)
        return
    _refund_done(refund_id=owed.pk, provider_ref=ref, actor=owed.by or SYSTEM)


@transaction.atomic
def _given_up(*, refund_id: int) -> None:
    """A refund that the provider refuses for good explains nothing that it told of refunds. A manager decides what
    becomes of it: its euros, which stand on UNAPPLIED already, are the affair of a case."""
    paid = queries.locked(Refund.objects.values_list("payment_id", flat=True).get(pk=refund_id))
    owed = Refund.objects.get(pk=refund_id)
    if owed.state != JobState.ECHEC:
        return
    reflect_refunds(paid, actor=SYSTEM)
    hear_failures(paid, actor=SYSTEM)
    if queries.given_up_case(owed) is None:
        open_case(
            kind=Disagreement.Kind.REMBOURSEMENT_ECHOUE, key=f"refund:{owed.pk}:given-up:{owed.cases.count()}",
            amount=owed.amount, payment=paid, refund=owed, reason=owed.last_error[:300],
        )


@transaction.atomic
def _refund_done(*, refund_id: int, provider_ref: str, actor: Actor) -> None:
    paid = queries.locked(Refund.objects.values_list("payment_id", flat=True).get(pk=refund_id))
    owed = Refund.objects.get(pk=refund_id)
    if owed.state == JobState.FAIT:
        return
    to = system_account(SystemAccount.CLEARING)
    if paid.method == Method.PORTEFEUILLE and paid.user is not None:
        to = wallet_queries.wallet_of(paid.user)
    written = wallet.post(
        kind="refund", key=f"refund:{owed.pk}", actor=actor, reference=paid.reference, memo=owed.reason,
        postings=[queries.unapplied(-owed.amount), (to, owed.amount)],
    )
    jobs.done(owed, provider_ref=provider_ref)
    note_fact(payment=paid, kind=PaymentFact.Kind.REMBOURSE, amount=owed.amount, ref=provider_ref, refund=owed.pk)
    if owed.key.startswith(CASE):
        Disagreement.objects.filter(pk=owed.key.removeprefix(CASE)).update(transaction=written)
    close_when_all_back(paid, actor=actor, reason=owed.reason)
    hear_failures(paid, actor=actor)  # it may have failed before we knew that it was made


def close_when_all_back(paid: Payment, *, actor: Actor, reason: str) -> None:
    """The locked payment is REMBOURSE once nothing of what was received is left."""
    gone = queries.refunded(paid, sent_only=True) + paid.elsewhere + paid.diverted
    if gone >= paid.received and paid.can_move(Status.REMBOURSE):
        paid.move(Status.REMBOURSE, actor=actor, reason=reason)


@transaction.atomic
def retry_refund(*, actor: User, refund_id: int) -> None:
    """Give a refund that gave up a fresh set of tries; its case is settled with it. Forbidden to all but managers."""
    require_staff_of(actor, "MANAGER")
    queries.locked(Refund.objects.values_list("payment_id", flat=True).get(pk=refund_id))
    owed = Refund.objects.get(pk=refund_id)
    case = queries.given_up_case(owed) if owed.state == JobState.ECHEC else None
    if case is not None:
        settle_case(case, outcome=Disagreement.Outcome.RELANCE, actor=actor, reason="")
    jobs.retry(queries.locked_refund(refund_id))


def end_refund(paid: Payment, *, refund_id: int) -> None:
    """A refund of the locked payment that was given up is settled otherwise: no retry sends it any more. Inside the
    caller's transaction, which uses its euros on UNAPPLIED. IllegalMove when it is not given up."""
    owed = queries.locked_refund(refund_id)
    if owed.state != JobState.ECHEC:
        raise IllegalMove(from_status=owed.state, to_status=JobState.FAIT)
    jobs.done(owed, ending=Refund.Ending.REMPLACE)
    note_fact(payment=paid, kind=PaymentFact.Kind.REMBOURSE, amount=ZERO, refund=owed.pk, reason="settled otherwise")
