"""Reads, rights and locks of bills, and the link that pays one without an account."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core import signing
from django.db.models import F, Prefetch, Q, QuerySet, Sum
from django.utils import timezone

from accounts.payments.models import Payment
from accounts.payments.queries import left_to_refund
from config.lib.actors import SYSTEM
from config.lib.errors import Forbidden, NotFound
from config.lib.money import ZERO
from garage.billing import rules
from garage.billing.models import COUNTER, Bill, BillChange, BillCredit, BillKind, BillPayment, Means
from garage.clients import queries as clients
from garage.quotes import queries as quotes
from garage.quotes.models import Quote
from shop.invoices.models import Invoice

LINK_SALT = "triporteur.garage.bill"


# --- Rights ---------------------------------------------------------------------------------------------------
def visible_to(user: Any) -> QuerySet[Bill]:
    """Staff see all; a client those of his own."""
    rows = Bill.objects.select_related("invoice", "quote__client", "quote__vehicle").defer("invoice__pdf")
    if clients.works_here(user):
        return rows
    return rows.filter(quote__client__in=clients.visible_to(user))


def get_for(user: Any, pk: Any, right: str = "read") -> Bill:
    """One bill with the right to "read", "pay" (its client; SYSTEM for whoever has the link) or "write" (staff).
    NotFound for a stranger, else Forbidden."""
    row = visible_to(user).filter(pk=pk).first()
    if row is None:
        raise NotFound
    if right == "write" and not clients.works_here(user):
        raise Forbidden
    if right == "pay" and user is not SYSTEM and not is_client(user, row):
        raise Forbidden
    return row


def is_client(user: Any, bill: Bill) -> bool:
    """Whether this person is the client, or belongs to the company that is."""
    client = bill.quote.client
    return client.user_id == user.pk or (
        client.company_id is not None and user.memberships.filter(company_id=client.company_id).exists()
    )


def paper_of(bill: Bill, credit: int | None = None) -> Invoice:
    """The invoice of a bill, with its file, or one of its credit notes. NotFound."""
    if credit is None:
        return Invoice.objects.get(pk=bill.invoice_id)
    row = bill.credits.select_related("credit_note").filter(pk=credit).first()
    if row is None:
        raise NotFound
    return row.credit_note


def detailed(rows: QuerySet[Bill]) -> QuerySet[Bill]:
    """With what a page or the API tells of each, in a fixed number of queries."""
    paid = BillPayment.objects.select_related("by", "payment_refund").order_by("pk")
    credits = BillCredit.objects.select_related("credit_note").defer("credit_note__pdf").order_by("pk")
    moves = BillChange.objects.select_related("by").order_by("pk")
    return rows.prefetch_related(
        Prefetch("payments", paid), Prefetch("credits", credits), Prefetch("history", moves)
    )


def search(rows: QuerySet[Bill], words: str) -> QuerySet[Bill]:
    """By number of the invoice or quote, client or plate."""
    return rows.filter(
        Q(invoice__number__icontains=words) | Q(quote__number__icontains=words)
        | Q(quote__client__name__icontains=words) | Q(quote__vehicle__plate__icontains=words)
    )


def overdue(rows: QuerySet[Bill], day: date | None = None) -> QuerySet[Bill]:
    """Bills whose day is over and that are not paid."""
    return rows.filter(status=Bill.Status.EMISE, due_on__lt=day or timezone.localdate())


def to_return(rows: QuerySet[Bill]) -> QuerySet[Bill]:
    """Bills whose client waits for money."""
    return rows.filter(paid__gt=F("amount") - F("credited"))


# --- Locks ----------------------------------------------------------------------------------------------------
def locked(pk: int) -> Bill:
    """The bill, locked until the transaction ends, after its quote: all that moves money of one job waits there."""
    quotes.locked(Bill.objects.values_list("quote_id", flat=True).get(pk=pk))
    return Bill.objects.select_for_update().get(pk=pk)


def locked_family(quote: Quote) -> tuple[Quote, list[Quote]]:
    """The main quote of `quote`, and it with its supplements; all locked, parents first."""
    main = quotes.locked(quote.supplements_id or quote.pk)
    ids = main.supplementary.order_by("pk").values_list("pk", flat=True)
    return main, [main, *(quotes.locked(pk) for pk in ids)]


# --- What is invoiced -----------------------------------------------------------------------------------------
def billable(family: Sequence[Quote]) -> list[Quote]:
    """The quotes of a family that wait for an invoice: accepted, or invoiced by bills that were cancelled."""
    live = Bill.objects.filter(kind=BillKind.SOLDE, covers__in=family).exclude(status=Bill.Status.ANNULEE)
    billed = set(live.values_list("covers", flat=True))
    ready = (Quote.Status.ACCEPTE, Quote.Status.FACTURE)
    return [quote for quote in family if quote.status in ready and quote.pk not in billed]


def family_of(quote: Quote) -> tuple[Quote, list[Quote]]:
    """The main quote of `quote`, and it with its supplements, to be read."""
    main = quote.supplements or quote
    return main, [main, *main.supplementary.order_by("pk")]


def withdrawn(some: Sequence[Quote]) -> list[Quote]:
    """Those from which the client withdrew after work had begun: what was done is due."""
    return [quote for quote in some if quotes.withdrawal_from(quote) is not None]


def work_of(some: Sequence[Quote]) -> rules.Work:
    """What an invoice of these quotes would hold."""
    parts = []
    for quote in some:
        lines = quote.lines.exclude(accepted=False).select_related("product").order_by("position", "pk")
        parts.append(([rules.invoice_line(line) for line in lines], quote.discount_percent))
    return rules.work_of(parts)


def open_deposits(main: Quote) -> list[Bill]:
    """Deposits of a job that no invoice has taken off yet, oldest first."""
    rows = Bill.objects.filter(quote=main, kind=BillKind.ACOMPTE, deducted_by=None).exclude(status=Bill.Status.ANNULEE)
    return list(rows.select_related("invoice").defer("invoice__pdf").order_by("pk"))


def last_invoice(quote: Quote) -> Bill | None:
    """The invoice in force that bills a quote."""
    rows = Bill.objects.filter(covers=quote).exclude(status=Bill.Status.ANNULEE)
    return rows.select_related("invoice").order_by("-pk").first()


def by_key(key: str) -> Bill | None:
    return Bill.objects.select_related("invoice").filter(invoice__key=key).first()


# --- What is paid ---------------------------------------------------------------------------------------------
def balance(quote: Quote) -> Decimal:
    """What is still to pay for a job in euros: its accepted quotes, less credits and what was paid."""
    main = quote.supplements or quote
    family = [main, *main.supplementary.order_by("pk")]
    waiting = billable(family)
    due = sum((bill.due - bill.to_return for bill in main.bills.all()), ZERO)
    deposits = sum((bill.amount - bill.credited for bill in open_deposits(main)), ZERO) if waiting else ZERO
    return due + sum((row.total for row in waiting), ZERO) - deposits


def cash_taken(main_id: int) -> Decimal:
    """Euros of one job that came in cash, less those given back in cash."""
    rows = BillPayment.objects.filter(bill__quote_id=main_id, means=Means.ESPECES)
    return rows.aggregate(total=Sum("amount"))["total"] or ZERO


def left_of(row: BillPayment) -> Decimal:
    """Euros of a payment that did not go back."""
    return row.amount + (row.undone_by.aggregate(total=Sum("amount"))["total"] or ZERO)


def correctable(bill: Bill) -> QuerySet[BillPayment]:
    """Payments taken at the counter and not corrected yet."""
    return bill.payments.filter(amount__gt=0, means__in=COUNTER, undone_by=None).order_by("pk")


def online_payments(bill: Bill) -> list[BillPayment]:
    """Payments of a locked bill that go back the way they came, newest first."""
    rows = bill.payments.filter(amount__gt=0, payment__isnull=False)
    return list(rows.select_related("payment").order_by("-pk"))


def returnable(bill: Bill) -> list[tuple[BillPayment, Payment, Decimal]]:
    """(row, its payment, euros) that can go back the way they came, newest first."""
    return [
        (row, row.payment, min(left_of(row), left_to_refund(row.payment))) for row in online_payments(bill)
        if row.payment is not None and row.payment.status == Payment.Status.REUSSI
    ]


def would_go_back(bill: Bill, amount: Decimal) -> tuple[Decimal, Decimal]:
    """What a credit note of `amount` euros would leave to give back: (online, by itself; over the counter)."""
    whole = max(bill.paid + bill.credited + amount - bill.amount, ZERO)
    online = min(whole, sum((left for _row, _payment, left in returnable(bill)), ZERO))
    return online, whole - online


def lines_left(bill: Bill) -> list[tuple[int, dict[str, Any], Decimal, Decimal]]:
    """(rank, line, quantity, euros) of the invoice's lines that can be credited, with what is left of each."""
    gone = [taken for credit in bill.credits.all() for taken in credit.lines]
    return [
        (rank, row, *rules.left_of_line(row, [taken for taken in gone if taken["line"] == rank]))
        for rank, row in enumerate(bill.invoice.lines, 1) if Decimal(row["quantity"]) > 0
    ]


