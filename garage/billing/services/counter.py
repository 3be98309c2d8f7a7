"""Money over the counter: taken, corrected when it was mistyped, given back. For staff."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.wallet.rules import checked_amount
from accounts.wallet.services import post
from config.lib.actors import Actor
from config.lib.errors import NotFound
from config.lib.money import ZERO
from garage.billing import books, queries, rules
from garage.billing.models import COUNTER, Bill, BillPayment, Means
from garage.billing.services.settling import count, follow, note

HIGHEST = Decimal("9999999.99")


@transaction.atomic
def take_payment(
    *, actor: Actor, bill_id: int, means: str, amount: Decimal, received_on: date | None = None, remark: str = "",
    key: str = "",
) -> BillPayment:
    """Note `amount` euros that came in cash, by cheque, transfer or the card terminal (staff). The same `key` gives the
    first row. NotFound, Forbidden, NotDue, AboveDue, AboveCash (the legal limit for one job); Invalid on `method`,
    `amount`, `received_on`.
    """
    bill = queries.locked(queries.get_for(actor, bill_id, "write").pk)
    _check(means, amount)
    today = timezone.localdate()
    day = received_on or today
    if day > today:
        raise rules.invalid("received_on", _("This day has not come yet."))
    name = f"{bill.reference}:counter:{key or uuid4().hex}"
    known = bill.payments.filter(transaction__key=name).first()
    if known is not None:
        return known
    if not bill.due:
        raise rules.NotDue
    if means == Means.ESPECES:
        limit, taken = rules.cash_limit(today), queries.cash_taken(bill.quote_id)
        if taken + amount > limit:
            raise rules.AboveCash(limit=limit, left=max(limit - taken, ZERO))
    count(bill=bill, amount=amount)
    written = post(
        kind="bill_payment", key=name, actor=actor, reference=bill.reference, memo=remark,
        postings=[books.place(means, -amount), books.receivable(amount)],
    )
    row = note(bill=bill, means=means, amount=amount, written=written, actor=actor, on=day, note=remark[:120])
    follow(bill=bill, actor=actor)
    return row


@transaction.atomic
def reverse_payment(*, actor: Actor, bill_id: int, row_id: int, reason: str) -> BillPayment:
    """Correct a payment of the counter that was mistyped, by a counter-entry (staff): the bill is due again. NotFound,
    Forbidden, CannotUndo, NothingToReturn (it was given back since); Invalid on `reason`."""
    bill = queries.locked(queries.get_for(actor, bill_id, "write").pk)
    row = bill.payments.filter(pk=row_id).first()
    if row is None:
        raise NotFound
    if not reason.strip():
        raise rules.invalid("reason", _("Say why: the books keep it."))
    if row.means not in COUNTER or row.amount < ZERO or queries.left_of(row) != row.amount:
        raise rules.CannotUndo
    return _give(
        bill, row.means, row.amount, kind="bill_reversal", actor=actor, reason=reason.strip(),
        key=f"{bill.reference}:undone:{row.pk}", undoes=row,
    )


@transaction.atomic
def give_back(
    *, actor: Actor, bill_id: int, amount: Decimal, means: str, reason: str = "", key: str = ""
) -> BillPayment:
    """Give back over the counter what a credit note left too much on a bill (staff). What was paid online goes back by
    itself. The same `key` gives the first row. NotFound, Forbidden, NothingToReturn; Invalid on `method`, `amount`."""
    bill = queries.locked(queries.get_for(actor, bill_id, "write").pk)
    _check(means, amount)
    name = f"{bill.reference}:back:{key or uuid4().hex}"
    known = bill.payments.filter(transaction__key=name).first()
    if known is not None:
        return known
    if amount > bill.to_return:
        raise rules.NothingToReturn(left=bill.to_return)
    return _give(bill, means, amount, kind="bill_refund", actor=actor, reason=reason.strip(), key=name)


def _check(means: str, amount: Decimal) -> None:
    if means not in COUNTER:
        raise rules.invalid("method", _("Choose cash, cheque, transfer or the card terminal."))
    checked_amount(amount, limit=HIGHEST)


def _give(
    bill: Bill, means: str, amount: Decimal, *, kind: str, actor: Actor, reason: str, key: str,
    undoes: BillPayment | None = None,
) -> BillPayment:
    count(bill=bill, amount=-amount)
    written = post(
        kind=kind, key=key, actor=actor, reference=bill.reference, memo=reason,
        postings=[books.receivable(-amount), books.place(means, amount)],
    )
    row = note(bill=bill, means=means, amount=-amount, written=written, actor=actor, undoes=undoes, reason=reason[:300])
    follow(bill=bill, actor=actor, reason=reason)
    return row
