"""The clock's door to the alerts."""

from celery import shared_task

from garage.alerts import services


@shared_task
def compute_alerts() -> int:
    """Everything that is due; every night."""
    return services.compute_all()
