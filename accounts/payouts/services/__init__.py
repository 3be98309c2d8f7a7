"""Every write about money that leaves."""

from accounts.payouts.services.batches import execute_batch, run_payouts, run_weekly
from accounts.payouts.services.destinations import add_destination, change_destination, forget, remove_destination
from accounts.payouts.services.failures import fail_payout, retry_payout, return_to_wallet
from accounts.payouts.services.mobile import ask_again, hear, retry_transfer, send_mobile_payout
from accounts.payouts.services.withdrawals import accept, cancel, refuse, withdraw

__all__ = [
    "accept",
    "add_destination",
    "ask_again",
    "cancel",
    "change_destination",
    "execute_batch",
    "fail_payout",
    "forget",
    "hear",
    "refuse",
    "remove_destination",
    "retry_payout",
    "retry_transfer",
    "return_to_wallet",
    "run_payouts",
    "run_weekly",
    "send_mobile_payout",
    "withdraw",
]
