"""Celery doors of payments. Each loads by id and calls one service; safe to run twice."""

from celery import shared_task

from accounts.payments import services


@shared_task
def handle_webhook(event_id: int) -> None:
    services.handle_webhook(event_id=event_id)


@shared_task
def send_refund(refund_id: int) -> None:
    services.send_refund(refund_id=refund_id)


@shared_task
def call_simulated_webhook(charge_id: int) -> None:
    services.call_simulated_webhook(charge_id=charge_id)


@shared_task
def settle_stuck_payments() -> int:
    return services.settle_stuck_payments()
