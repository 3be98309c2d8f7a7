"""Celery door of the messages owed."""

from celery import shared_task

from support.notifications import services, workshop_listeners


@shared_task
def send_dispatch(pk: int) -> bool:
    return services.send(dispatch_id=pk)


@shared_task
def send_outside(pk: int) -> bool:
    return services.send_outside(message_id=pk)


@shared_task
def tell_alert_digest() -> int:
    """Once a morning, after the alerts were computed."""
    return workshop_listeners.tell_alert_digest()
