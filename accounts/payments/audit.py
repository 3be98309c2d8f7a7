"""The proof of payments: every euro on UNAPPLIED is explained by a row, and every row by its postings.

Read it from the account: everything that a provider receives or gives back passes through UNAPPLIED, in transactions
whose key names the row that caused them:

    payment:<id>:received[:<cents>]   came in (CLEARING or a wallet → UNAPPLIED); adds up to `Payment.received`
    payment:<id>:applied              used for what it pays; −`Payment.amount`, once
    payment:<id>:elsewhere:<…>        taken back at the provider, not by us (refunds, disputes), and what came back of
                                      it; adds up to −`Payment.elsewhere`
    payment:<id>:short                a shortfall that a manager had accepted, taken back by the last refund
    refund:<id>                       a `Refund` that is done; −`amount`. Zero when a refund at the provider was adopted
    refund:<id>:failed                the same refund came back: +`amount`, once
    case:<id>                         the decision on a `Disagreement`

What stands on UNAPPLIED at any moment is therefore: the amounts of the open cases, the payments received and not yet
applied, and the refunds that are still under way; one that was given up is the affair of its case. `faults()` yields a
sentence for each row that says otherwise.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from accounts.payments.models import Disagreement, Payment, Refund
from accounts.wallet.models import Posting, SystemAccount
from config.lib.jobs import JobState
from config.lib.money import ZERO

Kind = Disagreement.Kind
PATIENCE = timedelta(hours=1)  # what is received is applied at once; after a crash, by the clock's next round
RECEIVED = (Payment.Status.REUSSI, Payment.Status.REMBOURSE)
CAME_BACK = (Refund.Ending.REVENU, Refund.Ending.REGLE)
SHOWN = 20  # rows of a kind named before the rest is left out
Sums = dict[int, Decimal]


class Books:
    """The postings of UNAPPLIED by what caused them."""

    def __init__(self) -> None:
        self.total = ZERO
        self.payments: dict[str, Sums] = defaultdict(lambda: defaultdict(lambda: ZERO))
        self.refunds: Sums = {}
        self.bounced: Sums = {}
        self.cases: Sums = {}
        rows = Posting.objects.filter(account__code=SystemAccount.UNAPPLIED).order_by().values_list("transaction__key")
        for key, amount in rows.annotate(total=Sum("amount")).iterator():
            self.total += amount
            thing, _sep, rest = key.partition(":")
            number, _sep, step = rest.partition(":")
            if not number.isdecimal():
                continue
            if thing == "payment":
                self.payments[step.partition(":")[0]][int(number)] += amount
            elif thing == "refund" and step == "failed":
                self.bounced[int(number)] = amount
            elif thing == "refund":
                self.refunds[int(number)] = amount
            elif thing == "case":
                self.cases[int(number)] = amount


def faults() -> Iterator[str]:
    """Every payment, refund and case whose postings are missing, too many or different; then the account itself."""
    books = Books()
    yield from _payments(books)
    yield from _refunds(books)
    yield from _cases(books)
    expected = explained(books)
    if books.total != expected:
        yield f"account UNAPPLIED stands at {books.total}, cases, payments and refunds explain {expected}"


def _payments(books: Books) -> Iterator[str]:
    adopted = _adopted(books)
    late = timezone.now() - PATIENCE
    explained_by_case = _explained_ids()
    seen = set()
    for row in Payment.objects.order_by("pk").iterator():
        seen.add(row.pk)
        name = f"payment {row.pk} ({row.reference})"
        came_in = books.payments["received"].get(row.pk, ZERO)
        if came_in != row.received:
            yield f"{name} stores {row.received} received, its postings say {came_in}"
        if row.status in RECEIVED and not row.received:
            yield f"{name} is {row.status} and nothing was received"
        gone = -books.payments["elsewhere"].get(row.pk, ZERO)
        if gone != row.elsewhere + adopted[row.pk]:
            yield f"{name} stores {row.elsewhere} refunded at the provider, its postings say {gone}"
        applied = books.payments["applied"].get(row.pk)
        if applied is not None and (applied != -row.amount or row.status not in RECEIVED):
            yield f"{name} is {row.status} of {row.amount}, its application posted {-applied}"
        waits = applied is None and not row.extra and row.pk not in explained_by_case
        if waits and row.status == Payment.Status.REUSSI and row.updated_at < late:
            yield f"{name} was received and is neither applied nor explained by a case"
    for step, sums in books.payments.items():
        for pk in sorted(set(sums) - seen)[:SHOWN]:
            yield f"transaction payment:{pk}:{step} has no payment"


def _refunds(books: Books) -> Iterator[str]:
    seen = set()
    for row in Refund.objects.order_by("pk").iterator():
        seen.add(row.pk)
        posted = books.refunds.get(row.pk)
        came_back = books.bounced.get(row.pk)
        if came_back != (row.amount if row.ending in CAME_BACK else None):
            yield f"refund {row.pk} of payment {row.payment_id} ends {row.ending or 'well'}, came back: {came_back}"
        if row.ending == Refund.Ending.REMPLACE:
            if posted is not None:
                yield f"refund {row.pk} of payment {row.payment_id} is settled otherwise and posted"
        elif row.state == JobState.FAIT and posted is None:
            yield f"refund {row.pk} of payment {row.payment_id} is done and not posted"
        elif row.state != JobState.FAIT and posted is not None:
            yield f"refund {row.pk} of payment {row.payment_id} is {row.state} and posted already"
        elif posted is not None and posted not in (-row.amount, ZERO):
            yield f"refund {row.pk} of payment {row.payment_id} is of {row.amount}, posted were {-posted}"
    for pk in sorted({*books.refunds, *books.bounced} - seen)[:SHOWN]:
        yield f"transaction refund:{pk} has no refund"


def _cases(books: Books) -> Iterator[str]:
    settled = dict(Disagreement.objects.order_by("pk").values_list("pk", "status"))
    for pk in sorted(books.cases):
        if pk not in settled:
            yield f"transaction case:{pk} has no disagreement"
        elif settled[pk] == Disagreement.Status.OUVERT:
            yield f"disagreement {pk} is open and posted already"


def _adopted(books: Books) -> Sums:
    """By payment: refunds of ours that the provider refused, and that one made there stands for."""
    sums: Sums = defaultdict(lambda: ZERO)
    for row in Refund.objects.filter(pk__in=[pk for pk, posted in books.refunds.items() if not posted]):
        sums[row.payment_id] += row.amount
    return sums


def _explained_ids() -> set[Any]:
    """Payments whose whole amount is a case's affair, open or settled."""
    whole = Disagreement.objects.filter(kind__in=[Kind.PAYE_ANNULE, Kind.PAIEMENT_INCONNU])
    late = Disagreement.objects.filter(key__startswith="late:")
    return set((whole | late).values_list("payment_id", flat=True))


