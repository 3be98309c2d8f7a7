"""Celery doors of bills."""

from celery import shared_task

from garage.billing import services


@shared_task
def remind_overdue() -> int:
    return services.remind_overdue()
