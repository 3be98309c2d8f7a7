"""Reads, rights and locks of payouts. Locks: batch, payout, hold, accounts; several payouts by primary key."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone

from accounts.payments.models import Disagreement
from accounts.payouts.models import Destination, Means, MobileTransfer, Payout, PayoutBatch
from accounts.payouts.rules import NEW_FOR, NoBankAccount
from accounts.payouts.sepa import Party
from accounts.users.models import User
from accounts.users.queries import is_staff_of, require_staff_of
from accounts.wallet.models import Account
from accounts.wallet.queries import wallet_of
from config.lib.actors import SYSTEM
from config.lib.errors import NotFound
from config.lib.jobs import JobState
from config.lib.models import money_value
from config.lib.money import ZERO

Status = Payout.Status
ASK_AGAIN_AFTER = timedelta(minutes=2)


# --- Destinations -------------------------------------------------------------------------------------------------
def destinations_of(user: User) -> QuerySet[Destination]:
    """Where a person is paid, the default first."""
    return Destination.objects.filter(account__user=user)


def destination_for(actor: Any, pk: Any) -> Destination:
    """One of the actor's own destinations. NotFound."""
    row = Destination.objects.filter(account__user_id=actor.pk, pk=pk).first()
    if row is None:
        raise NotFound
    return row


def has_waiting(destination: Destination) -> bool:
    """Whether a payout to it has not arrived yet."""
    return Payout.objects.filter(destination=destination, status__in=Payout.WAITING).exists()


def locked_wallet(pk: Any) -> Account:
    """The wallet, locked: its destinations are marked by one click at a time."""
    return Account.objects.select_for_update(of=("self",)).get(pk=pk)


# --- Payouts ------------------------------------------------------------------------------------------------------
def payouts_of(user: User) -> QuerySet[Payout]:
    """A person's payouts, newest first."""
    return Payout.objects.filter(account__user=user).select_related("batch").order_by("-pk")


def get_for(actor: Any, pk: Any) -> Payout:
    """A payout of the actor's wallet; any payout for managers and the system. NotFound."""
    rows = Payout.objects.select_related("account__user", "batch")
    if actor is not SYSTEM and not is_staff_of(actor, "MANAGER"):
        rows = rows.filter(account__user_id=actor.pk)
    row = rows.filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row


def get_for_manager(actor: Any, pk: Any) -> Payout:
    """Any payout, for managers. Forbidden, NotFound."""
    require_staff_of(actor, "MANAGER")
    return get_for(SYSTEM, pk)


def all_for_manager(actor: Any, *, status: str = "") -> QuerySet[Payout]:
    """Every payout, newest first. Forbidden to all but managers."""
    require_staff_of(actor, "MANAGER")
    rows = Payout.objects.select_related("account__user", "account__company", "batch").order_by("-pk")
    return rows.filter(status=status) if status else rows


def locked(pk: Any) -> Payout:
    """The payout, locked until the transaction ends."""
    return Payout.objects.select_for_update().get(pk=pk)


def case_key(payout: Payout, why: str) -> str:
    """The key of the case about a payout that was "refused" or has "bounced"."""
    return f"payout:{payout.pk}:{why}"


def locked_open_case(payout: Payout, why: str) -> Disagreement | None:
    """The open case about a locked payout, locked as well: the payout first, the case after it."""
    cases = Disagreement.objects.select_for_update(of=("self",))
    return cases.filter(key=case_key(payout, why), status=Disagreement.Status.OUVERT).first()


def locked_ready_transfers() -> list[Payout]:
    """Every payout that waits for a file, locked. A second run waits here, then finds none of them ready any more.

    Not those of people whom a manager has shut out: their money stays held until it is refused or they are let in.
    """
    return list(
        Payout.objects.select_for_update(of=("self",))
        .prefetch_related("account__user")
        .filter(status=Status.PRET, means=Means.VIREMENT)
        .exclude(account__user__is_active=False)
        .order_by("pk")
    )


def locked_of_batch(batch: PayoutBatch) -> list[Payout]:
    """The payouts of a file that the bank has not refused, locked."""
    return list(
        Payout.objects.select_for_update()
        .prefetch_related("account", "hold")
        .filter(batch=batch, status=Status.ENVOYE)
        .order_by("pk")
    )


