"""Credit notes of bills: by line, by amount, or all that is left; and the deposits of a job that is called off."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.wallet.services import post
from config.lib.actors import Actor, actor_user
from config.lib.money import ZERO, VatLine, round_half_up
from garage.billing import books, queries, rules
from garage.billing.models import Bill, BillCredit
from garage.billing.services.settling import follow, return_online
from garage.quotes.models import Quote
from shop.invoices import queries as invoices
from shop.invoices import rules as invoice_rules
from shop.invoices.rules import Line
from shop.invoices.services import issue_credit_note

Wanted = Sequence[Mapping[str, Any]]


@dataclass
class Plan:
    """A credit note as it would be made now."""

    parts: list[VatLine]
    lines: list[Line] = field(default_factory=list)  # none: one for each rate
    taken: list[dict[str, Any]] = field(default_factory=list)

    @property
    def amount(self) -> Decimal:
        return sum((part.gross for part in self.parts), ZERO)


def plan_credit(
    *, actor: Actor, bill_id: int, amount: Decimal | None = None, lines: Wanted | None = None
) -> Plan:
    """What `credit_bill` would take back, without doing it. Raises as it does."""
    return _plan(queries.get_for(actor, bill_id, "write"), amount, lines)


@transaction.atomic
def credit_bill(
    *, actor: Actor, bill_id: int, reason: str, amount: Decimal | None = None, lines: Wanted | None = None,
    before: Decimal | None = None,
) -> BillCredit:
    """Take back a bill by a credit note (staff): `lines` (`{line, quantity}`, the rank on the invoice from 1), so many
    euros, or all that is left. Never lines and amount.

    What was paid too much then goes back at once the way it came, when that was online; what was paid at the counter
    waits there (`Bill.to_return`). Credited in full it is ANNULEE: its quotes may be invoiced again, and its deposits
    taken off again. `before` is what had been credited when the writer looked, so that a second click does nothing.
    NotFound, Forbidden, AboveInvoice, CreditedMeanwhile; Invalid on the field.
    """
    bill = queries.locked(queries.get_for(actor, bill_id, "write").pk)
    if not reason.strip():
        raise rules.invalid("reason", _("Say why: the client reads it on the credit note."))
    if before is not None and before != bill.credited:
        raise rules.CreditedMeanwhile(left=bill.amount - bill.credited)
    return _credit(bill, _plan(bill, amount, lines), actor=actor, reason=reason.strip())


def _plan(bill: Bill, amount: Decimal | None, lines: Wanted | None) -> Plan:
    left = invoices.left_to_credit(bill.invoice)
    if amount is not None and lines is not None:
        raise rules.invalid("amount", _("Choose lines or an amount, not both."))
    if lines is not None:
        return _by_line(bill, left, lines)
    whole = bill.amount - bill.credited
    amount = whole if amount is None else amount
    if not whole or amount > whole:
        raise rules.AboveInvoice(left=whole)
    if amount <= ZERO or amount != round_half_up(amount):
        raise rules.invalid("amount", _("Give an amount above zero, in whole cents."))
    return Plan(invoice_rules.credit(left, amount))


def _by_line(bill: Bill, left: Sequence[VatLine], wanted: Wanted) -> Plan:
    """Each piece at what was asked for it, less what was credited of its line before."""
    plan, rows = Plan([]), bill.invoice.lines
    gone = [taken for credit in bill.credits.all() for taken in credit.lines]
    for index, given in enumerate(wanted):
        rank, quantity = given["line"], Decimal(given["quantity"])
        if not 1 <= rank <= len(rows) or Decimal(rows[rank - 1]["quantity"]) < 0:
            raise rules.invalid(f"lines.{index}.line", _("This is not a line of the invoice."))
        row = rows[rank - 1]
        pieces, share = rules.left_of_line(row, [taken for taken in (*gone, *plan.taken) if taken["line"] == rank])
        if not 0 < quantity <= pieces:
            raise rules.invalid(f"lines.{index}.quantity", _("At most %(left)s are left.") % {"left": pieces})
        price = rules.worth(share, pieces, quantity)
        plan.lines.append(_named(row, quantity, price))
        plan.taken.append({"line": rank, "quantity": str(quantity), "amount": str(price)})
    try:
        plan.parts = invoice_rules.credit_lines(left, plan.lines)
    except ValueError as error:
        raise rules.AboveInvoice(left=bill.amount - bill.credited) from error
    if not plan.amount:
        raise rules.invalid("lines", _("Choose what is credited."))
    return plan


def _named(row: dict[str, Any], quantity: Decimal, price: Decimal) -> Line:
    """What is cheaper than its full price shows a discount; where that does not fit, it is one piece."""
    line = Line(
        row["description"], quantity, Decimal(row["unit_price"]), Decimal(row["vat_rate"]), price,
        nature=row["nature"], unit=row["unit"], reference=row["reference"],
    )
    cheaper = round_half_up(quantity * line.unit_price) - price
    if cheaper >= ZERO:
        return replace(line, discount=cheaper)
    return replace(line, quantity=1, unit=rules.PIECE, unit_price=price)


def _credit(bill: Bill, plan: Plan, *, actor: Actor, reason: str) -> BillCredit:
    """Books, payer, and last the credit note with its number."""
    job = list(Bill.objects.filter(quote_id=bill.quote_id))
    wanted: rules.Sums = {}
    for line in plan.lines:
        at = (line.nature, invoice_rules.normal(line.vat_rate))
        wanted[at] = wanted.get(at, ZERO) + line.total
    key = f"{bill.reference}:credit:{bill.credits.count()}"
    written = post(
        kind="bill_credit", key=key, actor=actor, reference=bill.reference, memo=reason,
        postings=books.credited(bill, plan.parts, wanted, books.standing(job)),
    )
    bill.credited += plan.amount
    Bill.objects.filter(pk=bill.pk).update(credited=bill.credited)
    _return_online(bill, actor=actor, reason=reason)
    if bill.credited == bill.amount:
        _reopen_deposits(bill, job, actor=actor)
    follow(bill=bill, actor=actor, reason=reason)
    with translation.override(bill.invoice.language):
        paper = issue_credit_note(
            key=key, invoice=bill.invoice, parts=plan.parts, lines=plan.lines or None, reason=reason,
            label=_("Credit on invoice %(number)s") % {"number": bill.invoice.number},
        )
    return BillCredit.objects.create(
        bill=bill, amount=plan.amount, lines=plan.taken, credit_note=paper, transaction=written,
        reason=reason[:300], by=actor_user(actor),
    )


def _return_online(bill: Bill, *, actor: Actor, reason: str) -> None:
    """What is too much now goes back by the payments that brought it, the newest first."""
    for row, paid, left in queries.returnable(bill):
        amount = min(bill.to_return, left)
        if amount > ZERO:
            return_online(bill=bill, row=row, payment=paid, amount=amount, actor=actor, reason=reason)


def _reopen_deposits(bill: Bill, job: list[Bill], *, actor: Actor) -> None:
    """The deposits that a cancelled invoice had taken off wait for the next one."""
    for deposit in bill.deducts.order_by("pk"):
        parts = [part for part in invoices.left_to_credit(deposit.invoice) if part.gross]
        post(
            kind="bill_reopened", key=f"{deposit.reference}:reopened:{bill.pk}", actor=actor,
            reference=deposit.reference, memo=str(bill), postings=books.reopened(parts, books.standing(job)),
        )
    bill.deducts.update(deducted_by=None)


@transaction.atomic
def call_off_deposits(*, quote: Quote, actor: Actor) -> None:
    """The client withdrew from a quote (locked by the caller): its deposits are credited in full, and what was paid
    online goes back. Registered with `garage.quotes.opening`."""
    reason = _("Withdrawal from quote %(number)s") % {"number": quote.number}
    for deposit in queries.open_deposits(quote):
        bill = queries.locked(deposit.pk)
        _credit(bill, _plan(bill, None, None), actor=actor, reason=reason)
