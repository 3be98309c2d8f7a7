"""Celery doors of repair orders."""

from celery import shared_task

from garage.workshop import services


@shared_task(name="garage.tasks.stop_forgotten_clocks")
def stop_forgotten_clocks() -> int:
    return services.stop_forgotten_clocks()


@shared_task(name="garage.tasks.warn_slips")
def warn_slips() -> int:
    return services.warn_slips()
