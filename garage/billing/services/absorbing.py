"""Bills as a subject of payments: what the reconciliation desk asks of them (accounts/payments/subjects.py)."""

from decimal import Decimal

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.payments.models import Payment, Refund
from accounts.payments.rules import CannotAbsorb
from accounts.payments.subjects import Subject, Target
from config.lib.actors import Actor
from garage.billing import queries, rules
from garage.billing.models import Bill
from garage.billing.services.paying import settle_payment
from garage.billing.services.settling import follow, return_online


def _id(reference: str) -> int:
    pk = rules.bill_pk(reference)
    if pk is None:
        raise ValueError(f"{reference} is no bill")
    return pk


def lock(reference: str) -> None:
    queries.locked(_id(reference))


def url(reference: str) -> str:
    return reverse("admin:garage_bill_change", args=[_id(reference)])


def find(text: str) -> Target | None:
    """An unpaid bill by the number of its invoice, `FA-2026-000012`."""
    bill = Bill.objects.filter(invoice__number=text.upper(), status=Bill.Status.EMISE).first() if text else None
    if bill is None or not bill.due:
        return None
    return Target(queries.next_reference(bill), bill.due, str(bill), bill.quote.client.user)


@transaction.atomic
def absorb_refund(*, payment: Payment, amount: Decimal, actor: Actor, reason: str) -> Refund:
    """The provider or a bank gave back `amount` euros without our asking: the bill is due again by so much. The work
    was done all the same: no credit note. CannotAbsorb when that payment has not so much left."""
    bill = queries.locked(_id(payment.reference))
    row = bill.payments.filter(payment=payment, amount__gt=0).first()
    if row is None or amount > queries.left_of(row):
        raise CannotAbsorb
    return_online(bill=bill, row=row, payment=payment, amount=amount, actor=actor, reason=reason)
    follow(bill=bill, actor=actor, reason=reason)
    return payment.refunds.latest("pk")


def title(payment: Payment) -> str:
    """The label of a bill's payment is the number of its invoice."""
    return _("Invoice %(number)s") % {"number": payment.label or _id(payment.reference)}


SUBJECT = Subject(lock=lock, url=url, absorb=absorb_refund, settle=settle_payment, find=find, title=title)
