"""The clock's doors to the alerts, and to the quotes whose time is over."""

from celery import shared_task

from garage.alerts import services
from garage.quotes.services import expire_quotes as expire


@shared_task
def compute_alerts() -> int:
    """Everything that is due on vehicles and in stock: every night, and again by day for a machine that sleeps then."""
    return services.compute_all()


@shared_task
def expire_quotes() -> int:
    """Close sent quotes whose last day is over."""
    return expire()


@shared_task
def follow_up_quotes() -> None:
    """Ask again for answers, at an hour when people read."""
    services.compute_quotes()
