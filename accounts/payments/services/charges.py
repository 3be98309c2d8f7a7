"""Asking for money and using it. Amounts are `Decimal` euros.

A call to the provider stands between two transactions: the first writes the row that says we are about to ask,
the second writes what was answered. `key` makes the whole repeatable: a crash in between is repaired by calling
again with the same key, or by `settle_stuck_payments`.
"""

from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction

from accounts.payments import queries
from accounts.payments.gateways import gateway
from accounts.payments.gateways.base import Answer, Outcome
from accounts.payments.models import Method, Payment, PaymentFact
from accounts.payments.rules import AlreadyPaid, KeyOfAnother, NotPaid, PaymentInProgress
from accounts.wallet import queries as wallet_queries
from accounts.wallet import services as wallet
from accounts.wallet.models import Account, SystemAccount, Transaction
from accounts.wallet.queries import system_account
from accounts.wallet.rules import BadAmount, InsufficientFunds, checked_amount
from config.lib.actors import Actor, actor_user
from config.lib.errors import Invalid, PaymentDeclined
from config.lib.money import ZERO

Status = Payment.Status
TOP_UP = "topup:"
REFERENCE_MAX = 100


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


@transaction.atomic(durable=True)  # fails inside a transaction: the provider must never be asked from within one
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
                note_fact(payment=known, kind=PaymentFact.Kind.DEMANDE, amount=amount, method=method)
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
        note_fact(
            payment=payment, kind=PaymentFact.Kind.REPONSE, amount=payment.amount, outcome="declined",
            reason=error.code,
        )
        payment.move(Status.REFUSE, actor=actor, provider_ref=ref, decline_code=error.code)
        return payment
    note_fact(payment=payment, kind=PaymentFact.Kind.REPONSE, amount=payment.amount, outcome="ok")
    _received(payment, actor=actor, provider_ref=ref)
    return payment


@transaction.atomic
def record_answer(
    *, payment_id: int, answer: Answer, actor: Actor, fact: str = PaymentFact.Kind.REPONSE, **data: Any
) -> Payment:
    """Write what the provider said, at once or by webhook, in any order and any number of times."""
    payment = queries.locked(payment_id)
    note_fact(
        payment=payment, kind=fact, amount=answer.amount, outcome=answer.outcome, ref=answer.provider_ref,
        reason=answer.reason, **data,
    )
    if answer.outcome == Outcome.OK and payment.can_move(Status.REUSSI):
        problem = _disagreement(payment, answer)
        if problem:
            note_fact(
                payment=payment, kind=PaymentFact.Kind.DESACCORD, amount=answer.amount, problem=problem,
                ref=answer.provider_ref,
            )
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
        memo=payment.label, postings=[(source, -payment.amount), queries.unapplied(payment.amount)],
    )


def _received(payment: Payment, *, actor: Actor, provider_ref: str) -> None:
    payment.move(Status.REUSSI, actor=actor, provider_ref=provider_ref, decline_code="")
    if payment.reference.startswith(TOP_UP) and payment.user is not None:
        purse = wallet_queries.wallet_of(payment.user)
        apply_payment(
            payment=payment, postings=[(purse, payment.amount)], actor=actor, kind="topup",
            reference=payment.reference,
        )


def note_fact(*, payment: Payment | None, kind: str, amount: Decimal | None, **data: Any) -> PaymentFact:
    """Add a fact; `payment` is None when the provider speaks of one that we do not know."""
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
        postings=[queries.unapplied(-row.amount), *postings],
    )
    note_fact(payment=row, kind=PaymentFact.Kind.APPLIQUE, amount=row.amount, transaction=written.pk, to=reference)
    return written


def top_up(*, actor: Actor, amount: Decimal, method: str, token: str, key: str) -> Payment:
    """Put money into the actor's wallet; credited when the provider has it. Raises as `charge`, and Invalid for
    a method that would take it from the wallet."""
    checked_amount(amount)
    if method == Method.PORTEFEUILLE:
        raise Invalid(errors={"method": [Invalid.message]})
    payer = actor_user(actor)
    name = f"{TOP_UP}{payer.pk}:{key}"
    # Two long keys that begin alike are two top-ups: the reference is shorter than the key and must tell them apart.
    reference = name if len(name) <= REFERENCE_MAX else f"{TOP_UP}{payer.pk}:{sha256(key.encode()).hexdigest()}"
    return charge(actor=actor, reference=reference, amount=amount, method=method, token=token, key=name)
