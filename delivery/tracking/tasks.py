"""The clock's door of tracking."""

from celery import shared_task

from delivery.tracking import services


@shared_task(name="delivery.tasks.purge_positions")
def purge_positions() -> int:
    """Erase what is older than 60 days. Safe to run twice."""
    return services.purge()
