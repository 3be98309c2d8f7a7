"""Every write about payments."""

from accounts.payments.services.charges import apply_payment, charge, record_answer, top_up
from accounts.payments.services.refunds import refund, retry_refund, send_refund
from accounts.payments.services.webhooks import (
    call_simulated_webhook,
    handle_webhook,
    ingest,
    settle_stuck_payments,
)

__all__ = [
    "apply_payment",
    "call_simulated_webhook",
    "charge",
    "handle_webhook",
    "ingest",
    "record_answer",
    "refund",
    "retry_refund",
    "send_refund",
    "settle_stuck_payments",
    "top_up",
]
