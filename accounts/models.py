"""Index of the features' models."""

from accounts.companies.models import Company, Membership
from accounts.payments.models import (
    Payment,
    PaymentChange,
    PaymentFact,
    Refund,
    SimulatedCharge,
    WebhookEvent,
)
from accounts.users.models import Address, DeviceToken, IdempotentAnswer, User
from accounts.wallet.models import Account, Hold, Posting, Transaction

__all__ = [
    "Account",
    "Address",
    "Company",
    "DeviceToken",
    "Hold",
    "IdempotentAnswer",
    "Membership",
    "Payment",
    "PaymentChange",
    "PaymentFact",
    "Posting",
    "Refund",
    "SimulatedCharge",
    "Transaction",
    "User",
    "WebhookEvent",
]
