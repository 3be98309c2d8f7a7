"""Asking for money and using it. Amounts are `Decimal` euros.

A call to the provider stands between two transactions: the first writes the row that says we are about to ask,
the second writes what was answered. `key` makes the whole repeatable: a crash in between is repaired by calling
again with the same key, or by `settle_stuck_payments`.
"""

import logging
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.payments import queries
from accounts.payments.gateways import gateway, gateway_for
from accounts.payments.gateways.base import Answer, GatewayDown, Outcome
from accounts.payments.models import Method, Payment, PaymentFact
from accounts.payments.rules import (
    REFERENCE_MAX,
    TOP_UP,
    AlreadyPaid,
    KeyOfAnother,
    PaymentInProgress,
    decline_text,
)
from accounts.payments.services.receiving import countable, keep, not_countable, note_fact, receive
from accounts.wallet import queries as wallet_queries
from accounts.wallet.models import SystemAccount
from accounts.wallet.queries import system_account
from accounts.wallet.rules import BadAmount, InsufficientFunds, checked_amount
from config.lib.actors import Actor, actor_user
from config.lib.errors import Invalid, PaymentDeclined
from config.lib.money import ZERO

Status = Payment.Status
logger = logging.getLogger(__name__)
FIRST_QUESTION = timedelta(seconds=10)  # after a pending answer; then ever more rarely (services/pending.py)


def charge(
    *, actor: Actor, reference: str, amount: Decimal, method: str, token: str, key: str, label: str = "",
    return_to: str = "",
) -> Payment:
    """Ask `amount` euros for `reference` ("order:12"). Call it outside a transaction.

    Received money stands on UNAPPLIED until `apply_payment`. EN_COURS means that the provider will tell later, or
    that it could not be reached: nobody knows, so nobody is told that it failed. A payer who must go on elsewhere
    (`Payment.next_url`) comes back to the page `return_to`, by default the payment's own. The same key gives the
    first payment. Raises PaymentDeclined, InsufficientFunds (wallet), AlreadyPaid, PaymentInProgress, KeyOfAnother,
    BadAmount, Invalid (method, payment_token).
    """
    if method in Method.values and method != Method.PORTEFEUILLE:
        token = gateway_for(method).clean_token(token)
    payment = _announce(
        actor=actor, reference=reference, amount=amount, method=method, key=key, label=label
    )
    if payment.status == Status.EN_COURS and not payment.provider_ref:
        if payment.method == Method.PORTEFEUILLE:
            payment = _take_from_wallet(payment_id=payment.pk, actor=actor)
        else:
            back = settings.SITE_URL + (return_to or reverse("accounts:payment", args=[payment.pk]))
            try:
                answer = gateway(payment.provider).charge(
                    key=payment.key, amount=payment.amount, token=token, label=label or reference, return_url=back
                )
            except GatewayDown as down:
                logger.warning("payment %s: %s gave no answer: %s", payment.pk, payment.provider, down)
                return payment
            payment = record_answer(payment_id=payment.pk, answer=answer, actor=actor)
    if payment.status == Status.REFUSE:
        for refusal in (InsufficientFunds, AlreadyPaid):
            # Only what we refused ourselves: a bank that says "insufficient_funds" does not speak of the wallet.
            if payment.decline_code == refusal.code and payment.method == Method.PORTEFEUILLE:
                raise refusal
        raise PaymentDeclined(decline_text(payment.decline_code), reason=payment.decline_code)
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
                    provider="wallet" if method == Method.PORTEFEUILLE else gateway_for(method).name,
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
    payment = queries.locked_place(payment_id)
    if payment.status != Status.EN_COURS:
        return payment
    if payment.user is None:
        raise Invalid(errors={"method": [Invalid.message]})
    ref = f"wallet:{payment.pk}"
    if payment.extra:  # another payment of the same thing arrived in between
        payment.move(Status.REFUSE, actor=actor, provider_ref=ref, decline_code=AlreadyPaid.code)
        return payment
    try:
        with transaction.atomic():
            receive(
                payment, total=payment.amount, source=wallet_queries.wallet_of(payment.user), actor=actor,
                provider_ref=ref,
            )
    except InsufficientFunds as error:
        note_fact(
            payment=payment, kind=PaymentFact.Kind.REPONSE, amount=payment.amount, outcome="declined",
            reason=error.code,
        )
        payment.move(Status.REFUSE, actor=actor, provider_ref=ref, decline_code=error.code)
        return payment
    note_fact(payment=payment, kind=PaymentFact.Kind.REPONSE, amount=payment.amount, outcome="ok")
    return payment


@transaction.atomic
def record_answer(
    *, payment_id: int, answer: Answer, actor: Actor, fact: str = PaymentFact.Kind.REPONSE, **data: Any
) -> Payment:
    """Write what the provider said, at once or by webhook, in any order and any number of times.

    One key is one charge: its amount is all that was received on it. What came in is posted whatever it is worth.
    """
    payment = queries.locked_place(payment_id)
    note_fact(
        payment=payment, kind=fact, amount=answer.amount, outcome=answer.outcome, ref=answer.provider_ref,
        reason=answer.reason, **data,
    )
    if answer.outcome == Outcome.OK and not countable(answer):
        not_countable(payment, answer=answer)
    elif answer.outcome == Outcome.OK:
        receive(
            payment, total=answer.amount, source=system_account(SystemAccount.CLEARING), actor=actor,
            provider_ref=answer.provider_ref,
        )
    elif answer.outcome == Outcome.DECLINED and payment.status == Status.EN_COURS:
        payment.move(
            Status.REFUSE, actor=actor, reason=answer.reason, provider_ref=answer.provider_ref,
            decline_code=answer.reason[:60], next_url="", ask_at=None,
        )
    elif payment.status == Status.EN_COURS and answer.outcome == Outcome.PENDING:
        _still_pending(payment, answer)
    return payment


def _still_pending(payment: Payment, answer: Answer) -> None:
    """Where the payer goes on, and when the provider is asked for the first time."""
    keep(
        payment, provider_ref=payment.provider_ref or answer.provider_ref,
        next_url=answer.redirect_url or payment.next_url, ask_at=payment.ask_at or timezone.now() + FIRST_QUESTION,
    )


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
