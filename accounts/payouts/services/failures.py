"""Payouts that did not arrive: what failed, and the two ways out that the reconciliation desk offers."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.payments.models import Disagreement
from accounts.payments.services import open_case
from accounts.payments.services.disagreements import settle_case
from accounts.payouts import queries
from accounts.payouts.models import Payout
from accounts.payouts.services.postings import bounce, give_back
from accounts.payouts.services.withdrawals import open_payout
from config.lib.actors import SYSTEM, Actor
from config.lib.errors import Invalid
from config.lib.money import ZERO

Status = Payout.Status


@transaction.atomic
def fail_payout(*, actor: Actor, payout_id: int, reason: str) -> Payout:
    """A manager notes that the bank or the provider rejected a payout, before or after it was executed.

    Opens a case on the desk. Raises Forbidden, NotFound, Invalid on `reason`, IllegalMove.
    """
    payout = queries.locked(queries.get_for_manager(actor, payout_id).pk)
    if not reason.strip():
        raise Invalid(errors={"reason": [_("Give the reason that the bank names.")]})
    failed(payout, actor=actor, reason=reason)
    return payout


def failed(payout: Payout, *, actor: Actor, reason: str) -> None:
    """ENVOYE: the amount stays held on the wallet. PAYE: it came back and stands on UNAPPLIED. A case either way."""
    had_left = payout.status == Status.PAYE
    came_back = bounce(payout, actor=actor, reason=reason) if had_left and payout.can_move(Status.ECHOUE) else None
    payout.move(Status.ECHOUE, actor=actor, reason=reason, why=reason[:300], bounce=came_back)
    open_case(
        kind=Disagreement.Kind.VERSEMENT_ECHOUE, key=queries.case_key(payout, "bounced" if had_left else "refused"),
        actor=actor, amount=payout.amount if had_left else ZERO, reference=f"payout:{payout.pk}",
        provider=payout.provider or "bank", payout=payout.pk, payout_amount=str(payout.amount), to=payout.masked,
        reason=reason[:300],
    )


def arrived_after_all(payout: Payout) -> None:
    """The provider had said "failed" and says "paid": nothing is left to decide. Payout locked first, then the case."""
    case = queries.locked_open_case(payout, "refused")
    if case is not None:
        settle_case(case, outcome=Disagreement.Outcome.ACCEPTE, actor=SYSTEM, reason="the payout arrived after all")


@transaction.atomic
def return_to_wallet(*, actor: Actor, payout_id: int) -> Payout:
    """Give a failed payout's money back to the wallet; `payout.returned` is the transaction, None when it had never
    left. Raises Forbidden, NotFound, IllegalMove."""
    payout = queries.locked(queries.get_for_manager(actor, payout_id).pk)
    _settle(payout, Status.RENDU, actor=actor)
    return payout


@transaction.atomic
def retry_payout(*, actor: Actor, payout_id: int) -> Payout:
    """Send a failed payout once more, as a payout of its own with its own reference; gives the new one.

    The money passes through the wallet, inside one transaction, so that nobody can spend it in between. Raises
    Forbidden, NotFound, IllegalMove.
    """
    payout = queries.locked(queries.get_for_manager(actor, payout_id).pk)
    _settle(payout, Status.RELANCE, actor=actor)
    return open_payout(
        account=payout.account, to=payout, amount=payout.amount, key=f"retry:{payout.pk}", actor=actor, retry_of=payout
    )


def _settle(payout: Payout, status: str, *, actor: Actor) -> None:
    payout.move(status, actor=actor)  # first: an illegal move posts nothing
    payout.returned = give_back(payout, actor=actor)
    payout.save(update_fields=["returned"])
