"""Celery doors of people."""

from celery import shared_task

from accounts.users import services


@shared_task
def send_outgoing_mail(mail_id: int) -> None:
    services.send_mail(mail_id=mail_id)
