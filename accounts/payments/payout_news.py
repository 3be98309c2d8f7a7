"""What providers say of payouts. They are a feature above this one, which registers itself here (accounts/apps.py)."""

from collections.abc import Callable

from accounts.payments.gateways.base import Announcement

# Given `provider`, its name, and `said`, its announcement, inside the transaction that marks the event as handled.
# Answers what became of it in a few words, or "" when it knows no such payout. Runs again harmlessly.
Hearer = Callable[..., str]
_hearers: list[Hearer] = []


def register(hearer: Hearer) -> None:
    if hearer not in _hearers:
        _hearers.append(hearer)


def hear(provider: str, said: Announcement) -> str:
    """Pass the news on; what became of it, or "" when nobody knows the payout."""
    return next(filter(None, (hearer(provider=provider, said=said) for hearer in _hearers)), "")
