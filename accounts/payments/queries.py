"""Reads and locks of payments."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet, Sum

from accounts.payments.models import Disagreement, Payment, PaymentFact, Refund, SimulatedCharge
from accounts.users.models import User
from accounts.wallet.models import Account, SystemAccount
from accounts.wallet.queries import system_account
from config.lib.errors import NotFound
from config.lib.jobs import JobState
from config.lib.money import ZERO

DISPUTE = "dispute:"  # keys of cases about a dispute


def locked(pk: Any) -> Payment:
    """The payment, locked until the transaction ends. Payments are locked before holds and accounts."""
    return Payment.objects.select_for_update().get(pk=pk)


def get_for(user: User, pk: Any) -> Payment:
    """A payment of the user's own; NotFound for everybody else's."""
    try:
        return Payment.objects.get(pk=pk, user=user)
    except Payment.DoesNotExist:
        raise NotFound


def pending_payments() -> QuerySet[Payment]:
    return Payment.objects.filter(status=Payment.Status.EN_COURS)


def next_url(payment: Payment) -> str:
    """Where the payer of a pending payment goes on, as a whole address; empty when there is nothing to do."""
    url = payment.next_url
    return settings.SITE_URL + url if url.startswith("/") else url


def simulated_charge(ref: str) -> SimulatedCharge:
    """A charge that asks for an answer on the simulated bank's page; NotFound."""
    charge = SimulatedCharge.objects.filter(provider_ref=ref).exclude(redirect_url="").first()
    if charge is None:
        raise NotFound
    return charge


def locked_place(pk: Any, *, also: str = "") -> Payment:
    """The payment, locked with all others of its reference, and of the reference `also`, by primary key: one success
    may take another's place."""
    places = [Payment.objects.values_list("reference", flat=True).get(pk=pk), *([also] if also else [])]
    rows = Payment.objects.select_for_update().filter(Q(reference__in=places) | Q(pk=pk)).order_by("pk")
    return next(row for row in rows if row.pk == pk)


def locked_case(pk: Any) -> Disagreement:
    """The case, locked until the transaction ends. Orders and payments are locked before their cases."""
    return Disagreement.objects.select_for_update(of=("self",)).get(pk=pk)


def open_case_of(payment: Payment, kind: str) -> Disagreement | None:
    """The open case of one kind about a locked payment. A dispute has a case of its own: it has its own end."""
    rows = payment.disagreements.filter(kind=kind, status=Disagreement.Status.OUVERT)
    return rows.exclude(key__startswith=DISPUTE).first()


def unapplied(amount: Decimal) -> tuple[Account, Decimal]:
    """A posting of `amount` euros to the payments that are received and not yet applied."""
    return system_account(SystemAccount.UNAPPLIED), amount


def locked_refund(pk: Any) -> Refund:
    return Refund.objects.select_for_update().get(pk=pk)


def by_announcement(*, provider: str, key: str, provider_ref: str) -> Payment | None:
    """The payment that a webhook speaks of. Our own key finds it even before the provider's answer is recorded."""
    payments = Payment.objects.filter(provider=provider)
    return payments.filter(key=key).first() or (
        payments.filter(provider_ref=provider_ref).first() if provider_ref else None
    )


def live_payment(reference: str, but: Payment | None = None) -> Payment | None:
    """The one payment of a reference that is pending or received, beside `but`."""
    live = Payment.objects.filter(
        reference=reference, status__in=[Payment.Status.EN_COURS, Payment.Status.REUSSI], extra=False
    )
    return (live.exclude(pk=but.pk) if but else live).first()


def payments_of(reference: str) -> QuerySet[Payment]:
    """Every attempt to pay something, oldest first."""
    return Payment.objects.filter(reference=reference).order_by("pk")


def refunded(payment: Payment, *, sent_only: bool = False, but: str = "") -> Decimal:
    """Euros refunded on a payment, those still on their way included; without the refunds in state `but` and those
    that gave the payer nothing."""
    refunds = Refund.objects.filter(payment=payment, ending="").exclude(state=but)
    if sent_only:
        refunds = refunds.filter(state=JobState.FAIT)
    return refunds.aggregate(total=Sum("amount"))["total"] or ZERO


def told_refunds(payment: Payment) -> Decimal:
    """Euros of our refunds that a provider may count as made on a payment, those that came back again included."""
    refunds = Refund.objects.filter(payment=payment).exclude(state=JobState.ECHEC)
    refunds = refunds.exclude(ending=Refund.Ending.REMPLACE)
    return refunds.aggregate(total=Sum("amount"))["total"] or ZERO


def refund_of_turn(payment: Payment, *, ref: str, key: str) -> Refund | None:
    """Our refund that a provider speaks of, by its reference, else by our key while it has none."""
    rows = Refund.objects.filter(payment=payment)
    return rows.filter(provider_ref=ref).first() or (
        rows.filter(key=key).exclude(state=JobState.FAIT).first() if key else None
    )


def turns_told(payment: Payment, news: str) -> QuerySet[PaymentFact]:
    """What a provider told of money that turned round, once for each (services/turning.py)."""
    return PaymentFact.objects.filter(payment=payment, kind=PaymentFact.Kind.ANNONCE, data__news=news)


def given_up_case(refund: Refund) -> Disagreement | None:
    """The open case about a refund, of a locked payment, that was given up."""
    return refund.cases.select_for_update(of=("self",)).filter(status=Disagreement.Status.OUVERT).first()


def left_to_refund(payment: Payment) -> Decimal:
    """Euros of what was received that may still be refunded: not refunded by us or at the provider, nor used by a
    manager's decision."""
    return max(ZERO, payment.received - payment.elsewhere - payment.diverted - refunded(payment))


def disagreements() -> QuerySet[Disagreement]:
    """The open cases of the reconciliation desk."""
    return Disagreement.objects.filter(status=Disagreement.Status.OUVERT)


def refunds_given_up() -> QuerySet[Refund]:
    """Refunds that the provider refused at every try: the payer still waits."""
    return Refund.objects.filter(state=JobState.ECHEC)


def waiting_cases(payment: Payment) -> QuerySet[Disagreement]:
    """Open cases about money of a locked payment that we hold, oldest first, locked."""
    held = Disagreement.objects.select_for_update(of=("self",)).filter(payment=payment, amount__gt=ZERO)
    # What stands there for a refund that was given up is owed by that refund.
    held = held.filter(Q(refund=None) | ~Q(refund__state=JobState.ECHEC))
    return held.filter(status=Disagreement.Status.OUVERT).order_by("pk")


def waits_on_desk(payment: Payment) -> bool:
    """Whether money of this payment waits in an open case."""
    held = disagreements().filter(payment=payment, amount__gt=ZERO)
    return held.filter(Q(refund=None) | ~Q(refund__state=JobState.ECHEC)).exists()
