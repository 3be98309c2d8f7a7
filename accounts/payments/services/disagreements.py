"""Opening a case for the reconciliation desk. What becomes of it is decided in accounts/reconciliation."""

from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from accounts.payments import queries
from accounts.payments.models import Disagreement, Payment, Refund
from accounts.wallet.models import Transaction
from config.lib.actors import SYSTEM, Actor
from config.lib.errors import IllegalMove


def open_case(
    *, kind: str, key: str, amount: Decimal, payment: Payment | None = None, refund: Refund | None = None,
    reference: str = "", provider: str = "", actor: Actor = SYSTEM, **data: Any,
) -> Disagreement:
    """Note what does not fit; inside the transaction that posts its `amount` (euros) to UNAPPLIED.

    The same `key` gives the first case, settled or not. `data` must be plain JSON.
    """
    known = Disagreement.objects.filter(key=key).first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            case = Disagreement.objects.create(
                kind=kind, key=key, amount=amount, payment=payment, refund=refund, data=data,
                reference=reference or (payment.reference if payment else ""),
                provider=provider or (payment.provider if payment else ""),
            )
    except IntegrityError:  # the same news came twice at the same moment
        return Disagreement.objects.get(key=key)
    case.record(actor=actor)
    return case


def add_to_case(kind: str, *, payment: Payment, amount: Decimal, **data: Any) -> Disagreement:
    """`amount` more euros of this `kind` stand on UNAPPLIED: in the open case of the locked payment, or in a new one.

    One case tells the same end whether news came in one piece or in several.
    """
    case = queries.open_case_of(payment, kind)
    if case is None:
        number = payment.disagreements.filter(kind=kind).count()
        return open_case(
            kind=kind, key=f"{kind.lower()}:{payment.pk}:{number}", amount=amount, payment=payment, **data
        )
    change_case(case, by=amount)
    return case


def change_case(case: Disagreement, *, by: Decimal) -> None:
    """`by` more euros stand on UNAPPLIED because of an open case, or less. IllegalMove when it is settled."""
    still_open = Disagreement.objects.filter(pk=case.pk, status=Disagreement.Status.OUVERT)
    if not still_open.update(amount=case.amount + by):
        raise IllegalMove(from_status=case.status, to_status=case.status)
    case.amount += by


def settle_case(
    case: Disagreement, *, outcome: str, actor: Actor, reason: str, written: Transaction | None = None
) -> None:
    """Close a locked case; IllegalMove (409) when it is settled already."""
    if case.refund_id is not None:
        back = Refund.objects.filter(pk=case.refund_id, ending=Refund.Ending.REVENU)
        back.update(ending=Refund.Ending.REGLE)
    case.move(Disagreement.Status.RESOLU, actor=actor, reason=reason, outcome=outcome, transaction=written)
