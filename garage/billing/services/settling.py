"""What every payment of a bill goes through, in or out: the sum on the bill, its state, the row."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.utils import timezone

from accounts.payments.models import Payment
from accounts.payments.queries import unapplied
from accounts.payments.services import refund
from accounts.wallet.models import Transaction
from accounts.wallet.services import post
from config.lib.actors import Actor, actor_user
from config.lib.models import money_value
from config.lib.money import ZERO
from garage.billing import books, rules
from garage.billing.models import Bill, BillPayment


def count(*, bill: Bill, amount: Decimal) -> None:
    """`amount` more euros were paid on a locked bill, negative: went back. AboveDue when it does not owe so much,
    NothingToReturn when it did not get so much. The conditional update is the verdict, even if a caller forgot the
    lock."""
    rows = Bill.objects.filter(pk=bill.pk)
    if amount > ZERO:
        rows = rows.filter(amount__gte=F("paid") + F("credited") + money_value(amount))
    else:
        rows = rows.filter(paid__gte=money_value(-amount))
    if not rows.update(paid=F("paid") + money_value(amount)):
        raise rules.AboveDue(due=bill.due) if amount > ZERO else rules.NothingToReturn(left=bill.paid)
    bill.paid += amount


def follow(*, bill: Bill, actor: Actor, reason: str = "") -> None:
    """Bring the state of a bill in line with its sums."""
    if bill.amount and bill.credited == bill.amount:
        to = Bill.Status.ANNULEE
    else:
        to = Bill.Status.EMISE if bill.due else Bill.Status.PAYEE
    if to != bill.status:
        bill.move(to, actor=actor, reason=reason)


def note(
    *, bill: Bill, means: str, amount: Decimal, written: Transaction, actor: Actor, on: date | None = None,
    **fields: Any,
) -> BillPayment:
    """The row of euros that came or went."""
    return BillPayment.objects.create(
        bill=bill, means=means, amount=amount, transaction=written, by=actor_user(actor),
        received_on=on or timezone.localdate(), **fields,
    )


def return_online(
    *, bill: Bill, row: BillPayment, payment: Payment, amount: Decimal, actor: Actor, reason: str
) -> BillPayment:
    """Give `amount` euros of an online payment back the way they came; the bill is locked. What becomes of its state,
    the caller says (follow). NotPaid, RefundTooLarge."""
    key = f"{bill.reference}:refund:{bill.payments.count()}"
    count(bill=bill, amount=-amount)
    written = post(
        kind="bill_refund", key=key, actor=actor, reference=bill.reference, memo=reason,
        postings=[books.receivable(-amount), unapplied(amount)],
    )
    owed = refund(payment=payment, amount=amount, key=key, reason=reason, actor=actor)
    return note(
        bill=bill, means=row.means, amount=-amount, written=written, actor=actor, payment=payment, payment_refund=owed,
        undoes=row, reason=reason[:300],
    )
