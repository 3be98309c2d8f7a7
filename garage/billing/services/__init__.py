"""Every write about bills, one module per verb."""

from garage.billing.services.absorbing import SUBJECT
from garage.billing.services.counter import give_back, reverse_payment, take_payment
from garage.billing.services.crediting import call_off_deposits, credit_bill, plan_credit
from garage.billing.services.issuing import issue_deposit, issue_invoice
from garage.billing.services.paying import pay_bill, settle_payment
from garage.billing.services.reminding import remind_overdue
from garage.billing.services.withdrawing import close_withdrawn

__all__ = [
    "SUBJECT", "call_off_deposits", "close_withdrawn", "credit_bill", "give_back", "issue_deposit", "issue_invoice",
    "pay_bill", "plan_credit", "remind_overdue", "reverse_payment", "settle_payment", "take_payment",
]
