"""Celery door of the messages owed."""

from celery import shared_task

from support.notifications import services


@shared_task
def send_dispatch(pk: int) -> bool:
    return services.send(dispatch_id=pk)


@shared_task
def send_outside(pk: int) -> bool:
    return services.send_outside(message_id=pk)
