"""Communities against the books: every request that was paid has its posting, and every such posting its request."""

from collections.abc import Iterator

from django.db.models import Count, F, Q

from accounts.communities.models import Community, SpendingRequest
from accounts.wallet.models import AccountKind, Transaction
from config.lib.models import money_value
from config.lib.money import ZERO

Status = SpendingRequest.Status


def faults() -> Iterator[str]:
    """Every broken rule, as a sentence that names the row."""
    yield from _paid()
    yield from _grants()
    yield from _votes()
    yield from _closed()


def _paid() -> Iterator[str]:
    rows = SpendingRequest.objects.filter(status=Status.PAYEE).select_related("community", "transaction")
    for request in rows.prefetch_related("transaction__postings__account").order_by("pk").iterator(500):
        postings = [
            (p.account_id if p.account.user_id is None else f"user {p.account.user_id}", p.amount)
            for p in request.transaction.postings.all()
        ] if request.transaction else []
        wanted = [(request.community.account_id, -request.amount), (f"user {request.asker_id}", request.amount)]
        if request.transaction is None or request.transaction.kind != "grant":
            yield f"community request {request.pk} is paid without a grant"
        elif sorted(postings, key=str) != sorted(wanted, key=str):
            yield (
                f"community request {request.pk} is paid {request.amount}, "
                f"but transaction {request.transaction_id} posts something else"
            )


def _grants() -> Iterator[str]:
    orphans = Transaction.objects.filter(kind="grant").exclude(spending_request__status=Status.PAYEE)
    for row in orphans.order_by("pk"):
        yield f"transaction {row.pk} ({row.reference}) pays a community request that is not paid"
    none = money_value(ZERO)
    strangers = Transaction.objects.filter(kind="contribution").annotate(
        pots=Count("postings", filter=Q(postings__account__community__isnull=False, postings__amount__gt=none))
    )
    for row in strangers.exclude(pots=1).order_by("pk"):
        yield f"transaction {row.pk} is a contribution that reaches no pot"


def _votes() -> Iterator[str]:
    rows = SpendingRequest.objects.annotate(
        listed=Count("votes"), approvals=Count("votes", filter=Q(votes__approve=True)),
        own=Count("votes", filter=Q(votes__member__user=F("asker"))),
    )
    for request in rows.exclude(listed=F("voters")).order_by("pk"):
        yield f"community request {request.pk} counts {request.voters} voters, {request.listed} are listed"
    for request in rows.filter(own__gt=0).order_by("pk"):
        yield f"community request {request.pk} lets its asker vote"
    for request in rows.filter(status=Status.PAYEE, approvals__lt=F("needed")).order_by("pk"):
        yield f"community request {request.pk} is paid with {request.approvals} approvals of {request.needed} needed"
    for request in rows.filter(status=Status.OUVERTE, approvals__gte=F("needed")).order_by("pk"):
        yield f"community request {request.pk} has {request.approvals} approvals of {request.needed} and is still open"


def _closed() -> Iterator[str]:
    full = Community.objects.filter(status=Community.Status.FERMEE).exclude(account__balance=money_value(ZERO))
    for community in full.select_related("account").order_by("pk"):
        yield f"community {community.pk} is closed with {community.account.balance} in its pot"
    wrong = Community.objects.filter(platform=False).exclude(account__kind=AccountKind.COMMUNAUTE)
    for community in wrong.order_by("pk"):
        yield f"community {community.pk} has no pot of its own"


def counts() -> dict[str, int]:
    """How much was looked at."""
    return {"communities": Community.objects.count(), "community requests": SpendingRequest.objects.count()}
