"""What each outcome does. All run inside `resolve`: order, payment and case are locked, the case is open.

A posting of a decision has the key `case:<id>`, the manager as its actor and his reason as its memo.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.payments import queries as payments
from accounts.payments import subjects
from accounts.payments.models import Disagreement, Payment, PaymentFact, Refund
from accounts.payments.rules import AlreadyPaid, CannotAbsorb, RefundTooLarge
from accounts.payments.services.disagreements import change_case, settle_case
from accounts.payments.services.receiving import keep, note_fact, succeed
from accounts.payments.services.refunds import CASE, close_when_all_back, end_refund, owe_refund, retry_refund
from accounts.payments.subjects import Target
from accounts.payouts.services import retry_payout, return_to_wallet
from accounts.reconciliation import queries, rules
from accounts.users import queries as users
from accounts.users.models import User
from accounts.wallet import services as wallet
from accounts.wallet.models import SystemAccount, Transaction
from accounts.wallet.queries import system_account, wallet_of
from config.lib import jobs
from config.lib.errors import Invalid
from config.lib.jobs import JobState
from config.lib.money import ZERO

Kind, Outcome = Disagreement.Kind, Disagreement.Outcome
Status = Payment.Status


@dataclass
class Decision:
    case: Disagreement
    payment: Payment | None
    actor: User
    reason: str
    to: str = ""
    target: Target | None = None

    @property
    def paid(self) -> Payment:
        """The payment of an outcome that rules.fits allows only with one."""
        if self.payment is None:
            raise rules.OutcomeDoesNotFit
        return self.payment

    def post(self, postings: wallet.Postings) -> Transaction:
        return wallet.post(
            kind="case", key=f"{CASE}{self.case.pk}", actor=self.actor, reference=self.case.reference,
            memo=self.reason or str(self.case.get_kind_display()), postings=postings,
        )

    def settle(self, outcome: str, written: Transaction | None = None) -> None:
        settle_case(self.case, outcome=outcome, actor=self.actor, reason=self.reason, written=written)

    def take_over(self) -> None:
        """A refund that was given up is settled by this decision instead: it is never sent."""
        if self.gave_up:
            end_refund(self.paid, refund_id=self.gave_up.pk)

    @property
    def gave_up(self) -> Refund | None:
        """The refund that was given up and that the case is about. One that came back after it was made is over."""
        owed = self.case.refund
        return owed if owed is not None and not owed.ending else None

    def close_refund(self) -> None:
        """A failed refund that is settled here leaves the payment as one that was made."""
        if self.case.kind == Kind.REMBOURSEMENT_ECHOUE:
            close_when_all_back(self.paid, actor=self.actor, reason=self.reason)

    def free_place(self) -> None:
        """A payment that came in wrong and is not accepted is over: its order may be paid in another way."""
        if self.paid.status == Status.EN_COURS:
            self.paid.move(
                Status.REFUSE, actor=self.actor, reason=self.reason, decline_code="amount_differs", next_url="",
                ask_at=None,
            )


def refund(decision: Decision) -> None:
    """REMBOURSE: back the way it came. The provider is asked by the owed job, which posts what it did."""
    decision.settle(Outcome.REMBOURSE)
    owe_refund(
        decision.paid, amount=decision.case.amount, key=f"{CASE}{decision.case.pk}", actor=decision.actor,
        reason=decision.reason or str(decision.case.get_kind_display()),
    )
    decision.free_place()


def credit(decision: Decision) -> None:
    """CREDITE: into the payer's wallet, or that of the person who was named."""
    paid, amount = decision.paid, decision.case.amount
    owner = users.active_by_name(decision.to) if decision.to else paid.user
    if owner is None or not owner.is_active:
        raise Invalid(errors={"to": [_("Say whose wallet: nobody active is known by this.")]})
    if queries.may_be_made(decision.case):
        raise rules.MadeThere
    decision.take_over()
    left = payments.left_to_refund(paid)
    if amount > left:  # the provider gave it back already: that case comes first
        raise RefundTooLarge(left=str(left))
    written = decision.post([payments.unapplied(-amount), (wallet_of(owner), amount)])
    keep(paid, diverted=paid.diverted + amount)
    decision.settle(Outcome.CREDITE, written)
    decision.free_place()
    decision.close_refund()


