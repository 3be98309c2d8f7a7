"""Celery door of the messages owed."""

from celery import shared_task

from support.notifications import services


@shared_task
def send_dispatch(pk: int) -> bool:
    return services.send(dispatch_id=pk)
