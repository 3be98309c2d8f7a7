"""Every write about payments. Amounts are `Decimal` euros.

A call to the provider stands between two transactions: the first writes the row that says we are about to ask,
the second writes what was answered. `key` makes the whole repeatable: a crash in between is repaired by calling
again with the same key, or by `settle_stuck`.
"""

from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from accounts.payments import queries
from accounts.payments.gateways import gateway
from accounts.payments.gateways.base import Answer, Outcome
from accounts.payments.models import Method, Payment, PaymentFact, Refund
from accounts.payments.rules import AlreadyPaid, KeyOfAnother, NotPaid, PaymentInProgress, RefundTooLarge
from accounts.users.models import User
from accounts.wallet import queries as wallet_queries
from accounts.wallet import services as wallet
from accounts.wallet.models import Account, SystemAccount, Transaction
from accounts.wallet.queries import system_account
from accounts.wallet.rules import BadAmount, InsufficientFunds, checked_amount
from config.lib import jobs
from config.lib.actors import SYSTEM, Actor, actor_user
from config.lib.errors import Invalid, PaymentDeclined
from config.lib.jobs import JobState
from config.lib.money import ZERO

Status = Payment.Status
TOP_UP = "topup:"


# --- Asking for money -----------------------------------------------------------------------------------------
def charge(
    *, actor: Actor, reference: str, amount: Decimal, method: str, token: str, key: str, label: str = ""
) -> Payment:
    """Ask `amount` euros for `reference` ("order:12"). Call it outside a transaction.

    Received money stands on UNAPPLIED until `apply_payment`. EN_COURS means that the provider will tell later.
    The same key gives the first payment. Raises PaymentDeclined, InsufficientFunds (wallet), AlreadyPaid,
    PaymentInProgress, KeyOfAnother, BadAmount; GatewayDown leaves the payment EN_COURS.
    """
    payment = _announce(
        actor=actor, reference=reference, amount=amount, method=method, key=key, label=label
    )
    if payment.status == Status.EN_COURS and not payment.provider_ref:
        if payment.method == Method.PORTEFEUILLE:
            payment = _take_from_wallet(payment_id=payment.pk, actor=actor)
        else:
            answer = gateway(payment.provider).charge(
                key=payment.key, amount=payment.amount, token=token, label=label or reference
            )
            payment = record_answer(payment_id=payment.pk, answer=answer, actor=actor)
    if payment.status == Status.REFUSE:
        if payment.decline_code == InsufficientFunds.code:
            raise InsufficientFunds
        raise PaymentDeclined(reason=payment.decline_code)
    return payment


@transaction.atomic
def _announce(
    *, actor: Actor, reference: str, amount: Decimal, method: str, key: str, label: str
) -> Payment:
    """The row that says we are about to ask, or the row of this key."""
    if amount <= ZERO:
        raise BadAmount(errors={"amount": [BadAmount.message]})
    if method not in Method.values:
        raise Invalid(errors={"method": [Invalid.message]})
    known = Payment.objects.filter(key=key).first()
    if known is None:
        try:
            with transaction.atomic():
                known = Payment.objects.create(
                    user=actor_user(actor), reference=reference, amount=amount, method=method, key=key, label=label,
                    provider="wallet" if method == Method.PORTEFEUILLE else gateway().name,
                )
                known.record(actor=actor)
                _fact(known, PaymentFact.Kind.DEMANDE, amount, method=method)
                return known
        except IntegrityError:  # a live payment of this reference, or the same key at the same moment
            known = Payment.objects.filter(key=key).first()
    if known is None:
        live = queries.live_payment(reference)
        raise AlreadyPaid if live and live.status == Status.REUSSI else PaymentInProgress
    if (known.reference, known.amount, known.method) != (reference, amount, method):
        raise KeyOfAnother
    return known


@transaction.atomic
def _take_from_wallet(*, payment_id: int, actor: Actor) -> Payment:
    """Pay from the payer's wallet: at once, or refused with reason `insufficient_funds`."""
    payment = queries.locked(payment_id)
    if payment.status != Status.EN_COURS:
        return payment
    if payment.user is None:
        raise Invalid(errors={"method": [Invalid.message]})
    ref = f"wallet:{payment.pk}"
    try:
        _post_received(payment, source=wallet_queries.wallet_of(payment.user), actor=actor)
    except InsufficientFunds as error:
        _fact(payment, PaymentFact.Kind.REPONSE, payment.amount, outcome="declined", reason=error.code)
        payment.move(Status.REFUSE, actor=actor, provider_ref=ref, decline_code=error.code)
        return payment
    _fact(payment, PaymentFact.Kind.REPONSE, payment.amount, outcome="ok")
    _received(payment, actor=actor, provider_ref=ref)
    return payment