def write_off(decision: Decision) -> None:
    """ECART: to the credit or debit of DIFFERENCES. Where no euro moved, nothing is posted."""
    amount, written = decision.case.amount, None
    decision.take_over()
    if amount:
        written = decision.post([payments.unapplied(-amount), (system_account(SystemAccount.DIFFERENCES), amount)])
    decision.settle(Outcome.ECART, written)
    if decision.payment is None:
        return
    if amount > ZERO and not decision.case.data.get("was_written_off"):
        keep(decision.payment, diverted=decision.payment.diverted + amount)
    if decision.case.kind == Kind.REMBOURSE_AILLEURS:
        close_when_all_back(decision.payment, actor=decision.actor, reason=decision.reason)
    else:
        decision.free_place()
        decision.close_refund()


# --- Attached -------------------------------------------------------------------------------------------------
def attach(decision: Decision) -> None:
    """RATTACHE: the payment becomes that of the order or of the pending payment that was named, and pays it in the
    usual way; what is over goes into the wallet of its owner."""
    paid, target, amount = decision.paid, decision.target, decision.case.amount
    if target is None or not queries.attachable(decision.case, paid):
        raise rules.OutcomeDoesNotFit
    subject = subjects.of(target.reference)
    if subject is None:
        raise rules.OutcomeDoesNotFit
    if target.amount > amount:
        raise rules.AmountDoesNotMatch(asked=target.amount)
    _take_place(paid, target)
    written = None
    if amount > target.amount:
        over, owner = amount - target.amount, paid.user or target.user
        if owner is None:
            raise rules.NobodyForTheRest(over=over)
        written = decision.post([payments.unapplied(-over), (wallet_of(owner), over)])
        keep(paid, diverted=over)
    subject.settle(payment_id=paid.pk, actor=decision.actor)
    applied = Transaction.objects.filter(key=f"payment:{paid.pk}:applied").first()
    if applied is None:
        raise rules.TakesItNoMore
    decision.settle(Outcome.RATTACHE, written or applied)


def _take_place(paid: Payment, target: Target) -> None:
    rival = payments.live_payment(target.reference, but=paid)
    if rival is not None:
        if rival.received:
            raise AlreadyPaid
        keep(rival, extra=True)
    keep(
        paid, reference=target.reference, amount=target.amount, label=target.label, extra=False,
        user=paid.user or target.user,
    )


# --- Accepted -------------------------------------------------------------------------------------------------
def accept(decision: Decision) -> None:
    """ACCEPTE: our books follow what the provider did."""
    if decision.case.kind == Kind.REMBOURSE_AILLEURS:
        _accept_refund(decision)
    else:
        _accept_amount(decision)


def _accept_amount(decision: Decision) -> None:
    """Take what came: what is missing comes from DIFFERENCES, and the payment pays its order."""
    paid = decision.paid
    rival = payments.live_payment(paid.reference, but=paid)
    if rival is not None and rival.received:
        raise AlreadyPaid
    short = paid.amount - decision.case.amount
    written = decision.post([(system_account(SystemAccount.DIFFERENCES), -short), payments.unapplied(short)])
    decision.settle(Outcome.ACCEPTE, written)
    succeed(paid, actor=decision.actor)
    subject = subjects.of(paid.reference)
    if subject is not None:
        subject.settle(payment_id=paid.pk, actor=decision.actor)
        if not queries.is_applied(paid):
            raise rules.TakesItNoMore


