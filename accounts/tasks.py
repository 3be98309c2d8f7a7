"""Index of the features' background tasks."""

from accounts.communities.tasks import expire_requests, pay_monthly_contributions
from accounts.payments.tasks import call_simulated_webhook, handle_webhook, send_refund, settle_stuck_payments
from accounts.payouts.tasks import ask_again, run_weekly, send_mobile_payout
from accounts.users.tasks import send_outgoing_mail
from accounts.wallet.tasks import render_statement

__all__ = [
    "ask_again",
    "call_simulated_webhook",
    "expire_requests",
    "handle_webhook",
    "pay_monthly_contributions",
    "render_statement",
    "run_weekly",
    "send_mobile_payout",
    "send_outgoing_mail",
    "send_refund",
    "settle_stuck_payments",
]