def next_reference(bill: Bill) -> str:
    """The reference of the bill's next payment: each part paid online has its own, so that a second one of the same
    part is refused."""
    done = Payment.objects.filter(
        reference__startswith=f"{bill.reference}:", extra=False,
        status__in=[Payment.Status.REUSSI, Payment.Status.REMBOURSE],
    )
    return f"{bill.reference}:{done.count()}"


def payments_of(bill: Bill) -> QuerySet[Payment]:
    """Every attempt to pay it online, oldest first."""
    return Payment.objects.filter(reference__startswith=f"{bill.reference}:").order_by("pk")


def to_remind(day: date) -> QuerySet[Bill]:
    """Unpaid bills for which the next reminder is due."""
    wanted = Q(pk__in=[])
    for sent, days in enumerate(rules.REMIND_AFTER):
        wanted |= Q(reminders=sent, due_on__lte=day - timedelta(days=days))
    return Bill.objects.filter(wanted, status=Bill.Status.EMISE).order_by("pk")


# --- The link without an account --------------------------------------------------------------------------------
def public_token(bill: Bill) -> str:
    """The signed part of the link to one bill."""
    return signing.Signer(salt=LINK_SALT).sign(str(bill.pk)).replace(":", "~")


def public_url(bill: Bill) -> str:
    """The page where whoever has the link reads and pays, absolute. Its path is part of links people have received."""
    return f"{settings.SITE_URL}/factures/{public_token(bill)}/"


def bill_for_token(token: str) -> Bill | None:
    """The bill of a link; None when it was not signed here."""
    try:
        pk = int(signing.Signer(salt=LINK_SALT).unsign(str(token).replace("~", ":")))
    except (signing.BadSignature, ValueError):
        return None
    return visible_to(SYSTEM).filter(pk=pk).first()
