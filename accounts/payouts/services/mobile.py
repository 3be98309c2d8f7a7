"""Payouts by mobile money: asked outside transactions, repeatable by key, believed only when the provider says so."""

import logging

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.payments.gateways import gateway
from accounts.payments.gateways.base import Announcement, Answer, GatewayDown, Outcome
from accounts.payments.models import Disagreement
from accounts.payments.services import open_case
from accounts.payouts import queries
from accounts.payouts.models import MobileTransfer, Payout
from accounts.payouts.services.failures import arrived_after_all, failed
from accounts.payouts.services.postings import difference, spend
from accounts.users.models import User
from accounts.users.queries import require_staff_of
from config.lib import jobs
from config.lib.actors import SYSTEM
from config.lib.money import ZERO

logger = logging.getLogger(__name__)
Status = Payout.Status


def key_of(payout: Payout) -> str:
    """The key that the provider knows a payout by. One payout is one transfer: trying again is another payout."""
    return f"payout:{payout.pk}"


def send_mobile_payout(*, transfer_id: int) -> None:
    """The owed job: note that it leaves, ask the provider outside a transaction, note what it said.

    After a silence the provider is first asked whether it knows the key; and the same key never pays twice.
    """
    owed = jobs.claim(MobileTransfer, transfer_id)
    if owed is None:
        return
    payout = _leave(payout_id=owed.payout_id)
    if payout.status == Status.ENVOYE:
        port = gateway(payout.provider)
        try:
            known = port.find_payout(key=key_of(payout)) if owed.tries > 1 else None
            answer = known or port.pay_out(
                key=key_of(payout), to=payout.number, amount=payout.amount, label=f"{settings.SITE_NAME} {payout}"
            )
        except Exception as error:
            # Whatever went wrong, nothing is known of the money: the row says why, and when it is asked again.
            jobs.failed(owed, error)
            return
        record_answer(payout_id=payout.pk, answer=answer)
    jobs.done(owed)


@transaction.atomic
def _leave(*, payout_id: int) -> Payout:
    """From here on its owner cannot cancel it. One that was cancelled or is under way stays as it is."""
    payout = queries.locked(payout_id)
    if payout.status == Status.PRET:
        payout.move(Status.ENVOYE, actor=SYSTEM)
    return payout


@transaction.atomic
def record_answer(*, payout_id: int, answer: Answer) -> Payout:
    """Write what the provider said, at once or by webhook, in any order and any number of times."""
    payout = queries.locked(payout_id)
    if answer.provider_ref and not payout.provider_ref:
        payout.provider_ref = answer.provider_ref[:120]
        payout.save(update_fields=["provider_ref"])
    if answer.outcome == Outcome.OK:
        _paid(payout, answer)
    elif answer.outcome == Outcome.DECLINED and payout.can_move(Status.ECHOUE):
        failed(payout, actor=SYSTEM, reason=answer.reason or "declined")
    return payout


def _paid(payout: Payout, answer: Answer) -> None:
    """The money left. What the provider took beyond our books is a case for the desk, never lost."""
    sent = payout.amount
    if payout.transaction_id is None:  # else it is old news, even when the money came back since
        if payout.can_move(Status.PAYE):
            payout.move(Status.PAYE, actor=SYSTEM, transaction=spend(payout, actor=SYSTEM))
            arrived_after_all(payout)
        else:  # we had given it back: the provider took what our books hold no more
            sent = ZERO
    foreign = answer.currency not in ("", settings.CURRENCY)
    more = ZERO if foreign else answer.amount - sent
    if not more and not foreign:
        return
    logger.error("payout %s: %s told, %s expected (%s)", payout.pk, answer.amount, sent, answer.currency)
    key = f"payout-difference:{payout.pk}:{answer.amount}"
    if more:
        difference(payout=payout, amount=more, key=str(answer.amount))
    open_case(
        kind=Disagreement.Kind.MONTANT_DIFFERENT, key=key, amount=-more, reference=f"payout:{payout.pk}",
        provider=payout.provider, payout=payout.pk, told=str(answer.amount), booked=str(sent),
        currency=answer.currency, status=payout.status,
    )


def hear(*, provider: str, said: Announcement) -> str:
    """What a webhook says of a payout (registered with accounts/payments/payout_news.py)."""
    payout = queries.by_announcement(provider=provider, key=said.key, provider_ref=said.answer.provider_ref)
    if payout is None:
        return ""
    payout = record_answer(payout_id=payout.pk, answer=said.answer)
    return f"payout {payout.pk} {payout.status}"


def ask_again() -> int:
    """Ask the provider about payouts of which it has said nothing final, those asked longest ago first. Periodic."""
    waiting = list(queries.unanswered()[:100])
    for payout in waiting:
        try:
            answer = gateway(payout.provider).find_payout(key=key_of(payout))
        except GatewayDown:
            continue
        if answer is not None:
            record_answer(payout_id=payout.pk, answer=answer)
        _asked(payout)
    return len(waiting)


def _asked(payout: Payout) -> None:
    """Let the others go first next time."""
    Payout.objects.filter(pk=payout.pk, status=Status.ENVOYE).update(updated_at=timezone.now())


@transaction.atomic
def retry_transfer(*, actor: User, transfer_id: int) -> None:
    """Give a transfer that gave up a fresh set of tries, with the same key. Forbidden to all but managers."""
    require_staff_of(actor, "MANAGER")
    jobs.retry(queries.locked_transfer(transfer_id))
