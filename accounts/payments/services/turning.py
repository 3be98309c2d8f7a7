"""Money that turns round: refunds that fail after they were made, disputes and their end.

Each turn has one posting, whose key names the refund or dispute, and counts once; a provider tells it as often and in
any order it likes. What was taken back and comes back again settles its open case by itself; where a manager has
decided already, the euros are a case of their own.
"""

from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.payments import queries
from accounts.payments.gateways.base import Announcement, Direction, News, Turn
from accounts.payments.models import Disagreement, Payment, PaymentFact, Refund
from accounts.payments.services.disagreements import change_case, open_case, settle_case
from accounts.payments.services.receiving import countable, keep, not_countable, note_fact, record_refunds
from accounts.wallet import services as wallet
from accounts.wallet.models import SystemAccount, Transaction
from accounts.wallet.queries import system_account
from config.lib import jobs
from config.lib.actors import Actor
from config.lib.jobs import JobState
from config.lib.money import ZERO

Kind, Outcome = Disagreement.Kind, Disagreement.Outcome


@transaction.atomic
def record_turns(*, payment_id: int, said: Announcement, actor: Actor) -> None:
    """Write what a provider says of refunds or of a dispute on a payment. Repeatable, in any order."""
    payment = queries.locked(payment_id)
    if said.news == News.REFUND:
        record_refunds(payment=payment, answer=said.answer, actor=actor, event=said.event_id)
    if said.turns and not countable(said.answer) and said.news == News.DISPUTE:
        not_countable(payment, answer=said.answer, kind=Kind.REMBOURSE_AILLEURS)
        return
    for turn in said.turns:
        _note(payment, turn, event=said.event_id)
        if turn.direction == Direction.WITHDRAWN:
            _withdraw(payment, turn, actor=actor)
        elif turn.direction == Direction.REINSTATED:
            _reinstate(payment, turn, actor=actor)
    hear_failures(payment, actor=actor)


def _note(payment: Payment, turn: Turn, *, event: str) -> None:
    """A turn that was told is remembered: a refund may fail before we know that it was made."""
    if not queries.turns_told(payment, turn.direction).filter(data__ref=turn.ref).exists():
        note_fact(
            payment=payment, kind=PaymentFact.Kind.ANNONCE, amount=turn.amount, news=str(turn.direction), ref=turn.ref,
            key=turn.key, reason=turn.reason, event=event,
        )


def _post_once(payment: Payment, *, key: str, amount: Decimal, actor: Actor) -> bool:
    """`amount` euros reach CLEARING from UNAPPLIED, negative: they leave it; False when it was posted before."""
    if Transaction.objects.filter(key=key).exists():
        return False
    wallet.post(
        kind="provider_refund", key=key, actor=actor, reference=payment.reference, memo=payment.label,
        postings=[(system_account(SystemAccount.CLEARING), amount), queries.unapplied(-amount)],
    )
    return True


# --- Disputes -------------------------------------------------------------------------------------------------
def _case_key(payment: Payment, turn: Turn) -> str:
    return f"{queries.DISPUTE}{payment.pk}:{turn.ref}"


def _withdraw(payment: Payment, turn: Turn, *, actor: Actor) -> None:
    key = f"payment:{payment.pk}:elsewhere:withdrawn:{turn.ref}"
    if _post_once(payment, key=key, amount=turn.amount, actor=actor):
        keep(payment, elsewhere=payment.elsewhere + turn.amount, disputed=payment.disputed + turn.amount)
        open_case(
            kind=Kind.REMBOURSE_AILLEURS, key=_case_key(payment, turn), amount=-turn.amount, payment=payment,
            reason="dispute", dispute=turn.ref, why=turn.reason,
        )


def _reinstate(payment: Payment, turn: Turn, *, actor: Actor) -> None:
    """A reinstated dispute was withdrawn: the gateway always says both."""
    key = f"payment:{payment.pk}:elsewhere:reinstated:{turn.ref}"
    if _post_once(payment, key=key, amount=-turn.amount, actor=actor):
        known = Disagreement.objects.filter(key=_case_key(payment, turn)).first()
        _come_back(
            payment, turn, case=known, kind=Kind.TROP_PERCU, key=f"reinstated:{payment.pk}:{turn.ref}", actor=actor
        )


def _come_back(
    payment: Payment, turn: Turn, *, case: Disagreement | None, kind: str, key: str, actor: Actor
) -> None:
    """Euros that others took back, just posted to UNAPPLIED again: they close the case that waits for them. The rest
    is a new case."""
    keep(payment, elsewhere=payment.elsewhere - turn.amount, undone=payment.undone + turn.amount)
    left = turn.amount
    if case is not None and case.status == Disagreement.Status.OUVERT:
        part = min(left, -case.amount)
        left -= part
        change_case(case, by=part)
        if not case.amount:
            settle_case(case, outcome=Outcome.ACCEPTE, actor=actor, reason="the provider gave it back")
    if left:
        data: dict[str, Any] = {"reason": str(turn.direction), "ref": turn.ref, "why": turn.reason}
        if case is not None and case.outcome == Outcome.ECART:
            data["was_written_off"] = True  # then a write-off of this is the loss that is made good
        open_case(kind=kind, key=key, amount=left, payment=payment, **data)


# --- Refunds that failed --------------------------------------------------------------------------------------
def hear_failures(payment: Payment, *, actor: Actor) -> None:
    """Post each refund of the locked payment that was told to have failed and that stands as made."""
    for fact in queries.turns_told(payment, Direction.FAILED):
        turn = Turn(
            Direction.FAILED, fact.data["ref"], fact.amount or ZERO, fact.data.get("key", ""), fact.data["reason"]
        )
        owed = queries.refund_of_turn(payment, ref=turn.ref, key=turn.key)
        if owed is not None and owed.state == JobState.FAIT:
            _bounce(payment, owed, turn, actor=actor)
        elif owed is None or owed.state == JobState.ECHEC:
            _undo_strange(payment, turn, actor=actor)
        # else it is under way: we hear again when it is done or given up


def _bounce(payment: Payment, owed: Refund, turn: Turn, *, actor: Actor) -> None:
    """A refund of ours came back: the payer has nothing, and the money is with us."""
    if owed.ending or not _post_once(payment, key=f"refund:{owed.pk}:failed", amount=-owed.amount, actor=actor):
        return
    jobs.done(owed, ending=Refund.Ending.REVENU)
    if Transaction.objects.filter(key=_strange_key(payment, turn)).exists():
        # It was taken for a refund of others while we had given it up: now it is ours, and told once.
        keep(payment, undone=payment.undone - turn.amount)
    open_case(
        kind=Kind.REMBOURSEMENT_ECHOUE, key=f"refund:{owed.pk}:failed", amount=owed.amount, payment=payment,
        refund=owed, reason=turn.reason, ref=turn.ref,
    )


def _strange_key(payment: Payment, turn: Turn) -> str:
    return f"payment:{payment.pk}:elsewhere:failed:{turn.ref}"


def _undo_strange(payment: Payment, turn: Turn, *, actor: Actor) -> None:
    """A refund that others made came back, or one that we had given up: it was posted when the total was told."""
    if _post_once(payment, key=_strange_key(payment, turn), amount=-turn.amount, actor=actor):
        case = queries.open_case_of(payment, Kind.REMBOURSE_AILLEURS)
        _come_back(
            payment, turn, case=case, kind=Kind.REMBOURSEMENT_ECHOUE, key=f"failed:{payment.pk}:{turn.ref}",
            actor=actor,
        )
