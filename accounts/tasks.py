"""Index of the features' background tasks."""

from accounts.payments.tasks import call_simulated_webhook, handle_webhook, send_refund, settle_stuck_payments
from accounts.users.tasks import send_outgoing_mail

__all__ = [
    "call_simulated_webhook",
    "handle_webhook",
    "send_outgoing_mail",
    "send_refund",
    "settle_stuck_payments",
]