def explained(books: Books) -> Decimal:
    """Euros that must stand on UNAPPLIED: open cases, payments not yet applied, refunds under way."""
    cases = Disagreement.objects.filter(status=Disagreement.Status.OUVERT).aggregate(n=Sum("amount"))["n"] or ZERO
    owed = Refund.objects.exclude(state=JobState.FAIT)
    on_desk = Disagreement.objects.filter(status=Disagreement.Status.OUVERT, refund__state=JobState.ECHEC)
    owed = owed.exclude(pk__in=on_desk.values("refund"))
    under_way = owed.aggregate(n=Sum("amount"))["n"] or ZERO
    waiting = Payment.objects.filter(status__in=RECEIVED, extra=False).exclude(pk__in=_explained_ids())
    applied = books.payments["applied"]
    waiting_ids = {pk: amount for pk, amount in waiting.values_list("pk", "amount") if pk not in applied}
    # Money may go back before it was ever applied; a case's refund is money of the case, not of the payment.
    back = Refund.objects.filter(payment__in=waiting_ids).exclude(key__startswith="case:")
    waits = sum(waiting_ids.values(), ZERO) - (back.aggregate(n=Sum("amount"))["n"] or ZERO)
    return cases + under_way + waits + sum((books.payments["short"].get(pk, ZERO) for pk in waiting_ids), ZERO)
