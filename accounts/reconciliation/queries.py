"""Reads, rights and locks of the reconciliation desk."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.text import capfirst

from accounts.payments import queries as payments
from accounts.payments.models import Disagreement, DisagreementChange, Payment, PaymentFact, WebhookEvent
from accounts.payments.subjects import Target
from accounts.payouts import queries as payouts
from accounts.users.queries import require_staff_of
from accounts.wallet.models import Transaction
from config.lib.errors import NotFound

EVENTS_SHOWN = 50


def visible_to(actor: Any) -> QuerySet[Disagreement]:
    """Every disagreement, newest first, for managers; Forbidden to all others."""
    require_staff_of(actor, "MANAGER")
    history = DisagreementChange.objects.select_related("by").order_by("pk")
    cases = Disagreement.objects.select_related("payment__user", "refund", "transaction")
    return cases.prefetch_related(Prefetch("history", history)).order_by("-pk")


def get_for(actor: Any, pk: Any) -> Disagreement:
    """Forbidden, NotFound."""
    case = visible_to(actor).filter(pk=pk).first()
    if case is None:
        raise NotFound
    return case


def locked_payment(case: Disagreement, target: Target | None = None) -> Payment | None:
    """The payment of a case, locked with its rivals and those of the target, by primary key."""
    if case.payment_id is None:
        return None
    return payments.locked_place(case.payment_id, also=target.reference if target else "")


def lock_payout(case: Disagreement) -> None:
    """Lock the payout that a case is about, as news of the provider do before they touch the case."""
    if case.kind == Disagreement.Kind.VERSEMENT_ECHOUE:
        payouts.locked(case.data["payout"])


def locked(pk: int) -> Disagreement:
    """The case, locked last: after its order and its payment."""
    return payments.locked_case(pk)


def pending_payment(text: str) -> Target | None:
    """A payment that waits for its money, by its number."""
    if not (text.isascii() and text.isdecimal() and len(text) < 18):
        return None
    row = Payment.objects.filter(pk=int(text), status=Payment.Status.EN_COURS, received=0, extra=False).first()
    return Target(row.reference, row.amount, row.label, row.user) if row else None


def attachable(case: Disagreement, payment: Payment) -> bool:
    """Whether the case is about a whole payment that pays nothing and of which nothing has gone."""
    untouched = not (payment.elsewhere or payment.diverted or payments.refunded(payment))
    received = payment.status == Payment.Status.REUSSI and case.amount == payment.received
    return untouched and received and not is_applied(payment)


def may_be_made(case: Disagreement) -> bool:
    """Whether a refund at the provider that nobody explained yet may be the failed one: then its money is gone."""
    if case.kind != Disagreement.Kind.REMBOURSEMENT_ECHOUE or case.payment is None:
        return False
    return payments.open_case_of(case.payment, Disagreement.Kind.REMBOURSE_AILLEURS) is not None


def is_applied(payment: Payment) -> bool:
    return Transaction.objects.filter(key=f"payment:{payment.pk}:applied").exists()


@dataclass(frozen=True)
class Step:
    """One line of what happened."""

    at: datetime
    what: str
    amount: Decimal | None
    who: str
    detail: str


def timeline(case: Disagreement) -> list[Step]:
    """What was asked, answered, told and decided about a case, oldest first."""
    steps = [
        Step(change.at, capfirst(str(case.Status(change.to_status).label)), case.amount, str(change.by or ""),
             change.reason)
        for change in case.history.all()
    ]  # fmt: skip
    if case.payment is not None:
        steps += [_of_fact(fact) for fact in case.payment.facts.order_by("pk")]
        steps += [
            Step(change.at, capfirst(str(Payment.Status(change.to_status).label)), None, str(change.by or ""),
                 change.reason)
            for change in case.payment.history.select_related("by").order_by("pk")
        ]  # fmt: skip
    return sorted(steps, key=lambda step: step.at)


def _of_fact(fact: PaymentFact) -> Step:
    said = ("outcome", "news", "ref", "reason", "currency", "problem", "event")
    detail = " · ".join(str(fact.data[name]) for name in said if fact.data.get(name))
    return Step(fact.at, capfirst(str(fact.get_kind_display())), fact.amount, fact.payment.provider if fact.payment else
                "", detail)


def events_of(case: Disagreement) -> list[WebhookEvent]:
    """The provider's own words about a case, as they came in, oldest first."""
    names = {case.data.get("event")}
    if case.payment is not None:
        names |= {fact.data.get("event") for fact in case.payment.facts.all()}
    names.discard(None)
    rows = WebhookEvent.objects.filter(provider=case.provider, event_id__in=names)
    return list(rows.order_by("pk")[:EVENTS_SHOWN])
