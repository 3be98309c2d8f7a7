"""Celery doors of payouts; safe to run twice."""

import logging

from celery import shared_task

from accounts.payouts import services
from accounts.payouts.rules import NoBankAccount

logger = logging.getLogger(__name__)


@shared_task
def send_mobile_payout(transfer_id: int) -> None:
    services.send_mobile_payout(transfer_id=transfer_id)


@shared_task
def ask_again() -> int:
    return services.ask_again()


@shared_task
def run_weekly() -> None:
    try:
        services.run_weekly()
    except NoBankAccount as error:  # the transfers wait; the back office shows them
        logger.error("weekly payouts: %s", error)
