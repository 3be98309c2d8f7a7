"""Celery doors of the clients."""

from celery import shared_task

from garage.clients import services


@shared_task
def link_clients() -> int:
    return services.link_all()
