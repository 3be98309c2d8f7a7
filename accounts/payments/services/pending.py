"""Payments that wait: the provider is asked again and again, more rarely each time, and never for ever.

Webhooks settle nearly all of them within seconds; this is for lost answers, lost webhooks and payers who walk away.
"""

from dataclasses import replace
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.payments import queries
from accounts.payments.gateways import gateway
from accounts.payments.gateways.base import Answer, Gateway, GatewayDown, Outcome
from accounts.payments.models import Method, Payment
from accounts.payments.rules import ProviderAway, StillPending
from accounts.payments.services.charges import record_answer
from accounts.users.models import User
from config.lib.actors import SYSTEM

STUCK_AFTER = timedelta(minutes=2)  # the answer of a charge call takes seconds, or was lost
SOONEST, LATEST = timedelta(seconds=10), timedelta(hours=1)  # between two questions
# After this long we ask the provider to end it. A request on a phone lives for minutes; a hosted page may be left open.
PATIENCE = {Method.MOBILE_MONEY: timedelta(minutes=15), Method.CARTE: timedelta(hours=1)}
# After this long we stop waiting, whatever the provider says. Should it be paid later, it still counts.
LONGEST = timedelta(days=1)
AT_ONCE = 100


def settle_stuck_payments() -> int:
    """Ask the providers about payments that wait; returns how many were asked. Periodic, safe to run twice."""
    now = timezone.now()
    lost = Q(provider_ref="", ask_at=None, created_at__lt=now - STUCK_AFTER)
    due = queries.pending_payments().filter(lost | Q(ask_at__lte=now))
    waiting = list(due.order_by(F("ask_at").asc(nulls_first=True), "pk")[:AT_ONCE])
    for payment in waiting:
        _settle(payment)
    return len(waiting)


def _settle(payment: Payment) -> None:
    """What the provider knows of the payment decides; what it never heard of was not paid."""
    if payment.provider == "wallet":
        _refuse(payment, "never_asked")
        return
    age = timezone.now() - payment.created_at
    adapter = gateway(payment.provider)
    try:
        answer = adapter.find(key=payment.key, ref=payment.provider_ref, since=payment.created_at)
        if answer is None and not payment.provider_ref:
            _refuse(payment, "never_asked")
            return
        waits = answer is not None and answer.outcome == Outcome.PENDING and payment.provider_ref
        if waits and age > PATIENCE[Method(payment.method)]:
            answer = _ended(adapter, payment, "expired")
    except GatewayDown:
        answer = None
    if answer is not None and (answer.outcome != Outcome.PENDING or not payment.provider_ref):
        payment = record_answer(payment_id=payment.pk, answer=answer, actor=SYSTEM)
    if payment.status != Payment.Status.EN_COURS:
        return
    if answer is not None and answer.outcome == Outcome.OK:
        _ask_again(payment, None)  # paid, but not as we asked: people decide, asking again would tell nothing new
    elif age > LONGEST:
        _refuse(payment, "expired")
    else:
        _ask_again(payment, min(max(age, SOONEST), LATEST))


def _ended(adapter: Gateway, payment: Payment, why: str) -> Answer:
    """Have the provider end it; we know better than it why."""
    answer = adapter.cancel(key=payment.key, ref=payment.provider_ref)
    return replace(answer, reason=why) if answer.outcome == Outcome.DECLINED else answer


@transaction.atomic
def _ask_again(payment: Payment, after: timedelta | None) -> None:
    when = None if after is None else timezone.now() + after
    Payment.objects.filter(pk=payment.pk, status=Payment.Status.EN_COURS).update(ask_at=when)


@transaction.atomic
def _refuse(payment: Payment, why: str) -> None:
    row = queries.locked(payment.pk)
    if row.status == Payment.Status.EN_COURS:
        row.move(Payment.Status.REFUSE, actor=SYSTEM, reason=why, decline_code=why, next_url="", ask_at=None)


def abandon_payment(*, actor: User, payment_id: int) -> Payment:
    """The payer gives up a pending payment to pay in another way. Call it outside a transaction.

    The provider ends it first, so that nobody pays twice. A payment that is settled already is returned as it is.
    Raises NotFound, StillPending (the provider cannot end it: a request that waits on a phone), ProviderAway.
    """
    payment = queries.get_for(actor, payment_id)
    if payment.status != Payment.Status.EN_COURS:
        return payment
    if not payment.provider_ref:
        raise StillPending
    try:
        answer = _ended(gateway(payment.provider), payment, "cancelled")
    except GatewayDown:
        raise ProviderAway
    if answer.outcome == Outcome.PENDING:
        raise StillPending
    return record_answer(payment_id=payment.pk, answer=answer, actor=actor)
