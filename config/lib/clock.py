"""Days as the shop counts them."""

from datetime import date, datetime, timedelta

from django.utils import timezone


def days_ago(days: int) -> datetime:
    """The local midnight with which the day `days` ago began (0: today)."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=days)


def last_days(days: int) -> list[date]:
    """The last `days` days, oldest first, today included."""
    today = timezone.localdate()
    return [today - timedelta(days=back) for back in range(days - 1, -1, -1)]
