"""The proof of the books: every rule of the ledger checked over all rows, the first wrong row named."""

from collections.abc import Iterator

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from accounts.wallet.models import GUARDED_CODES, Account, AccountKind, Hold, Posting, Transaction
from config.lib.models import money_value
from config.lib.money import ZERO

GUARDED = ~Q(kind=AccountKind.SYSTEME) | Q(code__in=GUARDED_CODES)


def faults() -> Iterator[str]:
    """Every broken rule, as a sentence that names the row."""
    yield from _transactions()
    yield from _accounts()
    yield from _holds()


def first_fault() -> str:
    """The first broken rule, or an empty string when the books are right."""
    return next(faults(), "")


def _transactions() -> Iterator[str]:
    sums = Posting.objects.values("transaction").annotate(total=Sum("amount")).exclude(total=money_value(ZERO))
    for row in sums.order_by("transaction"):
        yield f"transaction {row['transaction']} adds up to {row['total']}, not to zero"
    payouts = Hold.objects.filter(status=Hold.Status.CAPTURE, transaction=None)
    for held in payouts.order_by("pk"):
        yield f"hold {held.pk} ({held.reference}) is spent without a transaction"


def _accounts() -> Iterator[str]:
    accounts = Account.objects.annotate(posted=Coalesce(Sum("postings__amount"), money_value(ZERO))).order_by("pk")
    for account in accounts.filter(GUARDED).exclude(balance=F("posted")):
        yield f"account {account.pk} stores {account.balance}, its postings add up to {account.posted}"
    for account in accounts.filter(~GUARDED).exclude(balance=money_value(ZERO), held=money_value(ZERO)):
        yield f"account {account.pk} ({account.code}) stores a balance, which only guarded accounts do"
    for account in Account.objects.filter(Q(balance__lt=ZERO) | Q(held__lt=ZERO) | Q(held__gt=F("balance"))):
        yield f"account {account.pk} has {account.balance} of which {account.held} held"


def _holds() -> Iterator[str]:
    active = Coalesce(Sum("holds__amount", filter=Q(holds__status=Hold.Status.ACTIF)), money_value(ZERO))
    for account in Account.objects.annotate(active=active).exclude(held=F("active")).order_by("pk"):
        yield f"account {account.pk} stores {account.held} held, its holds add up to {account.active}"


def counts() -> dict[str, int]:
    """How much was looked at."""
    return {
        "transactions": Transaction.objects.count(),
        "postings": Posting.objects.count(),
        "accounts": Account.objects.count(),
        "holds": Hold.objects.count(),
    }