@transaction.atomic
def record_answer(
    *, payment_id: int, answer: Answer, actor: Actor, fact: str = PaymentFact.Kind.REPONSE, **data: Any
) -> Payment:
    """Write what the provider said, at once or by webhook, in any order and any number of times."""
    payment = queries.locked(payment_id)
    _fact(
        payment, fact, answer.amount, outcome=answer.outcome, ref=answer.provider_ref, reason=answer.reason, **data
    )
    if answer.outcome == Outcome.OK and payment.can_move(Status.REUSSI):
        problem = _disagreement(payment, answer)
        if problem:
            _fact(payment, PaymentFact.Kind.DESACCORD, answer.amount, problem=problem, ref=answer.provider_ref)
            return payment
        _post_received(payment, source=system_account(SystemAccount.CLEARING), actor=actor)
        _received(payment, actor=actor, provider_ref=answer.provider_ref)
    elif answer.outcome == Outcome.DECLINED and payment.status == Status.EN_COURS:
        payment.move(
            Status.REFUSE, actor=actor, reason=answer.reason, provider_ref=answer.provider_ref,
            decline_code=answer.reason[:60],
        )
    elif payment.status == Status.EN_COURS and not payment.provider_ref:
        Payment.objects.filter(pk=payment.pk).update(provider_ref=answer.provider_ref)
        payment.provider_ref = answer.provider_ref
    return payment


def _disagreement(payment: Payment, answer: Answer) -> str:
    """Why received money cannot be taken for this payment; empty when all is well."""
    if answer.amount != payment.amount:
        return "amount_differs"
    live = queries.live_payment(payment.reference)
    return "paid_twice" if live is not None and live.pk != payment.pk else ""


def _post_received(payment: Payment, *, source: Account, actor: Actor) -> None:
    wallet.post(
        kind="payment", key=f"payment:{payment.pk}:received", actor=actor, reference=payment.reference,
        memo=payment.label, postings=[(source, -payment.amount), _unapplied(payment.amount)],
    )


def _received(payment: Payment, *, actor: Actor, provider_ref: str) -> None:
    payment.move(Status.REUSSI, actor=actor, provider_ref=provider_ref, decline_code="")
    if payment.reference.startswith(TOP_UP) and payment.user is not None:
        purse = wallet_queries.wallet_of(payment.user)
        apply_payment(
            payment=payment, postings=[(purse, payment.amount)], actor=actor, kind="topup",
            reference=payment.reference,
        )


def _unapplied(amount: Decimal) -> tuple[Account, Decimal]:
    return system_account(SystemAccount.UNAPPLIED), amount


def _fact(payment: Payment | None, kind: str, amount: Decimal | None, **data: Any) -> PaymentFact:
    return PaymentFact.objects.create(payment=payment, kind=kind, amount=amount, data=data)


# --- Using it -------------------------------------------------------------------------------------------------
@transaction.atomic
def apply_payment(
    *, payment: Payment, postings: list[tuple[Account, Decimal]], actor: Actor, kind: str, reference: str
) -> Transaction:
    """Move a received payment from UNAPPLIED to the accounts that it pays; inside the caller's transaction.

    Once for each payment: again gives the first transaction. Raises NotPaid; Unbalanced when the postings do not
    add up to the payment's amount.
    """
    row = queries.locked(payment.pk)
    if row.status != Status.REUSSI:
        raise NotPaid
    key = f"payment:{row.pk}:applied"
    known = Transaction.objects.filter(key=key).first()
    if known is not None:
        return known
    written = wallet.post(
        kind=kind, key=key, actor=actor, reference=reference, memo=row.label,
        postings=[_unapplied(-row.amount), *postings],
    )
    _fact(row, PaymentFact.Kind.APPLIQUE, row.amount, transaction=written.pk, to=reference)
    return written


def top_up(*, actor: Actor, amount: Decimal, method: str, token: str, key: str) -> Payment:
    """Put money into the actor's wallet; credited when the provider has it. Raises as `charge`, and Invalid for
    a method that would take it from the wallet."""
    checked_amount(amount)
    if method == Method.PORTEFEUILLE:
        raise Invalid(errors={"method": [Invalid.message]})
    payer = actor_user(actor)
    name = f"{TOP_UP}{payer.pk}:{key}"
    return charge(actor=actor, reference=name[:100], amount=amount, method=method, token=token, key=name)


# --- Giving it back -------------------------------------------------------------------------------------------
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
    by_wallet = paid.method == Method.PORTEFEUILLE and paid.user is not None
    to = wallet_queries.wallet_of(paid.user) if by_wallet else system_account(SystemAccount.CLEARING)
    wallet.post(
        kind="refund", key=f"refund:{owed.pk}", actor=actor, reference=paid.reference, memo=owed.reason,
        postings=[_unapplied(-owed.amount), (to, owed.amount)],
    )
    jobs.done(owed, provider_ref=provider_ref)
    _fact(paid, PaymentFact.Kind.REMBOURSE, owed.amount, ref=provider_ref, refund=owed.pk)
    if queries.refunded(paid, sent_only=True) == paid.amount:
        paid.move(Status.REMBOURSE, actor=actor, reason=owed.reason)


@transaction.atomic
def retry_refund(*, actor: User, refund_id: int) -> None:
    """Staff: give a refund that gave up a fresh set of tries."""
    jobs.retry(Refund.objects.select_for_update().get(pk=refund_id))
