"""A manager decides what becomes of a disagreement: one click, one transaction, posted in his name."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.payments import subjects
from accounts.payments.models import Disagreement
from accounts.payments.subjects import Target
from accounts.reconciliation import queries, rules
from accounts.reconciliation.services.outcomes import OUTCOMES, Decision
from accounts.users.models import User
from config.lib.errors import IllegalMove, Invalid

Outcome, Status = Disagreement.Outcome, Disagreement.Status


@transaction.atomic
def resolve(
    *, actor: User, case_id: int, outcome: str, reason: str = "", to: str = "", target: str = ""
) -> Disagreement:
    """Settle a disagreement. `to` (e-mail, phone or id): whose wallet is credited, by default the payer's; `target`:
    the number of the unpaid order or pending payment that the money is attached to.

    The order is locked before the payment, and payment or payout before the case, as everywhere; a second click finds
    the case settled and posts nothing. Raises Forbidden, NotFound, IllegalMove (409, settled already), Invalid (422 on
    `outcome`, `to`, `target`) and what the ledger refuses: RefundTooLarge, InsufficientFunds, AlreadyPaid,
    CannotAbsorb.
    """
    case = queries.get_for(actor, case_id)
    _check(case, outcome)
    wanted = _target(target) if outcome == Outcome.RATTACHE else None
    for reference in sorted({case.reference, wanted.reference if wanted else case.reference}):
        subject = subjects.of(reference)
        if subject is not None:
            subject.lock(reference)
    payment = queries.locked_payment(case, wanted)
    queries.lock_payout(case)
    case = queries.locked(case.pk)
    _check(case, outcome)
    OUTCOMES[outcome](
        Decision(case=case, payment=payment, actor=actor, reason=reason.strip(), to=to.strip(), target=wanted)
    )
    return queries.get_for(actor, case_id)


def _check(case: Disagreement, outcome: str) -> None:
    if case.status != Status.OUVERT:
        raise IllegalMove(from_status=case.status, to_status=Status.RESOLU)
    if outcome not in OUTCOMES or not rules.fits(
        kind=case.kind, outcome=outcome, amount=case.amount, has_payment=case.payment_id is not None
    ):
        raise rules.OutcomeDoesNotFit


def _target(text: str) -> Target:
    found = subjects.find(text.strip()) or queries.pending_payment(text.strip())
    if found is None:
        raise Invalid(errors={"target": [_("No unpaid order and no pending payment has this number.")]})
    return found
