"""Services of incoming webhooks: check, store, then handle as an owed job.

The simulated provider calls `ingest` itself instead of going over HTTP: the HTTP door does nothing else with the
same bytes and headers, and a call to our own address would hang on any server with a single worker thread.
"""

import time
from collections.abc import Mapping
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.payments import queries
from accounts.payments.gateways import gateway
from accounts.payments.gateways.base import GatewayDown, Outcome
from accounts.payments.gateways.simulated import SIGNATURE_HEADER, event_body, sign
from accounts.payments.models import Payment, PaymentFact, SimulatedCharge, WebhookEvent
from accounts.payments.services.charges import note_fact, record_answer
from config.lib import jobs
from config.lib.actors import SYSTEM

STUCK_AFTER = timedelta(minutes=2)


def ingest(*, provider: str, headers: Mapping[str, str], body: bytes) -> WebhookEvent:
    """Take in a webhook call: signature checked, stored raw, once for each event id; handled by its own job.

    Raises UnknownProvider (404), BadSignature (400).
    """
    said = gateway(provider).read(headers=headers, body=body)
    with transaction.atomic():
        try:
            with transaction.atomic():
                event = WebhookEvent.objects.create(
                    provider=provider, event_id=said.event_id, body=body.decode()
                )
        except IntegrityError:
            return WebhookEvent.objects.get(provider=provider, event_id=said.event_id)
        jobs.ring(event)
    return event


def handle_webhook(*, event_id: int) -> None:
    """The owed job: find the payment and record what the provider says of it. Repeatable, in any order."""
    event = jobs.claim(WebhookEvent, event_id)
    if event is None:
        return
    try:
        said = gateway(event.provider).parse(body=event.body)
        with transaction.atomic():
            payment = queries.by_announcement(
                provider=event.provider, key=said.key, provider_ref=said.answer.provider_ref
            )
            if payment is None:
                note_fact(payment=None, kind=PaymentFact.Kind.DESACCORD, amount=said.answer.amount,
                    problem="unknown_payment", event=event.event_id, ref=said.answer.provider_ref,
                )
                jobs.done(event, outcome="unknown_payment")
                return
            payment = record_answer(
                payment_id=payment.pk, answer=said.answer, actor=SYSTEM, fact=PaymentFact.Kind.ANNONCE,
                event=event.event_id,
            )
            jobs.done(event, outcome=f"payment {payment.pk} {payment.status}")
    except Exception as error:
        # The event is stored and the job owed: a fault of ours must not lose what the provider told us.
        jobs.failed(event, error)


def call_simulated_webhook(*, charge_id: int) -> None:
    """The simulated provider's owed job: settle a pending charge and tell us, signed."""
    charge = jobs.claim(SimulatedCharge, charge_id)
    if charge is None:
        return
    body = event_body(charge)
    ingest(provider="simulated", headers={SIGNATURE_HEADER: sign(body, int(time.time()))}, body=body)
    jobs.done(charge, outcome=Outcome.OK)


def settle_stuck_payments() -> int:
    """Ask the provider about payments whose answer was lost (a crash between two transactions). Periodic."""
    stuck = Payment.objects.filter(
        status=Payment.Status.EN_COURS, provider_ref="", created_at__lt=timezone.now() - STUCK_AFTER
    )
    for payment in stuck.order_by("pk")[:100]:
        _settle(payment)
    return len(stuck)


def _settle(payment: Payment) -> None:
    """What the provider knows of the payment decides; what it never heard of was not paid."""
    try:
        answer = None if payment.provider == "wallet" else gateway(payment.provider).find(key=payment.key)
    except GatewayDown:
        return
    if answer is not None:
        record_answer(payment_id=payment.pk, answer=answer, actor=SYSTEM)
        return
    with transaction.atomic():
        row = queries.locked(payment.pk)
        if row.status == Payment.Status.EN_COURS and not row.provider_ref:
            row.move(Payment.Status.REFUSE, actor=SYSTEM, reason="never asked", decline_code="never_asked")
