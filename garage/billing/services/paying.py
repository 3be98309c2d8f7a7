"""Paying a bill online: the charge stands outside transactions, its application inside one."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.payments.models import Disagreement, Payment
from accounts.payments.services import apply_payment, charge, open_case
from config.lib.actors import SYSTEM, Actor
from config.lib.money import ZERO
from garage.billing import books, queries, rules
from garage.billing.models import Bill
from garage.billing.services.settling import count, follow, note


def pay_bill(
    *, actor: Any, bill_id: int, method: str, amount: Decimal | None = None, token: str = "", key: str = "",
    return_to: str = "",
) -> tuple[Payment, Bill]:
    """Ask the client's payment of `amount` euros (all that is due) and, once received, apply it. Call it outside a
    transaction. SYSTEM pays for whoever has the link.

    A payment that is still pending is returned in EN_COURS; a listener settles it later. The same `key` gives the same
    payment. NotFound, Forbidden (staff), NotDue, AboveDue, Invalid on `amount`, and what `charge` raises.
    """
    bill = queries.get_for(actor, bill_id, "pay")
    name = f"{bill.reference}:{actor.pk or 'link'}:{key or uuid4().hex}"
    known = Payment.objects.filter(key=name).first()
    if known is None:
        amount = _checked(bill, amount)
    elif amount is None:
        amount = known.amount
    payment = charge(
        actor=actor, reference=known.reference if known else queries.next_reference(bill), amount=amount,
        method=method, token=token, key=name, label=str(bill),
        return_to=return_to or reverse("garage:bill", args=[bill.pk]),
    )
    if payment.status == Payment.Status.REUSSI:
        settle_payment(payment_id=payment.pk)
    payment.refresh_from_db()
    return payment, queries.get_for(actor, bill_id)


def _checked(bill: Bill, amount: Decimal | None) -> Decimal:
    if not bill.due:
        raise rules.NotDue
    if amount is None:
        return bill.due
    if amount <= ZERO:
        raise rules.invalid("amount", _("Give an amount above zero."))
    if amount > bill.due:
        raise rules.AboveDue(due=bill.due)
    return amount


@transaction.atomic
def settle_payment(*, payment_id: int, actor: Actor = SYSTEM) -> Bill | None:
    """Apply a received payment to its bill; safe to call any number of times, from the answer of the payment call, from
    the listener and from a webhook alike. None when the payment is of something else or not received.

    Money that the bill does not owe any more (paid at the counter meanwhile, or cancelled) stays on UNAPPLIED: the
    reconciliation desk decides. The payer is the author unless `actor` decided.
    """
    payment = Payment.objects.get(pk=payment_id)
    pk = rules.bill_pk(payment.reference)
    if pk is None or payment.status != Payment.Status.REUSSI or payment.extra:
        return None
    bill = queries.locked(pk)
    payment.refresh_from_db()  # a manager may have attached it to something else while we waited for the lock
    if bill.payments.filter(payment=payment, amount__gt=0).exists():
        return bill
    if rules.bill_pk(payment.reference) != pk or payment.status != Payment.Status.REUSSI:
        return None
    if payment.amount > bill.due:
        cancelled = bill.status == Bill.Status.ANNULEE
        open_case(
            kind=Disagreement.Kind.PAYE_ANNULE if cancelled else Disagreement.Kind.TROP_PERCU,
            key=f"late:{payment.pk}", amount=payment.amount, payment=payment, number=str(bill), status=bill.status,
        )
        return bill
    payer = (payment.user or SYSTEM) if actor is SYSTEM else actor
    written = apply_payment(
        payment=payment, postings=[books.receivable(payment.amount)], actor=payer, kind="bill_payment",
        reference=bill.reference,
    )
    count(bill=bill, amount=payment.amount)
    note(bill=bill, means=payment.method, amount=payment.amount, written=written, actor=payer, payment=payment)
    follow(bill=bill, actor=payer)
    return bill
