"""Money for tests, also of other days."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal as D
from itertools import count
from typing import Any

from django.utils import timezone

from accounts.wallet import services
from accounts.wallet.models import Hold, Transaction
from accounts.wallet.queries import system_account, wallet_of
from config.lib.actors import SYSTEM

numbers = count()


def give(user: Any, amount: str, *, memo: str = "", account: Any = None) -> Transaction:
    """A gift out of nothing but the rewards account."""
    return services.post(
        kind="gift", key=f"gift:{next(numbers)}", actor=SYSTEM, memo=memo,
        postings=[(system_account("REWARDS"), -D(amount)), (account or wallet_of(user), D(amount))],
    )


def noon(day: str) -> datetime:
    parts = date.fromisoformat(day)
    return timezone.make_aware(datetime(parts.year, parts.month, parts.day, 12))


@contextmanager
def on(moment: datetime) -> Iterator[None]:
    """What is posted and held inside is dated `moment`: the books themselves take no other date than now."""
    fields = [Transaction._meta.get_field("at"), Hold._meta.get_field("created_at")]
    for field in fields:
        field.__dict__["_get_default"] = lambda: moment
    try:
        yield
    finally:
        for field in fields:
            del field.__dict__["_get_default"]
