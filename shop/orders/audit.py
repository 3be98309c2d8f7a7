"""The proof of orders: each paid order and each refund against its money and its papers, and the reverse."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from accounts.wallet.models import Posting, SystemAccount, Transaction
from config.lib.money import ZERO
from shop.invoices.models import Invoice, InvoiceKind
from shop.orders.models import Order, OrderRefund, OrderRefundLine, order_reference_pk

PAYMENT, REFUND, KEPT = "order_payment", "order_refund", "fee_kept"
HAVE = (Order.Status.PAYEE, Order.Status.EXPEDIEE, Order.Status.LIVREE, Order.Status.REMBOURSEE)
REVENUE = (SystemAccount.SALES, SystemAccount.ESCROW)
CHUNK = 500


def faults() -> Iterator[str]:
    """Every broken rule, as a sentence that names the row."""
    paid = Order.objects.filter(Q(status__in=HAVE) | ~Q(payment=None)).order_by("pk")
    for orders in _chunks(_details(paid)):
        money = _transactions([order.reference for order in orders])
        for order in orders:
            yield from _payment(order, money)
            yield from _refunds(order, money)
    for order in Order.objects.filter(payment=None, refunded__gt=0):
        yield f"order {order.pk} is refunded by {order.refunded} and was never paid"
    yield from _reverse()


def counts() -> dict[str, int]:
    """How much was looked at."""
    return {"orders": Order.objects.exclude(payment=None).count(), "order refunds": OrderRefund.objects.count()}


def _chunks(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    """The rows a few hundred at a time, so that millions do not stand in memory."""
    source = iter(rows.iterator(chunk_size=CHUNK))
    while chunk := list(islice(source, CHUNK)):
        yield chunk


def _details(orders: QuerySet[Order]) -> QuerySet[Order]:
    refunds = OrderRefund.objects.select_related("credit_note", "payment_refund").defer("credit_note__pdf")
    lines = OrderRefundLine.objects.order_by("pk")
    return orders.select_related("invoice", "payment").defer("invoice__pdf").prefetch_related(
        "lines", Prefetch("refunds", refunds.order_by("pk").prefetch_related(Prefetch("lines", lines)))
    )


def _transactions(references: list[str]) -> dict[str, Transaction]:
    """The movements of orders by their key, with their postings."""
    rows = Transaction.objects.filter(reference__in=references, kind__in=(PAYMENT, REFUND))
    postings = Posting.objects.select_related("account")
    return {row.key: row for row in rows.prefetch_related(Prefetch("postings", postings))}


# --- Paid -----------------------------------------------------------------------------------------------------
def _payment(order: Order, money: dict[str, Transaction]) -> Iterator[str]:
    who = f"order {order.pk}"
    if order.payment is None:
        yield f"{who} is {order.status} without a payment"
        return
    invoice = order.invoice
    if invoice is None:
        yield f"{who} is paid and has no invoice"
        return
    if invoice.total != order.total or invoice.kind != InvoiceKind.FACTURE:
        yield f"{who} comes to {order.total}, its invoice {invoice.number} to {invoice.total}"
    applied = money.get(f"payment:{order.payment_id}:applied")
    if applied is None or applied.kind != PAYMENT:
        yield f"{who}: its payment {order.payment_id} was never applied"
        return
    yield from _against(f"{who} (transaction {applied.pk})", applied, invoice, sign=1)


def _against(who: str, posted: Transaction, paper: Invoice, *, sign: int) -> Iterator[str]:
    """The postings of a sale or of its reversal, against its invoice or credit note."""
    sums: dict[str | None, Decimal] = defaultdict(lambda: ZERO)
    rates: dict[Decimal | None, Decimal] = defaultdict(lambda: ZERO)
    for posting in posted.postings.all():
        sums[posting.account.code] += posting.amount
        if posting.account.code == SystemAccount.VAT:
            rates[posting.vat_rate] += posting.amount
    moved = -sums[SystemAccount.UNAPPLIED]
    if moved != sign * paper.total:
        yield f"{who} moved {moved}, {paper.number} says {sign * paper.total}"
    net = sum((sums[code] for code in REVENUE), ZERO)
    if net != sign * paper.net:
        yield f"{who} booked {net} excl. VAT, {paper.number} says {sign * paper.net}"
    # What was booked before rates stood on postings can be compared in all only.
    said = _by_rate((None, line.vat) if None in rates else (line.rate, line.vat) for line in paper.vat_lines)
    booked = _by_rate((rate, sign * amount) for rate, amount in rates.items())
    if booked != said:
        yield f"{who} booked VAT {_plain(booked)}, {paper.number} says {_plain(said)}"


def _by_rate(rows: Iterable[tuple[Decimal | None, Decimal]]) -> dict[Decimal | None, Decimal]:
    sums: dict[Decimal | None, Decimal] = defaultdict(lambda: ZERO)
    for rate, amount in rows:
        sums[rate] += amount
    return {rate: amount for rate, amount in sums.items() if amount}


def _plain(sums: dict[Decimal | None, Decimal]) -> str:
    return ", ".join(f"{amount} at {'?' if rate is None else f'{rate:f}'} %" for rate, amount in sums.items()) or "none"


# --- Refunded -------------------------------------------------------------------------------------------------
def _refunds(order: Order, money: dict[str, Transaction]) -> Iterator[str]:
    who, given = f"order {order.pk}", list(order.refunds.all())
    back = sum((refund.amount for refund in given), ZERO)
    if back != order.refunded:
        yield f"{who} is refunded by {order.refunded}, its refunds add up to {back}"
    if order.status in (Order.Status.REMBOURSEE, Order.Status.ANNULEE) and order.refunded != order.total:
        yield f"{who} is {order.status} and {order.left_to_refund} were not given back"
    fees = sum((refund.delivery_fee for refund in given), ZERO)
    if fees != order.fee_refunded:
        yield f"{who} counts {order.fee_refunded} of its delivery fee as refunded, its refunds {fees}"
    pieces: dict[int, int] = defaultdict(int)
    amounts: dict[int, Decimal] = defaultdict(lambda: ZERO)
    by_id = {row.pk: row for row in money.values()}
    for refund in given:
        yield from _refund(order, refund, by_id)
        for row in refund.lines.all():
            pieces[row.line_id] += row.quantity
            amounts[row.line_id] += row.amount
    for line in order.lines.all():
        if line.refunded != amounts[line.pk]:
            yield f"line {line.pk} of {who} counts {line.refunded} as refunded, its refunds {amounts[line.pk]}"
        if line.refunded_quantity < pieces[line.pk]:
            yield f"line {line.pk} of {who} counts {line.refunded_quantity} pieces as refunded, its refunds more"


def _refund(order: Order, refund: OrderRefund, money: dict[int, Transaction]) -> Iterator[str]:
    who, note = f"refund {refund.pk} of order {order.pk}", refund.credit_note
    parts = sum((row.amount for row in refund.lines.all()), refund.delivery_fee)
    if parts != refund.amount:
        yield f"{who} is of {refund.amount}, its parts add up to {parts}"
    if note.total != refund.amount or note.corrects_id != order.invoice_id or note.kind != InvoiceKind.AVOIR:
        yield f"{who} is of {refund.amount}, its credit note {note.number} does not say so"
    owed = refund.payment_refund
    # The last refund of a payment that was accepted short gives back what had come, and no more.
    short = order.payment.amount - order.payment.received if order.payment else ZERO
    if owed is None or owed.amount not in (refund.amount, refund.amount - short) or owed.payment_id != order.payment_id:
        yield f"{who} is of {refund.amount}, that is not what the payer is owed"
    posted = money.get(refund.transaction_id)
    if posted is None or posted.kind != REFUND:
        yield f"{who}: transaction {refund.transaction_id} is not a refund of this order"
        return
    yield from _against(f"{who} (transaction {posted.pk})", posted, note, sign=-1)


# --- Nothing besides ------------------------------------------------------------------------------------------
def _reverse() -> Iterator[str]:
    """Every movement and paper of an order belongs to one."""
    ours = Transaction.objects.filter(kind__in=(PAYMENT, KEPT)).order_by("pk").values_list(
        "pk", "kind", "key", "reference"
    )
    for rows in _chunks(ours):
        known = dict(
            Order.objects.filter(pk__in=[order_reference_pk(row[3]) for row in rows]).values_list("pk", "payment_id")
        )
        for pk, kind, key, reference in rows:
            number = order_reference_pk(reference)
            if number not in known:
                yield f"transaction {pk} ({kind} {reference}) belongs to no order"
            elif kind == PAYMENT and key != f"payment:{known[number]}:applied":
                yield f"transaction {pk} ({key}) paid {reference}, which knows another payment"
    refunded = OrderRefund.objects.values("transaction")
    for row in Transaction.objects.filter(kind=REFUND).exclude(pk__in=refunded).order_by("pk"):
        yield f"transaction {row.pk} ({row.kind} {row.reference}) belongs to no refund"
    papers = Invoice.objects.filter(key__startswith="order:").defer("pdf").order_by("pk")
    for paper in papers.filter(kind=InvoiceKind.AVOIR).exclude(pk__in=OrderRefund.objects.values("credit_note")):
        yield f"credit note {paper.number} ({paper.key}) belongs to no refund"
    with_invoice = Order.objects.exclude(invoice=None).values("invoice")
    for paper in papers.filter(kind=InvoiceKind.FACTURE).exclude(pk__in=with_invoice):
        yield f"invoice {paper.number} ({paper.key}) belongs to no order"
