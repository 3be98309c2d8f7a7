"""Services of incoming webhooks: check, store, then handle as an owed job.

The simulated provider calls `ingest` itself instead of going over HTTP: the HTTP door does nothing else with the
same bytes and headers, and a call to our own address would hang on any server with a single worker thread.
"""

import time
from collections.abc import Mapping

from django.db import IntegrityError, transaction

from accounts.payments import payout_news, queries
from accounts.payments.gateways import gateway
from accounts.payments.gateways.base import Announcement, News, Outcome
from accounts.payments.gateways.simulated import SIGNATURE_HEADER, event_body, sign
from accounts.payments.models import Disagreement, Payment, PaymentFact, SimulatedCharge, WebhookEvent
from accounts.payments.rules import MalformedEvent
from accounts.payments.services.charges import record_answer
from accounts.payments.services.disagreements import open_case
from accounts.payments.services.receiving import announce_unknown, countable, note_fact
from accounts.payments.services.turning import record_turns
from config.lib import jobs
from config.lib.actors import SYSTEM
from config.lib.money import ZERO

EVENT_ID_MAX = 120


def ingest(*, provider: str, headers: Mapping[str, str], body: bytes) -> WebhookEvent:
    """Take in a webhook call: signature checked, stored raw, once for each event id; handled by its own job.

    Raises UnknownProvider (404), BadSignature, MalformedEvent (400).
    """
    said, text = _read(provider, headers=headers, body=body)
    with transaction.atomic():
        try:
            with transaction.atomic():
                event = WebhookEvent.objects.create(
                    provider=provider, event_id=said.event_id, body=text
                )
        except IntegrityError:
            return WebhookEvent.objects.get(provider=provider, event_id=said.event_id)
        jobs.ring(event)
    return event


def _read(provider: str, *, headers: Mapping[str, str], body: bytes) -> tuple[Announcement, str]:
    """What is said, and the body as text. However odd a signed body is, the provider hears 400 and never 500, which
    it would take for a reason to send it again and again."""
    try:
        said, text = gateway(provider).read(headers=headers, body=body), body.decode()
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as odd:
        raise MalformedEvent from odd
    if not 0 < len(said.event_id) <= EVENT_ID_MAX or "\x00" in said.event_id:
        raise MalformedEvent
    return said, text


def handle_webhook(*, event_id: int) -> None:
    """The owed job: find the payment and record what the provider says of it. Repeatable, in any order."""
    event = jobs.claim(WebhookEvent, event_id)
    if event is None:
        return
    try:
        said = gateway(event.provider).parse(body=event.body)
        with transaction.atomic():
            jobs.done(event, outcome=_hear(event, said)[:200])
    except Exception as error:
        # The event is stored and the job owed: a fault of ours must not lose what the provider told us.
        jobs.failed(event, error)


def _hear(event: WebhookEvent, said: Announcement) -> str:
    """Write down what the provider says; what became of it in a few words."""
    if said.news == News.OTHER:
        return "of no consequence"
    if said.news == News.PAYOUT:
        heard = payout_news.hear(event.provider, said)
        if not heard:
            note_fact(
                payment=None, kind=PaymentFact.Kind.DESACCORD, amount=said.answer.amount, problem="unknown_payout",
                event=event.event_id, ref=said.answer.provider_ref,
            )
        return heard or "unknown_payout"
    payment = queries.by_announcement(provider=event.provider, key=said.key, provider_ref=said.answer.provider_ref)
    payment = payment or _unknown(event, said)
    if payment is None:
        return "unknown_payment"
    if said.news in (News.REFUND, News.DISPUTE):
        record_turns(payment_id=payment.pk, said=said, actor=SYSTEM)
        told = ", ".join(f"{turn.direction} {turn.ref}" for turn in said.turns)
        return f"payment {payment.pk} {told or 'refunded'}"
    payment = record_answer(
        payment_id=payment.pk, answer=said.answer, actor=SYSTEM, fact=PaymentFact.Kind.ANNONCE, event=event.event_id
    )
    return f"payment {payment.pk} {payment.status}"


def _unknown(event: WebhookEvent, said: Announcement) -> Payment | None:
    """A row for a charge that we never asked and that moved money; None when none that we can count moved."""
    answer = said.answer
    ref = answer.provider_ref or said.key
    if answer.outcome != Outcome.OK or not countable(answer):
        note_fact(
            payment=None, kind=PaymentFact.Kind.DESACCORD, amount=answer.amount, problem="unknown_payment",
            event=event.event_id, ref=ref, outcome=answer.outcome, currency=answer.currency,
        )
        if answer.outcome == Outcome.OK:
            open_case(
                kind=Disagreement.Kind.PAIEMENT_INCONNU, key=f"odd:{event.provider}:{ref}"[:200], amount=ZERO,
                reference=ref, provider=event.provider, said=str(answer.amount), currency=answer.currency,
                event=event.event_id,
            )
        return None
    return announce_unknown(provider=event.provider, ref=ref, amount=answer.amount)


def call_simulated_webhook(*, charge_id: int) -> None:
    """The simulated provider's owed job: settle a pending charge and tell us, signed."""
    charge = jobs.claim(SimulatedCharge, charge_id)
    if charge is None:
        return
    body = event_body(charge, charge.verdict)
    ingest(provider="simulated", headers={SIGNATURE_HEADER: sign(body, int(time.time()))}, body=body)
    jobs.done(charge, outcome=charge.verdict)
