"""The proof of bills: each against its invoice, its postings, its payments and credit notes, and the reverse."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db.models import Prefetch, QuerySet, Sum

from accounts.payments.models import Payment
from accounts.wallet.models import Posting, SystemAccount, Transaction
from config.lib.money import ZERO
from garage.billing.books import REVENUE
from garage.billing.models import Bill, BillCredit, BillKind, BillPayment
from garage.billing.rules import bill_pk
from garage.quotes.models import Quote
from shop.invoices.models import Invoice, InvoiceKind
from shop.invoices.rules import normal

ISSUED, CREDITED, REOPENED, PAID = "bill", "bill_credit", "bill_reopened", "bill_payment"
KINDS = (ISSUED, CREDITED, REOPENED, PAID, "bill_refund", "bill_reversal")
NET = (*REVENUE.values(), SystemAccount.DEPOSITS)
CHUNK = 500
Rates = dict[Decimal, Decimal]


def faults() -> Iterator[str]:
    """Every broken rule, as a sentence that names the row."""
    for bills in _chunks(_details(Bill.objects.order_by("pk"))):
        money = _transactions([bill.reference for bill in bills])
        for bill in bills:
            yield from _issued(bill, money[bill.reference])
            yield from _paid(bill)
            yield from _credits(bill)
            yield from _state(bill, money[bill.reference])
    yield from _deposits()
    yield from _reverse()


def counts() -> dict[str, int]:
    """How much was looked at."""
    return {"bills": Bill.objects.count(), "payments of bills": BillPayment.objects.count()}


def _chunks(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    """The rows a few hundred at a time, so that millions do not stand in memory."""
    source = iter(rows.iterator(chunk_size=CHUNK))
    while chunk := list(islice(source, CHUNK)):
        yield chunk


def _details(bills: QuerySet[Bill]) -> QuerySet[Bill]:
    postings = Prefetch("transaction__postings", Posting.objects.select_related("account"))
    paid = BillPayment.objects.select_related("transaction", "payment", "payment_refund").prefetch_related(postings)
    credits = BillCredit.objects.select_related("transaction", "credit_note").defer("credit_note__pdf")
    return bills.select_related("invoice").defer("invoice__pdf").prefetch_related(
        "covers", Prefetch("payments", paid.order_by("pk")),
        Prefetch("credits", credits.prefetch_related(postings).order_by("pk")),
    )


def _transactions(references: list[str]) -> dict[str, list[Transaction]]:
    """The movements of bills by their reference, with their postings."""
    found: dict[str, list[Transaction]] = defaultdict(list)
    postings = Posting.objects.select_related("account")
    rows = Transaction.objects.filter(reference__in=references, kind__in=KINDS).order_by("pk")
    for row in rows.prefetch_related(Prefetch("postings", postings)):
        found[row.reference].append(row)
    return found


# --- Issued ---------------------------------------------------------------------------------------------------
def _issued(bill: Bill, money: list[Transaction]) -> Iterator[str]:
    who, paper = f"bill {bill.pk}", bill.invoice
    deposit = bill.kind == BillKind.ACOMPTE
    if paper.total != bill.amount or paper.kind != InvoiceKind.FACTURE or paper.is_deposit != deposit:
        yield f"{who} comes to {bill.amount}, its invoice {paper.number} to {paper.total}"
    posted = [row for row in money if row.kind == ISSUED]
    if len(posted) != 1:
        yield f"{who} was issued by {len(posted)} transactions"
    for row in posted:
        yield from _against(f"{who} (transaction {row.pk})", row, paper, sign=1)
    if deposit:
        return
    gross = sum((Decimal(line["total"]) for line in paper.lines if Decimal(line["quantity"]) > 0), ZERO)
    quoted = sum((quote.total for quote in bill.covers.all()), ZERO)
    # A cancelled one may stand for more than what was left of its quotes after a withdrawal.
    if gross - paper.discount != quoted and not _cut_since(bill):
        yield f"{who} bills work of {gross - paper.discount}, its quotes come to {quoted}"


def _cut_since(bill: Bill) -> bool:
    gone = bill.covers.filter(acceptances__withdrawn_at__isnull=False)
    return bill.status == Bill.Status.ANNULEE and gone.exists()


def _against(who: str, posted: Transaction, paper: Invoice, *, sign: int) -> Iterator[str]:
    """The postings of a bill or of its reversal, against its invoice or credit note."""
    owed, nets, vat = ZERO, defaultdict[Decimal, Decimal](lambda: ZERO), defaultdict[Decimal, Decimal](lambda: ZERO)
    for posting in posted.postings.all():
        rate = normal(posting.vat_rate or ZERO)
        if posting.account.code == SystemAccount.RECEIVABLE:
            owed -= posting.amount
        elif posting.account.code == SystemAccount.VAT:
            vat[rate] += posting.amount
        elif posting.account.code in NET:
            nets[rate] += posting.amount
    if owed != sign * paper.total:
        yield f"{who} booked {owed} as owed, {paper.number} says {sign * paper.total}"
    for word, booked, said in (
        ("net", nets, {line.rate: sign * line.net for line in paper.vat_lines}),
        ("VAT", vat, {line.rate: sign * line.vat for line in paper.vat_lines}),
    ):
        if _some(booked) != _some(said):
            yield f"{who} booked {word} {_plain(booked)}, {paper.number} says {_plain(said)}"


def _some(sums: Rates) -> Rates:
    return {normal(rate): amount for rate, amount in sums.items() if amount}


def _plain(sums: Rates) -> str:
    return ", ".join(f"{amount} at {rate:f} %" for rate, amount in sorted(_some(sums).items())) or "none"


# --- Paid -----------------------------------------------------------------------------------------------------
def _owed(posted: Transaction) -> Decimal:
    """What a movement took off what clients owe."""
    return sum(
        (row.amount for row in posted.postings.all() if row.account.code == SystemAccount.RECEIVABLE), ZERO
    )


def _paid(bill: Bill) -> Iterator[str]:
    rows = list(bill.payments.all())
    total = sum((row.amount for row in rows), ZERO)
    if total != bill.paid:
        yield f"bill {bill.pk} counts {bill.paid} as paid, its payments {total}"
    undone: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for row in rows:
        who = f"payment {row.pk} of bill {bill.pk}"
        posted = row.transaction
        if posted.reference != bill.reference or _owed(posted) != row.amount:
            yield f"{who} is of {row.amount}, transaction {posted.pk} moved {_owed(posted)} of {posted.reference}"
        if row.undoes_id is not None:
            undone[row.undoes_id] -= row.amount
        if row.payment is not None and row.amount > ZERO:
            taken = row.payment.status in (Payment.Status.REUSSI, Payment.Status.REMBOURSE)
            if not taken or posted.key != f"payment:{row.payment_id}:applied":
                yield f"{who} stands on payment {row.payment_id} ({row.payment.status}), not applied here"
        if row.payment_refund is not None and row.payment_refund.payment_id != row.payment_id:
            yield f"{who} gave back by refund {row.payment_refund_id}, which is of another payment"
    for row in rows:
        if row.amount > ZERO and undone[row.pk] > row.amount:
            yield f"payment {row.pk} of bill {bill.pk} is of {row.amount} and {undone[row.pk]} went back"


# --- Credited -------------------------------------------------------------------------------------------------
def _credits(bill: Bill) -> Iterator[str]:
    rows = list(bill.credits.all())
    total = sum((row.amount for row in rows), ZERO)
    if total != bill.credited:
        yield f"bill {bill.pk} counts {bill.credited} as credited, its credit notes {total}"
    for row in rows:
        who, paper = f"credit {row.pk} of bill {bill.pk}", row.credit_note
        if paper.total != row.amount or paper.corrects_id != bill.invoice_id or paper.kind != InvoiceKind.AVOIR:
            yield f"{who} is of {row.amount}, its credit note {paper.number} does not say so"
        if row.transaction.kind != CREDITED or row.transaction.reference != bill.reference:
            yield f"{who}: transaction {row.transaction_id} is no credit of this bill"
        else:
            yield from _against(f"{who} (transaction {row.transaction_id})", row.transaction, paper, sign=-1)


# --- In all ---------------------------------------------------------------------------------------------------
def _state(bill: Bill, money: list[Transaction]) -> Iterator[str]:
    stands = -sum((_owed(row) for row in money), ZERO)
    owes = bill.amount - bill.credited - bill.paid
    if stands != owes:
        yield f"bill {bill.pk} owes {owes}, the ledger says {stands}"
    if bill.amount and bill.credited == bill.amount:
        expected = Bill.Status.ANNULEE
    else:
        expected = Bill.Status.EMISE if bill.due else Bill.Status.PAYEE
    if bill.status != expected:
        yield f"bill {bill.pk} is {bill.status} and owes {bill.due}"


def _deposits() -> Iterator[str]:
    """What stands on DEPOSITS for a job is what its deposits not yet taken off come to."""
    expected: dict[int, Decimal] = defaultdict(lambda: ZERO)
    waiting = Bill.objects.filter(kind=BillKind.ACOMPTE, deducted_by=None).exclude(status=Bill.Status.ANNULEE)
    rows = waiting.order_by("pk").annotate(back=Sum("invoice__credit_notes__net"))
    for quote, net, back in rows.values_list("quote_id", "invoice__net", "back"):
        expected[quote] += net - (back or ZERO)
    jobs = dict(Bill.objects.values_list("pk", "quote_id"))
    booked: dict[int, Decimal] = defaultdict(lambda: ZERO)
    postings = Posting.objects.filter(account__code=SystemAccount.DEPOSITS).order_by()
    for reference, total in postings.values_list("transaction__reference").annotate(total=Sum("amount")):
        booked[jobs.get(bill_pk(reference) or 0, 0)] += total
    for job in sorted({*expected, *booked}):
        if expected[job] != booked[job]:
            yield f"quote {job} has {booked[job]} on DEPOSITS, its deposits come to {expected[job]}"


def _reverse() -> Iterator[str]:
    """Every movement and paper of a bill belongs to one, and what is invoiced has its bill."""
    known = set(Bill.objects.values_list("pk", flat=True))
    paid = set(BillPayment.objects.values_list("transaction", flat=True))
    credited = set(BillCredit.objects.values_list("transaction", flat=True))
    ours = Transaction.objects.filter(kind__in=KINDS).order_by("pk").values_list("pk", "kind", "reference")
    for pk, kind, reference in ours.iterator(chunk_size=5000):
        if bill_pk(reference) not in known:
            yield f"transaction {pk} ({kind} {reference}) belongs to no bill"
        elif kind == CREDITED and pk not in credited:
            yield f"transaction {pk} ({kind} {reference}) belongs to no credit note"
        elif kind not in (ISSUED, CREDITED, REOPENED) and pk not in paid:
            yield f"transaction {pk} ({kind} {reference}) belongs to no payment"
    papers = Invoice.objects.filter(key__startswith="bill:").defer("pdf").order_by("pk")
    for paper in papers.filter(kind=InvoiceKind.FACTURE, bill=None):
        yield f"invoice {paper.number} ({paper.key}) belongs to no bill"
    notes = papers.filter(kind=InvoiceKind.AVOIR).exclude(pk__in=BillCredit.objects.values("credit_note"))
    for paper in notes:
        yield f"credit note {paper.number} ({paper.key}) belongs to no bill"
    for quote in Quote.objects.filter(status=Quote.Status.FACTURE, billed_by=None).order_by("pk"):
        yield f"quote {quote.pk} is FACTURE and no bill covers it"

