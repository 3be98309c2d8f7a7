"""The money of the demo before this month: welcome gifts and what friends sent each other, so that there is a monthly
statement to look at; and what they do today."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from accounts.users.models import User
from accounts.wallet import services
from accounts.wallet.models import SystemAccount
from accounts.wallet.queries import system_account, wallet_of
from config.lib.actors import SYSTEM


def last_month(alice: User, bob: User, charlie: User) -> None:
    """The oldest rows of the books, in the order of time. Gifts come out of the rewards account."""
    first = timezone.localtime().replace(day=1, hour=10, minute=30, second=0, microsecond=0)
    month = (first - timedelta(days=1)).replace(day=3)
    rewards = system_account(SystemAccount.REWARDS)
    for number, user in enumerate((alice, bob, charlie)):
        services.post(
            kind="gift", key=f"demo-welcome-{user.pk}", actor=SYSTEM, memo="Bienvenue chez nous",
            postings=[(rewards, Decimal("-25.00")), (wallet_of(user), Decimal("25.00"))],
            at=month + timedelta(minutes=number),
        )
    sent = [
        (alice, bob, "12.50", "Pizza de jeudi", 4), (bob, alice, "8.00", "Places de cinéma", 6),
        (charlie, alice, "15.00", "Cadeau commun pour Léa", 9), (alice, charlie, "3.20", "Café", 11),
        (bob, charlie, "6.40", "", 15), (alice, bob, "9.80", "Miel et thé du marché", 20),
    ]
    for number, (giver, receiver, amount, note, day) in enumerate(sent):
        euros = Decimal(amount)
        services.post(
            kind="transfer", key=f"demo-friends-{number}", actor=giver, memo=note,
            postings=[(wallet_of(giver), -euros), (wallet_of(receiver), euros)], at=month.replace(day=day + 3),
        )


def today(alice: User, bob: User) -> None:
    """A friend pays back."""
    services.transfer(
        actor=bob, to=str(alice.phone), amount=Decimal("7.30"), note="Moitié du taxi", key="demo-taxi"
    )