def asked_today(account: Account) -> Decimal:
    """Euros asked out of a wallet in the last 24 hours, without what it has back."""
    return (
        Payout.objects.filter(account=account, created_at__gte=timezone.now() - NEW_FOR)
        .exclude(status__in=Payout.NOTHING_LEFT)
        .aggregate(total=Sum("amount"))["total"]
        or ZERO
    )


def to_review() -> QuerySet[Payout]:
    """What waits for a manager."""
    return Payout.objects.filter(status=Status.A_VALIDER)


def by_announcement(*, provider: str, key: str, provider_ref: str) -> Payout | None:
    """The payout a provider speaks of, by our key or by its reference."""
    rows = Payout.objects.filter(provider=provider, means=Means.MOBILE_MONEY)
    name, _colon, pk = key.partition(":")
    if name == "payout" and pk.isdecimal() and len(pk) < 18:
        found = rows.filter(pk=int(pk)).first()
        if found is not None:
            return found
    return rows.filter(provider_ref=provider_ref).first() if provider_ref else None


def unanswered() -> QuerySet[Payout]:
    """Payouts by mobile money that were sent some time ago and of which the provider has told nothing final."""
    return Payout.objects.filter(
        status=Status.ENVOYE, means=Means.MOBILE_MONEY, updated_at__lt=timezone.now() - ASK_AGAIN_AFTER,
        transfer__state__in=[JobState.FAIT, JobState.ECHEC],
    ).order_by("updated_at")


def locked_transfer(pk: Any) -> MobileTransfer:
    return MobileTransfer.objects.select_for_update().get(pk=pk)


# --- Batches ------------------------------------------------------------------------------------------------------
def batches_for(actor: Any) -> QuerySet[PayoutBatch]:
    """The files, newest first, without their bytes. Forbidden to all but managers."""
    require_staff_of(actor, "MANAGER")
    return PayoutBatch.objects.defer("file").order_by("-pk")


def batch_for(actor: Any, pk: Any) -> PayoutBatch:
    """One file with its bytes, for managers. Forbidden, NotFound."""
    require_staff_of(actor, "MANAGER")
    row = PayoutBatch.objects.filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row


def batch_by_key(key: str) -> PayoutBatch | None:
    return PayoutBatch.objects.filter(key=key).first()


def files_to_give() -> QuerySet[PayoutBatch]:
    """The files that no manager has said to be executed."""
    return PayoutBatch.objects.filter(status=PayoutBatch.Status.PRET)


def locked_batch(pk: Any) -> PayoutBatch:
    return PayoutBatch.objects.select_for_update().get(pk=pk)


def due_automatically() -> QuerySet[Destination]:
    """Destinations that are paid every week and whose wallet has at least PAYOUT_MINIMUM free."""
    minimum = money_value(Decimal(settings.PAYOUT_MINIMUM))
    return (
        Destination.objects.select_related("account__user")
        .filter(automatic=True, account__user__is_active=True, account__balance__gte=F("account__held") + minimum)
        .order_by("pk")
    )


def own_account() -> Party:
    """The account that transfers leave from. Raises NoBankAccount."""
    if not settings.SHOP_IBAN or settings.CURRENCY != "EUR":
        raise NoBankAccount
    return Party(settings.SHOP_NAME, settings.SHOP_IBAN.replace(" ", ""), settings.SHOP_BIC)


@dataclass(frozen=True)
class Earnings:
    """What the page of payouts begins with, in euros."""

    available: Decimal
    on_the_way: Decimal
    paid: Decimal


def earnings_of(user: User) -> Earnings:
    """What may be paid out, what is on its way, and what was paid out until now."""
    sums = Payout.objects.filter(account__user=user).aggregate(
        on_the_way=Sum("amount", filter=Q(status__in=Payout.WAITING)),
        paid=Sum("amount", filter=Q(status=Status.PAYE)),
    )
    return Earnings(wallet_of(user).available, sums["on_the_way"] or ZERO, sums["paid"] or ZERO)


def payouts_section(user: User) -> dict[str, Any]:
    """What the export of personal data says about payouts."""
    return {
        "destinations": [
            {"means": row.means, "number": row.number, "holder": row.holder, "bic": row.bic}
            for row in destinations_of(user)
        ],
        "payouts": [
            {
                "at": row.created_at.isoformat(), "reference": row.reference, "amount": str(row.amount),
                "status": row.status, "number": row.number, "holder": row.holder,
            }
            for row in payouts_of(user)
        ],
    }
