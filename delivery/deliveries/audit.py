"""The proof of deliveries: the money of each, held, paid out or free again, as its state says; and the reverse."""

from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Prefetch, Q

from accounts.wallet.models import AccountKind, Hold, Posting, SystemAccount, Transaction
from config.lib.money import ZERO
from delivery.deliveries.models import Delivery
from delivery.deliveries.rules import commission_of

Status = Delivery.Status
PAID, PREFIX = "delivery", "delivery:"
CHUNK = 500
HOLD_OF = {
    **dict.fromkeys(Delivery.RUNNING, Hold.Status.ACTIF), Status.LIVREE: Hold.Status.CAPTURE,
    **dict.fromkeys((Status.ANNULEE, Status.RETOURNEE), Hold.Status.LIBERE),
}


def faults() -> Iterator[str]:
    """Every broken rule, as a sentence that names the row."""
    yield from _awarded()
    yield from _reverse()


def counts() -> dict[str, int]:
    """How much was looked at."""
    return {"deliveries awarded": Delivery.objects.exclude(hold=None).count()}


def _awarded() -> Iterator[str]:
    must = Q(status__in=(*Delivery.RUNNING, Status.LIVREE)) | ~Q(hold=None)
    rows = Delivery.objects.filter(must).select_related("hold__transaction", "payer_account", "courier__user__wallet")
    postings = Prefetch("hold__transaction__postings", Posting.objects.select_related("account"))
    for delivery in rows.order_by("pk").prefetch_related(postings).iterator(chunk_size=CHUNK):
        yield from _one(delivery)


def _one(delivery: Delivery) -> Iterator[str]:
    who, hold = f"delivery {delivery.pk} ({delivery.status})", delivery.hold
    if hold is None or delivery.courier is None or delivery.agreed_price is None:
        yield f"{who} has a courier without price or money held"
        return
    if hold.status != HOLD_OF.get(Status(delivery.status)):
        yield f"{who}: its hold {hold.pk} is {hold.status}"
    sold = delivery.payer_account.kind == AccountKind.SYSTEME
    due = delivery.max_price if sold else delivery.agreed_price
    if (hold.amount, hold.account_id, hold.reference) != (due, delivery.payer_account_id, f"{PREFIX}{delivery.pk}"):
        yield f"{who}: hold {hold.pk} is {hold.amount} of account {hold.account_id} for {hold.reference}, {due} is due"
    if hold.status == Hold.Status.CAPTURE and hold.transaction is not None:
        yield from _paid(delivery, hold.transaction, due=due, price=delivery.agreed_price)


def _paid(delivery: Delivery, posted: Transaction, *, due: Decimal, price: Decimal) -> Iterator[str]:
    """The capture: the payer gives all that was held, the courier gets the price less the commission, the platform
    the commission and, of a delivery it sold, the margin."""
    assert delivery.courier is not None
    commission = commission_of(price, delivery.commission_percent)
    wallet = getattr(delivery.courier.user, "wallet", None)
    expected = {
        delivery.payer_account_id: -due, wallet and wallet.pk: price - commission,
        SystemAccount.COMMISSION: commission, SystemAccount.DELIVERY_SALES: due - price,
    }
    found: dict[object, Decimal] = dict.fromkeys(expected, ZERO)
    for posting in posted.postings.all():
        code = posting.account.code
        name = code if code in (SystemAccount.COMMISSION, SystemAccount.DELIVERY_SALES) else posting.account_id
        found[name] = found.get(name, ZERO) + posting.amount
    if found != expected:
        yield (
            f"delivery {delivery.pk}: transaction {posted.pk} moved {sorted(map(str, found.values()))}, "
            f"{sorted(map(str, expected.values()))} was due"
        )


def _reverse() -> Iterator[str]:
    """Nothing is held, paid or taken as commission for a delivery that does not say so."""
    for hold in Hold.objects.filter(reference__startswith=PREFIX, delivery=None).order_by("pk"):
        yield f"hold {hold.pk} ({hold.reference}) belongs to no delivery"
    for row in Transaction.objects.filter(kind=PAID).exclude(hold__delivery__status=Status.LIVREE).order_by("pk"):
        yield f"transaction {row.pk} ({row.key}) pays for no delivery that arrived"
