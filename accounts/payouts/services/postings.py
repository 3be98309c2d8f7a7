"""Where the money of a payout goes in the ledger. All inside the caller's transaction, on a locked payout."""

from decimal import Decimal

from accounts.payments.queries import unapplied
from accounts.payouts.models import Means, Payout
from accounts.wallet import services as wallet
from accounts.wallet.models import SystemAccount, Transaction
from accounts.wallet.queries import system_account
from config.lib.actors import SYSTEM, Actor

# What a statement calls the movements; their titles are in accounts/wallet/models.py.
WITHDRAWAL, CAME_BACK, GIVEN_BACK, DIFFERENCE = (
    "withdrawal", "withdrawal_bounced", "withdrawal_returned", "withdrawal_difference"
)  # fmt: skip


def way_out(means: str) -> SystemAccount:
    """The account of ours that the money leaves through."""
    return SystemAccount.BANK if means == Means.VIREMENT else SystemAccount.CLEARING


def spend(payout: Payout, *, actor: Actor) -> Transaction:
    """The money has left: held on the wallet → BANK or CLEARING."""
    if payout.hold is None:
        raise ValueError(f"{payout} holds nothing")
    return wallet.capture(
        hold=payout.hold, splits=[(system_account(way_out(payout.means)), payout.amount)], kind=WITHDRAWAL,
        key=f"payout:{payout.pk}", actor=actor, reference=f"payout:{payout.pk}", memo=payout.masked,
    )


def bounce(payout: Payout, *, actor: Actor, reason: str) -> Transaction:
    """The money came back: BANK or CLEARING → UNAPPLIED, where it stands until a manager decides."""
    return wallet.post(
        kind=CAME_BACK, key=f"payout-bounce:{payout.pk}", actor=actor, reference=f"payout:{payout.pk}", memo=reason,
        postings=[(system_account(way_out(payout.means)), -payout.amount), unapplied(payout.amount)],
    )


def give_back(payout: Payout, *, actor: Actor) -> Transaction | None:
    """Put a failed payout's money back on the wallet: out of UNAPPLIED when it had left, else its hold ends."""
    if payout.transaction_id is None:
        if payout.hold is not None:
            wallet.release(hold=payout.hold, actor=actor)
        return None
    return wallet.post(
        kind=GIVEN_BACK, key=f"payout-return:{payout.pk}", actor=actor, reference=f"payout:{payout.pk}",
        memo=payout.why, postings=[unapplied(-payout.amount), (payout.account, payout.amount)],
    )


def difference(*, payout: Payout, amount: Decimal, key: str) -> Transaction:
    """The provider sent `amount` euros more (or less, negative) than our books say: CLEARING against UNAPPLIED."""
    return wallet.post(
        kind=DIFFERENCE, key=f"payout-difference:{payout.pk}:{key}", actor=SYSTEM, reference=f"payout:{payout.pk}",
        postings=[(system_account(way_out(payout.means)), amount), unapplied(-amount)],
    )
