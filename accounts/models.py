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
from accounts.users.models import AccountClosure, Address, DeviceToken, IdempotentAnswer, OutgoingMail, User
from accounts.wallet.models import Account, Hold, Posting, Transaction

__all__ = [
    "Account",
    "AccountClosure",
    "Address",
    "Company",
    "DeviceToken",
    "Hold",
    "IdempotentAnswer",
    "Membership",
    "OutgoingMail",
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
