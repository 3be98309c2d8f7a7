"""Issuing bills: a deposit on accepted work, and the invoice of all of it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone, translation
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from accounts.wallet.services import post
from config.lib.actors import Actor
from config.lib.money import ZERO, round_half_up, to_cents
from garage.billing import books, queries, rules
from garage.billing.models import Bill, BillKind
from garage.billing.services import withdrawing
from garage.billing.services.withdrawing import Done
from garage.clients.models import Client, Kind
from garage.quotes import opening
from garage.quotes import queries as quotes
from garage.quotes.models import Quote
from garage.vehicles.models import ReadingStatus, Source
from garage.vehicles.services import record_reading
from shop.invoices import queries as invoices
from shop.invoices import rules as invoice_rules
from shop.invoices.models import Invoice
from shop.invoices.rules import Deposit, Line
from shop.invoices.services import issue_deposit as invoice_deposit
from shop.invoices.services import issue_invoice as invoice_work


@transaction.atomic
def issue_deposit(
    *, actor: Actor, quote_id: int, percent: Decimal | None = None, amount: Decimal | None = None,
    due_on: date | None = None, key: str = "",
) -> Bill:
    """Invoice a deposit on an accepted quote and its accepted supplements (staff): `percent` of their total, or so
    many euros incl. VAT. It is split over the rates of the work; VAT is due on deposits (CGI, art. 269, 2). The same
    `key` gives the first one. NotFound, Forbidden, NothingToBill; Invalid on `deposit_percent`, `deposit_amount` or
    `due_on`.
    """
    main, family = queries.locked_family(quotes.get_for(actor, quote_id, "write"))
    name = f"bill:{main.pk}:deposit:{key or uuid4().hex}"
    known = queries.by_key(name)
    if known is not None:
        return known
    some = queries.billable(family)
    if main not in some:
        raise rules.NothingToBill
    if queries.withdrawn(some):
        raise rules.Withdrawn
    due_on = _due(main, due_on)
    work = queries.work_of(some)
    left = work.priced.vat
    for earlier in queries.open_deposits(main):
        left = invoice_rules.remaining(left, invoices.left_to_credit(earlier.invoice))
    parts = invoice_rules.credit(left, _wanted(work.priced.total, left, percent, amount))
    with translation.override(main.language):
        label = _("Deposit on quote %(number)s") % {"number": main.number}
        lines = [
            Line(label, 1, part.gross, part.rate, part.gross, nature=_nature_at(work, part.rate)) for part in parts
        ]
        invoice = invoice_deposit(key=name, lines=lines, parts=parts, due_on=due_on, **_paper(main))
    return _open(main, BillKind.ACOMPTE, invoice, due_on=due_on, actor=actor)


def _wanted(
    whole: Decimal, left: list[invoice_rules.VatLine], percent: Decimal | None, amount: Decimal | None
) -> Decimal:
    """Euros of a deposit. Invalid on the field that does not fit."""
    field = "deposit_amount" if percent is None else "deposit_percent"
    if (percent is None) == (amount is None):
        raise rules.invalid(field, _("Give a percentage or an amount, one of them."))
    if percent is not None and not 0 < percent <= 100:
        raise rules.invalid(field, _("Give a percentage above 0, up to 100."))
    wanted = round_half_up(whole * (percent or 0) / 100) if amount is None else amount
    room = sum((part.gross for part in left), ZERO)
    try:
        cents = to_cents(wanted)
    except ValueError as error:
        raise rules.invalid(field, _("Give whole cents.")) from error
    if cents <= 0 or wanted > room:
        text = _("Above zero; at most %(left)s € are not invoiced yet.") % {"left": number_format(room, 2)}
        raise rules.invalid(field, text)
    return wanted


def _nature_at(work: rules.Work, rate: Decimal) -> str:
    return rules.nature_of([line for line in work.lines if invoice_rules.normal(line.vat_rate) == rate])


@transaction.atomic
def issue_invoice(
    *, actor: Actor, quote_id: int, due_on: date | None = None, buyer_reference: str = "", done: Done | None = None
) -> Bill:
    """Invoice the accepted lines of a quote and of its accepted supplements, less the deposits (staff); the quotes are
    FACTURE then. Asked again, and asked twice at once, it gives the same bill. Due at once, by a business in 30 days.
    The kilometres that the workshop noted become a reading of the vehicle, retained or set aside like any other.

    Of a quote from which the client withdrew after work had begun, only what was `done` is invoiced (id of a line →
    quantity); the rest is left.

    NotFound, Forbidden, NothingToBill, DepositsTooHigh, Withdrawn (`done` is missing), NotWithdrawn; Invalid on
    `due_on`, `done` or `done.<id>`.
    """
    quote = quotes.get_for(actor, quote_id, "write")
    main, family = queries.locked_family(quote)
    some = queries.billable(family)
    if not some:
        known = queries.last_invoice(quote)
        if known is None:
            raise rules.NothingToBill
        return known
    some = withdrawing.keep_done(some=some, done=done, actor=actor)
    work, deposits = queries.work_of(some), queries.open_deposits(main)
    due_on = _due(main, due_on)
    for row in some:
        if row.status != Quote.Status.FACTURE:
            row.move(Quote.Status.FACTURE, actor=actor)
    km = _note_kilometres(main, actor=actor)
    rank = main.bills.filter(kind=BillKind.SOLDE).count()
    with translation.override(main.language):
        try:
            invoice = invoice_work(
                key=f"bill:{main.pk}:work:{rank}", lines=work.lines, discount=work.discount, due_on=due_on,
                deposits=[_taken_off(deposit) for deposit in deposits], buyer_reference=buyer_reference,
                **_paper(main, km=km),
            )
        except ValueError as error:
            raise rules.DepositsTooHigh from error
    return _open(main, BillKind.SOLDE, invoice, due_on=due_on, actor=actor, covers=some, deposits=deposits)


def _note_kilometres(main: Quote, *, actor: Actor) -> int | None:
    """A reading with the invoice as its source, once for an invoice that is made again; the kilometres if they can be
    right. One that cannot is set aside and holds up no invoice."""
    dial = opening.odometer(main)
    if dial is None:
        return None
    reading = main.vehicle.readings.filter(source=Source.FACTURE, km=dial.km, read_on=dial.on).first()
    if reading is None:
        reading = record_reading(
            actor=actor, vehicle_id=main.vehicle_id, km=dial.km, read_on=dial.on, source=Source.FACTURE,
            note=main.number,
        )
    return dial.km if reading.status == ReadingStatus.RETENUE else None


def _taken_off(bill: Bill) -> Deposit:
    paper = bill.invoice
    day = timezone.localtime(paper.issued_at).date()
    parts = [part for part in invoices.left_to_credit(paper) if part.gross]
    label = _("Deposit invoiced as %(number)s") % {"number": paper.number}
    return Deposit(paper.number, day.isoformat(), label, parts, paper.lines[0]["nature"])


def _open(
    main: Quote, kind: str, invoice: Invoice, *, due_on: date, actor: Actor, covers: list[Quote] | None = None,
    deposits: list[Bill] | None = None,
) -> Bill:
    """The bill of an invoice just numbered, and its postings: rows are only added, so nothing waits on them."""
    bill = Bill.objects.create(
        quote=main, kind=kind, invoice=invoice, amount=invoice.total, due_on=due_on,
        status=Bill.Status.EMISE if invoice.total else Bill.Status.PAYEE,
    )
    bill.covers.set(covers or [])
    Bill.objects.filter(pk__in=[row.pk for row in deposits or []]).update(deducted_by=bill)
    bill.record(actor=actor)
    post(
        kind="bill", key=f"{bill.reference}:issued", actor=actor, reference=bill.reference, memo=invoice.number,
        postings=books.issued(bill),
    )
    return bill


# --- Who and when ---------------------------------------------------------------------------------------------
def _paper(main: Quote, *, km: int | None = None) -> dict[str, Any]:
    """What every invoice of a job says beside its lines."""
    vehicle = main.vehicle
    km = main.odometer_km if km is None else km
    read = f", {number_format(km, force_grouping=True)} km" if km else ""
    subject = f"{vehicle.make} {vehicle.model} {vehicle.plate}{read}"
    return {
        "buyer": buyer_of(main.client), "buyer_user": main.client.user, "language": main.language,
        "payment": {"quote": main.number}, "subject": subject,
    }


def buyer_of(client: Client) -> dict[str, Any]:
    """The buyer as the invoice names it: a company by its account here where it has one."""
    business = client.kind == Kind.SOCIETE
    source: Any = client.company or client
    return {
        "name": source.name, "company": business, "siren": source.siren if business else "",
        "vat_number": source.vat_number if business else "", "email": source.email or client.email,
        **{name: getattr(source, name) for name in ("line1", "line2", "postal_code", "city", "country")},
    }


def _due(main: Quote, wanted: date | None) -> date:
    today = timezone.localdate()
    business = main.client.kind == Kind.SOCIETE
    if wanted is None:
        return today + timedelta(days=rules.TERM_DAYS if business else 0)
    if not today <= wanted <= today + timedelta(days=rules.LONGEST_TERM):
        text = _("Choose a day from today, at most %(days)s days ahead.") % {"days": rules.LONGEST_TERM}
        raise rules.invalid("due_on", text)
    return wanted