def _accept_refund(decision: Decision) -> None:
    """The money is gone. It explains, in this order: money of the same payment that waits on the desk, refunds of
    ours that the provider refused because it had made them already, and what the payment paid, which is reversed."""
    paid, left = decision.paid, -decision.case.amount
    left -= _net(decision, left)
    written = None
    for owed in Refund.objects.filter(payment=paid, state=JobState.ECHEC).order_by("pk"):
        if owed.amount <= left:
            left -= owed.amount
            keep(paid, elsewhere=paid.elsewhere - owed.amount)
            written = _made_there(decision, owed)
            given_up = payments.given_up_case(owed)
            if given_up is not None:
                settle_case(given_up, outcome=Outcome.ACCEPTE, actor=decision.actor, reason=decision.reason)
    if left:
        subject = subjects.of(paid.reference)
        if subject is None:
            raise CannotAbsorb
        keep(paid, elsewhere=paid.elsewhere - left)  # it becomes a refund of ours
        owed = subject.absorb(payment=paid, amount=left, actor=decision.actor, reason=decision.reason)
        written = _made_there(decision, owed)
    decision.settle(Outcome.ACCEPTE, written)
    close_when_all_back(paid, actor=decision.actor, reason=decision.reason)


def _made_there(decision: Decision, owed: Refund) -> Transaction:
    """A refund of ours that one made at the provider stands for is done. Its postings cancel each other out: the money
    left CLEARING when we heard of it."""
    written = wallet.post(
        kind="refund", key=f"refund:{owed.pk}", actor=decision.actor, reference=decision.paid.reference,
        memo=owed.reason, postings=[payments.unapplied(-owed.amount), payments.unapplied(owed.amount)],
    )
    jobs.done(owed, provider_ref=decision.case.key[:120])
    note_fact(
        payment=decision.paid, kind=PaymentFact.Kind.REMBOURSE, amount=owed.amount, refund=owed.pk,
        reason="made at the provider",
    )
    return written


def _net(decision: Decision, left: Decimal) -> Decimal:
    """Close, or lower, the open cases about money of the same payment that went back; how many euros they take."""
    taken = ZERO
    for case in payments.waiting_cases(decision.paid):
        part = min(case.amount, left - taken)
        if part <= ZERO:
            break
        taken += part
        change_case(case, by=-part)
        if not case.amount:
            settle_case(case, outcome=Outcome.ACCEPTE, actor=decision.actor, reason=decision.reason)
            if case.kind == Kind.MONTANT_DIFFERENT:
                decision.free_place()
    return taken


# --- Refunds and payouts that failed --------------------------------------------------------------------------
def send_again(decision: Decision) -> None:
    """RELANCE: a new payout to the same place, in the next batch. A refund that was given up is asked again with its
    own key, for the provider may have made it after all; one that came back is over, a new one takes its place."""
    if decision.case.kind == Kind.REMBOURSEMENT_ECHOUE:
        _refund_again(decision)
        return
    again = retry_payout(actor=decision.actor, payout_id=decision.case.data["payout"])
    failed = again.retry_of
    decision.settle(Outcome.RELANCE, failed.returned if failed else None)


def _refund_again(decision: Decision) -> None:
    if queries.may_be_made(decision.case):
        raise rules.MadeThere
    owed = decision.gave_up
    decision.settle(Outcome.RELANCE)
    if owed is not None:
        retry_refund(actor=decision.actor, refund_id=owed.pk)
        return
    reason = decision.reason or (decision.case.refund.reason if decision.case.refund else "")
    owe_refund(
        decision.paid, amount=decision.case.amount, key=f"{CASE}{decision.case.pk}", actor=decision.actor,
        reason=reason or str(decision.case.get_kind_display()),
    )


def give_back(decision: Decision) -> None:
    """RENDU: the amount is in the wallet again, free to use."""
    payout = return_to_wallet(actor=decision.actor, payout_id=decision.case.data["payout"])
    decision.settle(Outcome.RENDU, payout.returned)


OUTCOMES: dict[str, Callable[[Decision], None]] = {
    Outcome.REMBOURSE: refund,
    Outcome.CREDITE: credit,
    Outcome.RATTACHE: attach,
    Outcome.ACCEPTE: accept,
    Outcome.ECART: write_off,
    Outcome.RELANCE: send_again,
    Outcome.RENDU: give_back,
}
