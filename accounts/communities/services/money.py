"""Money into a pot: once, and every month."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.communities import queries
from accounts.communities.events import monthly_paid
from accounts.communities.models import Community, MonthlyContribution
from accounts.communities.queries import Right
from accounts.communities.rules import FUNDS, MAX_FAILURES, checked_day, next_due
from accounts.users.models import User
from accounts.wallet import services as wallet
from accounts.wallet.models import Transaction
from accounts.wallet.queries import wallet_of
from accounts.wallet.rules import InsufficientFunds, checked_amount
from config.lib.actors import SYSTEM, Actor, actor_user
from config.lib.errors import NotFound
from config.lib.events import emit

Monthly = MonthlyContribution


@dataclass(frozen=True)
class Contribution:
    transaction: Transaction
    monthly: MonthlyContribution | None


def _give(*, community: Community, user: User, amount: Decimal, key: str, actor: Actor) -> Transaction:
    return wallet.post(
        kind="contribution", key=key, actor=actor, reference=f"community:{community.pk}",
        postings=[(wallet_of(user), -amount), (community.account, amount)],
    )


@transaction.atomic
def contribute(
    *, actor: Actor, community_id: int, amount: Decimal, key: str, monthly: bool = False, day: int | None = None
) -> Contribution:
    """Give `amount` euros to the pot now and, with `monthly`, again every month on `day` (1 to 28; today's by
    default). What is given is not given back. The same `key` again gives once.

    Members, and in the platform's fund anybody. A second monthly contribution replaces the first. Raises NotFound,
    Forbidden, NotActive, BadAmount, Invalid on `day`, InsufficientFunds, DailyLimitReached (what the clock gives later
    was agreed to now and does not count).
    """
    queries.get_for(actor, community_id, Right.GIVE)
    checked_amount(amount)
    today = timezone.localdate()
    day = checked_day(min(today.day, 28) if day is None else day)
    community, user = queries.locked_active(community_id), actor_user(actor)
    name = f"contribution:{community.pk}:{user.pk}:{key}"
    again = Transaction.objects.filter(key=name).exists()  # under the community's lock: nobody writes it meanwhile
    row = _give(community=community, user=user, amount=amount, actor=actor, key=name)
    if not again:  # else a pot of one's own would lead a thief around the limit
        wallet.count_outflow(account=wallet_of(user), amount=amount)
    return Contribution(row, _set_monthly(community, user, amount, day, today) if monthly else None)


def _set_monthly(community: Community, user: User, amount: Decimal, day: int, today: date) -> MonthlyContribution:
    due = next_due(today, day)
    fields: dict[str, Any] = {
        "amount": amount, "day": day, "due_on": due, "next_on": due, "failures": 0, "last_failure_at": None,
    }
    row, created = Monthly.objects.get_or_create(community=community, user=user, defaults=fields)
    if created:
        row.record(actor=user)
    elif row.status != Monthly.Status.ACTIVE:
        row.move(Monthly.Status.ACTIVE, actor=user, **fields)
    else:
        Monthly.objects.filter(pk=row.pk).update(**fields)
        row.refresh_from_db()
    return row


@transaction.atomic
def stop_monthly(*, actor: Actor, community_id: int) -> MonthlyContribution:
    """Give no more from now on. Raises NotFound (also when there is nothing to stop)."""
    seen = queries.get_for(actor, community_id)
    queries.locked(community_id)
    row = queries.monthly_of(seen, actor)
    if row is None:
        raise NotFound
    row.move(Monthly.Status.ARRETEE, actor=actor)
    return row


@transaction.atomic
def run_monthly(*, contribution_id: int, today: date | None = None) -> bool:
    """Give what is owed this month, once: the key names the month it is owed for. True when money moved.

    Without enough money it is tried again on the next days, and paused after MAX_FAILURES. Safe at any time and
    twice: under the community's lock a row that is not due is left alone.
    """
    today = today or timezone.localdate()
    community = queries.locked(queries.monthly(contribution_id).community_id)
    row = queries.monthly(contribution_id)
    if row.status != Monthly.Status.ACTIVE or row.next_on > today or not community.is_active:
        return False
    try:
        with transaction.atomic():
            paid = _give(
                community=community, user=row.user, amount=row.amount, actor=SYSTEM,
                key=f"monthly:{row.pk}:{row.due_on:%Y-%m}",
            )
    except InsufficientFunds:
        _failed(row, today)
        return False
    due = next_due(row.due_on, row.day)
    while due <= today:  # months missed while the community was suspended are not asked for afterwards
        due = next_due(due, row.day)
    Monthly.objects.filter(pk=row.pk).update(due_on=due, next_on=due, failures=0, last_failure_at=None)
    emit(monthly_paid, monthlycontribution_id=row.pk, transaction_id=paid.pk)
    return True


def _failed(row: MonthlyContribution, today: date) -> None:
    failures = row.failures + 1
    fields: dict[str, Any] = {"failures": failures, "last_failure_at": timezone.now()}
    if failures >= MAX_FAILURES:
        row.move(Monthly.Status.SUSPENDUE, actor=SYSTEM, reason=FUNDS, **fields)
    else:
        Monthly.objects.filter(pk=row.pk).update(next_on=today + timedelta(days=1), **fields)
