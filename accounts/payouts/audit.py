"""The proof of payouts: each has the hold and the postings that its status says, and nothing else moved."""

from collections.abc import Iterator
from hashlib import sha256

from django.db.models import Count, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from accounts.payouts.models import Means, Payout, PayoutBatch
from accounts.payouts.services.postings import CAME_BACK, GIVEN_BACK, WITHDRAWAL, way_out
from accounts.wallet.models import Hold, Posting, SystemAccount, Transaction
from config.lib.models import MoneyField, money_value
from config.lib.money import ZERO

Status = Payout.Status


def faults() -> Iterator[str]:
    """Every broken rule, as a sentence that names the row."""
    yield from _held()
    yield from _paid()
    yield from _came_back()
    yield from _strangers()
    yield from _batches()


def counts() -> dict[str, int]:
    """How much was looked at."""
    return {"payouts": Payout.objects.count(), "batches": PayoutBatch.objects.count()}


def _name(rows: QuerySet[Payout], wrong: str) -> Iterator[str]:
    for row in rows.order_by("pk"):
        yield f"payout {row.pk} ({row.status}) of {row.amount} {wrong}"


def _held() -> Iterator[str]:
    rows = Payout.objects.all()
    yield from _name(rows.filter(hold=None), "holds nothing on its wallet")
    yield from _name(
        rows.exclude(hold=None).exclude(hold__amount=F("amount"), hold__account=F("account")),
        "holds another amount or another wallet",
    )
    waiting = Q(status__in=Payout.WAITING) | Q(status=Status.ECHOUE, transaction=None)
    yield from _name(rows.filter(waiting).exclude(hold__status=Hold.Status.ACTIF), "no longer holds its amount")
    back = rows.filter(status__in=Payout.NOTHING_LEFT, transaction=None)
    yield from _name(back.exclude(hold__status=Hold.Status.LIBERE), "never left, yet its hold is not released")
    yield from _name(
        rows.filter(status__in=[*Payout.WAITING, Status.REFUSE, Status.ANNULE]).exclude(transaction=None),
        "has left before its time",
    )


def _paid() -> Iterator[str]:
    rows = Payout.objects.all()
    yield from _name(rows.filter(status=Status.PAYE, transaction=None), "is paid without a posting")
    yield from _name(rows.filter(status=Status.PAYE).exclude(bounce=None), "is paid and came back")
    posted = rows.exclude(transaction=None)
    yield from _name(
        posted.exclude(hold__status=Hold.Status.CAPTURE, hold__transaction=F("transaction")),
        "was posted by another transaction than its hold's",
    )
    yield from _name(posted.exclude(transaction__kind=WITHDRAWAL), "was posted as something else")
    yield from _amounts(posted, "transaction", -1)


def _came_back() -> Iterator[str]:
    rows = Payout.objects.all()
    gone = rows.exclude(transaction=None)
    yield from _name(gone.filter(status=Status.ECHOUE, bounce=None), "failed after it left, yet nothing came back")
    yield from _name(rows.exclude(bounce=None).filter(transaction=None), "came back without having left")
    settled = gone.filter(status__in=[Status.RENDU, Status.RELANCE])
    yield from _name(settled.filter(Q(returned=None) | Q(bounce=None)), "is settled, yet the wallet has nothing")
    yield from _name(rows.exclude(returned=None).exclude(pk__in=settled), "was given back in this status")
    yield from _amounts(rows.exclude(returned=None), "returned", 1)
    yield from _name(
        rows.filter(status=Status.RELANCE, retried_as=None), "is said to be sent again, but no payout follows"
    )


def _amounts(rows: QuerySet[Payout], field: str, sign: int) -> Iterator[str]:
    """The postings of a payout's transaction: its amount on the wallet, the reverse on our side, nothing else."""
    lines = Posting.objects.filter(transaction=OuterRef(field))
    on_wallet = lines.filter(account=OuterRef("account"), amount=_times(sign))
    for means in Means:
        code = SystemAccount.UNAPPLIED if field == "returned" else way_out(means)
        ours = lines.filter(account__code=code, amount=_times(-sign))
        right = Q(Exists(on_wallet), Exists(ours), lines=2)
        counted = rows.filter(means=means).annotate(lines=Count(f"{field}__postings"))
        yield from _name(counted.exclude(right), f"has a transaction ({field}) that posts otherwise")


def _times(sign: int) -> ExpressionWrapper:
    return ExpressionWrapper(OuterRef("amount") * Value(sign), output_field=MoneyField())


def _strangers() -> Iterator[str]:
    """The reverse: movements that call themselves payouts and are none."""
    for kind, field in ((WITHDRAWAL, "transaction"), (CAME_BACK, "bounce"), (GIVEN_BACK, "returned")):
        known = Payout.objects.exclude(**{field: None}).values(field)
        for row in Transaction.objects.filter(kind=kind).exclude(pk__in=known).order_by("pk"):
            yield f"transaction {row.pk} ({kind} {row.reference}) belongs to no payout"
    for held in Hold.objects.filter(reference__startswith="payout:", payout=None).order_by("pk"):
        yield f"hold {held.pk} ({held.reference}) belongs to no payout"


def _batches() -> Iterator[str]:
    total = Coalesce(Sum("payouts__amount"), money_value(ZERO))
    rows = PayoutBatch.objects.annotate(total=total, lines=Count("payouts")).order_by("pk")
    for batch in rows.defer("file").exclude(total=F("control_sum"), lines=F("count")):
        yield (
            f"batch {batch.pk} says {batch.count} transfers of {batch.control_sum} in all, its payouts are "
            f"{batch.lines} of {batch.total}"
        )
    for written in PayoutBatch.objects.order_by("pk").iterator(chunk_size=10):
        if sha256(bytes(written.file)).hexdigest() != written.sha256:
            yield f"batch {written.pk}: its file was changed"
    forgotten = Q(batch__status=PayoutBatch.Status.EXECUTE) | Q(status=Status.PRET, batch__isnull=False)
    waiting = Payout.objects.filter(forgotten, status__in=Payout.WAITING)
    yield from _name(waiting, "waits in a batch that was executed, or is not marked as sent with it")
    alone = Payout.objects.filter(status=Status.ENVOYE, means=Means.VIREMENT, batch=None)
    yield from _name(alone, "is sent without a batch")
