"""Money that came in: posted the moment a provider tells of it, then fitted to what was asked.

What fits nothing becomes a `Disagreement` in the same transaction, so that no euro is without an explanation. A
provider's word is the total it received (or refunded) on a charge until now; the largest total counts, so that news
may come in any order and any number of times.
"""

from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.payments import queries
from accounts.payments.gateways.base import Answer, Outcome
from accounts.payments.models import Disagreement, Method, Payment, PaymentFact
from accounts.payments.rules import REFERENCE_MAX, TOP_UP, UNKNOWN, NotPaid
from accounts.payments.services.disagreements import add_to_case, open_case, settle_case
from accounts.wallet import queries as wallet_queries
from accounts.wallet import services as wallet
from accounts.wallet.models import Account, SystemAccount, Transaction
from accounts.wallet.queries import system_account
from config.lib.actors import SYSTEM, Actor
from config.lib.money import ZERO, to_cents

Status = Payment.Status
Kind = Disagreement.Kind


def note_fact(*, payment: Payment | None, kind: str, amount: Decimal | None, **data: Any) -> PaymentFact:
    """Add a fact; `payment` is None when the provider speaks of one that we do not know."""
    return PaymentFact.objects.create(payment=payment, kind=kind, amount=amount, data=data)


def keep(payment: Payment, **values: Any) -> None:
    """Write columns of a locked payment that are no step of its state machine."""
    Payment.objects.filter(pk=payment.pk).update(**values)
    for name, value in values.items():
        setattr(payment, name, value)


# --- Received -------------------------------------------------------------------------------------------------
def countable(answer: Answer) -> bool:
    """Whether these are euros (the deployment's currency) that the ledger can take."""
    return answer.currency in ("", settings.CURRENCY) and answer.amount > ZERO


def receive(payment: Payment, *, total: Decimal, source: Account, actor: Actor, provider_ref: str) -> None:
    """`total` euros came in on this payment in all. The payment and its rivals are locked (queries.locked_place)."""
    fresh = total - payment.received
    if fresh <= ZERO:
        return
    key = f"payment:{payment.pk}:received"
    wallet.post(
        kind="payment", key=f"{key}:{to_cents(total)}" if payment.received else key, actor=actor,
        reference=payment.reference, memo=payment.label, postings=[(source, -fresh), queries.unapplied(fresh)],
    )
    keep(payment, received=total, provider_ref=provider_ref or payment.provider_ref)
    _fit(payment, fresh=fresh, actor=actor)


def _fit(payment: Payment, *, fresh: Decimal, actor: Actor) -> None:
    """Find what `fresh` euros, just posted to UNAPPLIED, are for."""
    if payment.reference.startswith(UNKNOWN):
        if payment.can_move(Status.REUSSI):
            payment.move(Status.REUSSI, actor=actor, amount=payment.received)
        else:
            keep(payment, amount=payment.received)
        add_to_case(Kind.PAIEMENT_INCONNU, payment=payment, amount=fresh)
        return
    if payment.status in (Status.REUSSI, Status.REMBOURSE):
        add_to_case(Kind.TROP_PERCU, payment=payment, amount=fresh)
        return
    waiting = queries.open_case_of(payment, Kind.MONTANT_DIFFERENT)
    standing = fresh + (waiting.amount if waiting else ZERO)
    if standing < payment.amount:
        add_to_case(Kind.MONTANT_DIFFERENT, payment=payment, amount=fresh, asked=str(payment.amount))
        return
    if waiting is not None:
        settle_case(waiting, outcome=Disagreement.Outcome.ACCEPTE, actor=SYSTEM, reason="the rest arrived")
    succeed(payment, actor=actor, surplus=standing - payment.amount)


def succeed(payment: Payment, *, actor: Actor, surplus: Decimal = ZERO) -> None:
    """What was asked stands on UNAPPLIED: the payment is received. A rival that has received nothing gives way to
    it; one that has leaves it to the reconciliation desk."""
    rival = queries.live_payment(payment.reference, but=payment)
    if rival is not None and not rival.received:
        keep(rival, extra=True)
        rival = None
    payment.move(
        Status.REUSSI, actor=actor, extra=rival is not None, decline_code="", next_url="", ask_at=None
    )
    if rival is not None:
        add_to_case(Kind.TROP_PERCU, payment=payment, amount=payment.amount + surplus)
        return
    if surplus:
        add_to_case(Kind.TROP_PERCU, payment=payment, amount=surplus, asked=str(payment.amount))
    if payment.reference.startswith(TOP_UP) and payment.user is not None:
        purse = wallet_queries.wallet_of(payment.user)
        apply_payment(
            payment=payment, postings=[(purse, payment.amount)], actor=actor, kind="topup",
            reference=payment.reference,
        )


