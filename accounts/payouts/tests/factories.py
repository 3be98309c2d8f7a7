"""People with money in their wallets."""

from decimal import Decimal
from uuid import uuid4

from django.utils import timezone

from accounts.payouts import services
from accounts.payouts.models import Destination
from accounts.payouts.rules import NEW_FOR
from accounts.wallet import services as wallet
from accounts.wallet.queries import system_account, wallet_of
from config.lib.actors import SYSTEM

IBAN, OTHER_IBAN, GERMAN = "FR7630006000011234567890189", "FR1420041010050500013M02606", "DE89370400440532013000"
MOBILE, REFUSED, LATER = "+33612345678", "+33612345600", "+33612345699"


def earn(user, amount="100"):
    """`amount` euros into the wallet of `user`, who is given back."""
    wallet.post(
        kind="gift", key=uuid4().hex, actor=SYSTEM,
        postings=[(system_account("REWARDS"), -Decimal(amount)), (wallet_of(user), Decimal(amount))],
    )
    return user


def destination(user, to=IBAN, *, old=True, **fields):
    """A destination, by default one that is known for long."""
    row = services.add_destination(actor=user, to=to, **fields)
    if old:
        Destination.objects.filter(pk=row.pk).update(created_at=timezone.now() - 2 * NEW_FOR)
        row.refresh_from_db()
    return row


def payout(user, amount="40", to=IBAN, key=None, **fields):
    """A withdrawal to a destination known for long."""
    row = destination(user, to, **fields)
    return services.withdraw(actor=user, to=str(row.pk), amount=Decimal(amount), key=key or uuid4().hex)
