"""Every write about payments."""

from accounts.payments.services.charges import charge, record_answer, top_up
from accounts.payments.services.disagreements import open_case
from accounts.payments.services.pending import abandon_payment, settle_stuck_payments
from accounts.payments.services.receiving import apply_payment
from accounts.payments.services.refunds import refund, retry_refund, send_refund
from accounts.payments.services.simulated import answer_simulated_bank
from accounts.payments.services.webhooks import (
    call_simulated_webhook,
    handle_webhook,
    ingest,
)

__all__ = [
    "abandon_payment",
    "answer_simulated_bank",
    "apply_payment",
    "call_simulated_webhook",
    "charge",
    "handle_webhook",
    "ingest",
    "open_case",
    "record_answer",
    "refund",
    "retry_refund",
    "send_refund",
    "settle_stuck_payments",
    "top_up",
]