def not_countable(payment: Payment, *, answer: Answer, kind: str = Kind.MONTANT_DIFFERENT) -> None:
    """Money that is not euros is never posted as euros: a case without an amount tells of it."""
    open_case(
        kind=kind, key=f"odd:{payment.pk}:{kind}:{answer.currency}", amount=ZERO, payment=payment,
        asked=str(payment.amount), said=str(answer.amount), currency=answer.currency,
    )


def announce_unknown(*, provider: str, ref: str, amount: Decimal) -> Payment:
    """The row of a charge that a provider speaks of and that we never asked; nobody's until a manager attaches it."""
    name = f"{UNKNOWN}{provider}:{ref}"
    if len(name) > REFERENCE_MAX:
        name = f"{UNKNOWN}{provider}:{sha256(ref.encode()).hexdigest()}"
    known = Payment.objects.filter(key=name).first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            row = Payment.objects.create(
                reference=name, key=name, amount=amount, provider=provider, provider_ref=ref[:120],
                method=Method.MOBILE_MONEY if provider == settings.MOBILE_MONEY_GATEWAY else Method.CARTE,
            )
    except IntegrityError:  # two events of one unknown charge at the same moment
        return Payment.objects.get(key=name)
    row.record(actor=SYSTEM)
    return row


# --- Refunded by others ---------------------------------------------------------------------------------------
def record_refunds(*, payment: Payment, answer: Answer, actor: Actor, **data: Any) -> None:
    """The provider says how many euros it refunded on a locked payment in all, by our order or by others', whatever
    came back of it later. Repeatable."""
    note_fact(
        payment=payment, kind=PaymentFact.Kind.ANNONCE, amount=answer.amount, outcome=answer.outcome,
        ref=answer.provider_ref, news="refund", **data,
    )
    if answer.outcome != Outcome.OK:
        return
    if not countable(answer):
        not_countable(payment, answer=answer, kind=Kind.REMBOURSE_AILLEURS)
        return
    if answer.amount > payment.returned:
        keep(payment, returned=answer.amount)
    reflect_refunds(payment, actor=actor)


def reflect_refunds(payment: Payment, *, actor: Actor) -> None:
    """Post what the provider refunded and we did not ask: the money left, so the books say so before anybody decides.

    A refund of ours that is still on its way counts as asked; one that the provider refused for good does not.
    """
    others = payment.elsewhere + payment.undone - payment.disputed
    strange = payment.returned - others - queries.told_refunds(payment)
    if strange <= ZERO:
        return
    key = f"payment:{payment.pk}:elsewhere:"
    wallet.post(
        kind="provider_refund", key=f"{key}{Transaction.objects.filter(key__startswith=key).count()}",
        actor=actor, reference=payment.reference, memo=payment.label,
        postings=[(system_account(SystemAccount.CLEARING), strange), queries.unapplied(-strange)],
    )
    keep(payment, elsewhere=payment.elsewhere + strange)
    add_to_case(Kind.REMBOURSE_AILLEURS, payment=payment, amount=-strange)


# --- Used -----------------------------------------------------------------------------------------------------
@transaction.atomic
def apply_payment(
    *, payment: Payment, postings: wallet.Postings, actor: Actor, kind: str, reference: str
) -> Transaction:
    """Move a received payment from UNAPPLIED to the accounts that it pays; inside the caller's transaction.

    Once for each payment: again gives the first transaction. Raises NotPaid; Unbalanced when the postings do not
    add up to the payment's amount.
    """
    row = queries.locked(payment.pk)
    if row.status != Status.REUSSI or row.extra:
        raise NotPaid
    key = f"payment:{row.pk}:applied"
    known = Transaction.objects.filter(key=key).first()
    if known is not None:
        return known
    written = wallet.post(
        kind=kind, key=key, actor=actor, reference=reference, memo=row.label,
        postings=[queries.unapplied(-row.amount), *postings],
    )
    note_fact(payment=row, kind=PaymentFact.Kind.APPLIQUE, amount=row.amount, transaction=written.pk, to=reference)
    return written
