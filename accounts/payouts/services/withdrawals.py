"""From the wish of a person to the moment a payout may leave. The amount is held on the wallet all the while."""

from decimal import Decimal
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.payments.gateways import gateway_for
from accounts.payouts import queries
from accounts.payouts.models import Destination, Means, MobileTransfer, Payout
from accounts.payouts.rules import UnknownDestination, looks_like_iban, needs_review
from accounts.payouts.services.destinations import add_destination
from accounts.wallet import services as wallet
from accounts.wallet.models import Account
from accounts.wallet.queries import wallet_of
from accounts.wallet.rules import checked_amount
from config.lib import jobs
from config.lib.actors import Actor, actor_user
from config.lib.errors import Forbidden, Invalid

Status = Payout.Status


@transaction.atomic
def withdraw(*, actor: Actor, to: str, amount: Decimal, key: str, holder: str = "", bic: str = "") -> Payout:
    """Have `amount` euros of the actor's wallet paid out. `to` is the id of a destination, an IBAN or a mobile number
    (which becomes a destination). The amount is held at once; the same `key` gives the first payout.

    Raises BadAmount on `amount`; Invalid on `to`, `holder`, `bic`; InsufficientFunds, DailyLimitReached.
    """
    owner = actor_user(actor)
    if owner is None:
        raise Forbidden
    checked_amount(amount)
    name = f"withdraw:{owner.pk}:{sha256(key.encode()).hexdigest()}"
    known = Payout.objects.filter(key=name).first()
    if known is not None:
        return known
    destination = _destination(actor=actor, to=to.strip(), holder=holder, bic=bic)
    return open_payout(account=wallet_of(owner), to=destination, amount=amount, key=name, actor=actor)


def _destination(*, actor: Actor, to: str, holder: str, bic: str) -> Destination:
    """The destination that `to` means. Ids never begin with a zero, national telephone numbers always do."""
    if to.isdecimal() and to.isascii() and not to.startswith("0") and len(to) < 10:
        row = queries.destinations_of(actor_user(actor)).filter(pk=int(to)).first()
        if row is None:
            raise UnknownDestination
        return row
    if not looks_like_iban(to) and not to.startswith(("+", "0")):
        raise UnknownDestination
    return add_destination(actor=actor, to=to, holder=holder, bic=bic)


def open_payout(
    *, account: Account, to: Destination | Payout, amount: Decimal, key: str, actor: Actor, automatic: bool = False,
    retry_of: Payout | None = None,
) -> Payout:
    """The payout of `key`, its amount held; inside the caller's transaction. Raises InsufficientFunds.

    `to` is a destination, or a failed payout that a manager sends again (which needs no second look).
    """
    try:
        with transaction.atomic():
            payout = Payout.objects.create(
                account=account, destination=to if isinstance(to, Destination) else to.destination, means=to.means,
                number=to.number, holder=to.holder, bic=to.bic, amount=amount, key=key, automatic=automatic,
                retry_of=retry_of,
                provider="" if to.means == Means.VIREMENT else gateway_for(Means.MOBILE_MONEY).name,
            )
    except IntegrityError:  # the same key at the same moment
        return Payout.objects.get(key=key)
    held = wallet.hold(account=account, amount=amount, reference=f"payout:{payout.pk}", actor=actor)
    if _counts(payout):
        wallet.count_outflow(account=account, amount=amount)
    # The hold has locked the wallet's row: nobody else adds to the day's sum until this transaction ends.
    review = isinstance(to, Destination) and needs_review(
        total_of_a_day=queries.asked_today(account), destination_age=timezone.now() - to.created_at
    )
    payout.hold, payout.status = held, Status.A_VALIDER if review else Status.PRET
    payout.save(update_fields=["hold", "status"])
    payout.record(actor=actor)
    _owe_transfer(payout)
    return payout


def _owe_transfer(payout: Payout) -> None:
    """Mobile money leaves by its own job as soon as it may; a bank transfer waits for the next file."""
    if payout.means == Means.MOBILE_MONEY and payout.status == Status.PRET:
        jobs.ring(MobileTransfer.objects.create(payout=payout))


@transaction.atomic
def accept(*, actor: Actor, payout_id: int) -> Payout:
    """A manager lets a payout leave. Raises Forbidden, NotFound, IllegalMove."""
    payout = queries.locked(queries.get_for_manager(actor, payout_id).pk)
    payout.move(Status.PRET, actor=actor)
    _owe_transfer(payout)
    return payout


@transaction.atomic
def refuse(*, actor: Actor, payout_id: int, reason: str) -> Payout:
    """A manager keeps a payout from leaving; the amount is free again and the person reads why.

    Raises Forbidden, NotFound, Invalid on `reason`, IllegalMove.
    """
    payout = queries.locked(queries.get_for_manager(actor, payout_id).pk)
    if not reason.strip():
        raise Invalid(errors={"reason": [_("Say why: the person reads it.")]})
    payout.move(Status.REFUSE, actor=actor, reason=reason, why=reason[:300])
    _free(payout, actor=actor)
    return payout


@transaction.atomic
def cancel(*, actor: Actor, payout_id: int) -> Payout:
    """The owner changes his mind before the money is sent; it is free again. Raises NotFound, Forbidden, IllegalMove.

    A manager refuses instead, and says why.
    """
    known = queries.get_for(actor, payout_id)
    if known.account.user != actor_user(actor):
        raise Forbidden
    payout = queries.locked(known.pk)
    payout.move(Status.ANNULE, actor=actor)
    _free(payout, actor=actor)
    return payout


def _counts(payout: Payout) -> bool:
    """Whether it was the person's own wish, and so counts against the day's limit (WALLET_DAILY_LIMIT)."""
    return not payout.automatic and payout.retry_of_id is None


def _free(payout: Payout, *, actor: Actor) -> None:
    if payout.hold is not None:
        wallet.release(hold=payout.hold, actor=actor)
    if _counts(payout):
        asked_on = timezone.localdate(payout.created_at)
        wallet.uncount_outflow(account=payout.account, amount=payout.amount, on=asked_on)
