"""The run: weekly payouts are opened, and every transfer that is ready goes into one file for the bank."""

import logging
from hashlib import sha256
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from accounts.payouts import queries, rules, sepa
from accounts.payouts.models import Payout, PayoutBatch
from accounts.payouts.services.postings import spend
from accounts.payouts.services.withdrawals import open_payout
from accounts.users.queries import require_staff_of
from accounts.wallet.queries import lock_accounts
from accounts.wallet.rules import MAX_AMOUNT, InsufficientFunds
from config.lib.actors import SYSTEM, Actor, actor_user
from config.lib.money import ZERO

logger = logging.getLogger(__name__)
Status = Payout.Status


def run_payouts(*, actor: Actor, key: str = "") -> PayoutBatch | None:
    """Open the payouts of weekly destinations, then put every ready transfer into one file; None when there is none.

    The same `key` gives the first file; another key the transfers that became ready since. Whatever stops it
    half-way, running it again pays nobody twice. Raises Forbidden, NoBankAccount.
    """
    require_staff_of(actor, "MANAGER")
    key = f"run:{key or uuid4().hex}"[:200]
    known = queries.batch_by_key(key)
    if known is not None:
        return known
    _open_weekly(key=key)
    return _write_batch(actor=actor, key=key)


def run_weekly() -> PayoutBatch | None:
    """The clock's run: rung twice in a week it gives the same file."""
    year, week, _day = timezone.localdate().isocalendar()
    return run_payouts(actor=SYSTEM, key=f"weekly:{year}-{week:02d}")


def _open_weekly(*, key: str) -> None:
    """A payout of everything available for each weekly destination, each in its own transaction."""
    for destination in queries.due_automatically():
        account = destination.account
        try:
            with transaction.atomic():
                open_payout(
                    account=account, to=destination, amount=min(account.available, MAX_AMOUNT), actor=SYSTEM,
                    key=f"weekly:{account.pk}:{key}", automatic=True,
                )
        except InsufficientFunds:
            logger.info("wallet %s was spent meanwhile: nothing to pay out", account.pk)


@transaction.atomic
def _write_batch(*, actor: Actor, key: str) -> PayoutBatch | None:
    payouts = queries.locked_ready_transfers()
    known = queries.batch_by_key(key)
    if known is not None or not payouts:  # a run with the same key was faster, or another one took them all
        return known
    debtor, now = queries.own_account(), timezone.localtime()
    total = sum((payout.amount for payout in payouts), ZERO)
    batch = PayoutBatch.objects.create(
        key=key, execution_date=rules.next_bank_day(now.date()), count=len(payouts), control_sum=total,
        by=actor_user(actor), created_at=now,
    )
    batch.file = sepa.build(
        message_id=batch.reference, created_at=now, execution_date=batch.execution_date, debtor=debtor,
        transfers=[
            sepa.Transfer(
                payout.reference, payout.amount, sepa.Party(payout.holder, payout.number, payout.bic),
                f"{debtor.name} {payout.reference}",
            )
            for payout in payouts
        ],
    )
    batch.sha256 = sha256(batch.file).hexdigest()
    batch.save(update_fields=["file", "sha256"])
    batch.record(actor=actor)
    for payout in payouts:
        payout.move(Status.ENVOYE, actor=actor, batch=batch)
    return batch


@transaction.atomic
def execute_batch(*, actor: Actor, batch_id: int) -> PayoutBatch:
    """A manager saw the debit on the bank's statement: every payout of the file that the bank has not refused is
    paid. Raises Forbidden, NotFound, IllegalMove."""
    batch = queries.locked_batch(queries.batch_for(actor, batch_id).pk)
    batch.move(PayoutBatch.Status.EXECUTE, actor=actor)
    payouts = queries.locked_of_batch(batch)
    lock_accounts(payout.account_id for payout in payouts)
    for payout in payouts:
        payout.move(Status.PAYE, actor=actor, transaction=spend(payout, actor=actor))
    return batch
