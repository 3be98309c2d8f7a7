"""Arithmetic and refusals of bills. No ORM. Amounts in euros incl. VAT."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Conflict, Invalid
from config.lib.money import ZERO, VatLine, round_half_up, split
from garage.quotes import rules as quotes
from garage.quotes.models import LineKind, QuoteLine
from shop.invoices import rules as invoices
from shop.invoices.rules import GOODS, SERVICE, Line

# The most that one debt may be paid of in cash by residents of France: code monétaire et financier, art. L112-6 and
# D112-3; 1 000 € since the décret 2015-741.
CASH_LIMITS = ((date(2015, 9, 1), Decimal("1000.00")),)
# Days after the due day on which a reminder goes out, one each.
REMIND_AFTER = (1, 8, 30)
# Between businesses no more than 60 days may be agreed: code de commerce, art. L441-10.
TERM_DAYS, LONGEST_TERM = 30, 60
HOUR, PIECE = "HUR", "C62"
PREFIX = "bill:"


class NothingToBill(Conflict):
    code = "nothing_to_bill"
    message = _("Nothing of this quote waits for an invoice: it is not accepted, or invoiced already.")


class Withdrawn(Conflict):
    code = "withdrawn"
    message = _("The client withdrew from this contract: say what was done until then, only that is due.")


class NotWithdrawn(Conflict):
    code = "not_withdrawn"
    message = _("The client has not withdrawn from this quote: it is due as a whole.")


class DepositsTooHigh(Conflict):
    code = "deposits_too_high"
    message = _("More was invoiced as deposits than the work comes to. Credit a deposit first.")


class NotDue(Conflict):
    code = "not_due"
    message = _("Nothing is left to pay on this invoice.")


class AboveDue(Conflict):
    code = "amount_above_due"

    def __init__(self, *, due: Decimal):
        super().__init__(_("This is more than what is left to pay."), due=str(due))


class AboveCash(Conflict):
    code = "cash_limit"

    def __init__(self, *, limit: Decimal, left: Decimal):
        text = _("At most %(limit)s € may be paid in cash for one job, by law; %(left)s € are left.")
        words = {"limit": number_format(limit, 0), "left": number_format(left, 2)}
        super().__init__(text % words, limit=str(limit), left=str(left))


class NothingToReturn(Conflict):
    code = "nothing_to_return"

    def __init__(self, *, left: Decimal):
        super().__init__(_("This is more than what is to be given back."), left=str(left))


class CannotUndo(Conflict):
    code = "cannot_undo"
    message = _("Only what was taken at the counter, and not corrected yet, can be corrected.")


class AboveInvoice(Conflict):
    code = "credit_too_large"

    def __init__(self, *, left: Decimal):
        super().__init__(_("This is more than what is left of the invoice."), left=str(left))


class CreditedMeanwhile(AboveInvoice):
    def __init__(self, *, left: Decimal):
        super().__init__(left=left)
        self.message = _("Something was credited on this invoice meanwhile. Look again.")


def invalid(field: str, text: object) -> Invalid:
    return Invalid(errors={field: [text]})


def cash_limit(day: date) -> Decimal:
    """Euros of one debt that may be paid in cash on a day."""
    return next(limit for since, limit in reversed(CASH_LIMITS) if since <= day)


def bill_pk(reference: str) -> int | None:
    """The bill behind "bill:12" or the reference of one of its payments, "bill:12:0"."""
    number = reference.removeprefix(PREFIX).partition(":")[0]
    return int(number) if reference.startswith(PREFIX) and number.isascii() and number.isdecimal() else None


# --- What is invoiced -----------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Work:
    """Lines to invoice, and a discount off their whole."""

    lines: list[Line]
    discount: Decimal = ZERO

    @property
    def priced(self) -> invoices.Priced:
        return invoices.price(self.lines, self.discount)


def invoice_line(line: QuoteLine) -> Line:
    """A line of a quote as its invoice shows it: parts are goods; labour (in hours) and packages are services."""
    full = round_half_up(line.quantity * line.unit_price)
    return Line(
        line.description, line.quantity, line.unit_price, line.vat_rate, line.total, discount=full - line.total,
        nature=GOODS if line.kind == LineKind.PIECE else SERVICE,
        unit=HOUR if line.kind == LineKind.MAIN_OEUVRE else PIECE,
        reference=line.product.sku if line.product else "",
    )


def work_of(parts: Sequence[tuple[Sequence[Line], Decimal]]) -> Work:
    """Several quotes on one invoice: (lines, discount on the whole in percent) of each.

    The discount of a single quote stays on the whole, so that VAT comes out as on the quote. Of several, each is put
    on its own lines: it must lower the VAT of no other.
    """
    works = [Work(list(lines), quotes.discount_of(sum((x.total for x in lines), ZERO), off)) for lines, off in parts]
    if len(works) == 1:
        return works[0]
    return Work([_with_share(row) for work in works for row in work.priced.lines])


def _with_share(row: invoices.PricedLine) -> Line:
    line = row.line
    return replace(line, total=row.share, discount=line.discount + line.total - row.share)


def nature_of(lines: Iterable[Line]) -> str:
    return SERVICE if {line.nature for line in lines} == {SERVICE} else GOODS


# --- What stands in the books ---------------------------------------------------------------------------------
Sums = dict[tuple[str, Decimal], Decimal]  # (nature, VAT rate) → euros excl. VAT


def by_nature(rows: Iterable[tuple[str, Decimal, Decimal]], vat: Sequence[VatLine]) -> Sums:
    """The net of each rate shared over goods and services, by the `share` (incl. VAT) of the `rows`
    (nature, rate, share). To the cent: the parts of a rate add up to its net."""
    shares: dict[Decimal, dict[str, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    for nature, rate, share in rows:
        shares[invoices.normal(rate)][nature] += share
    found: Sums = {}
    for part in vat:
        rate = invoices.normal(part.rate)
        natures = sorted(shares[rate]) or [GOODS]
        nets = split(part.net, [shares[rate][nature] for nature in natures])
        found |= {(nature, rate): net for nature, net in zip(natures, nets, strict=True)}
    return found


def reversal(net: Decimal, wanted: Mapping[str, Decimal], standing: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """`net` euros taken back from accounts at one rate: in proportion to `wanted`, never more than what is
    `standing` there as long as another account has it. All of it taken back leaves each at exactly zero."""
    names = sorted(standing) or sorted(wanted)
    weights = [wanted.get(name, ZERO) for name in names]
    if not any(weights):
        weights = [max(standing[name], ZERO) for name in names]
    taken = dict(zip(names, split(net, weights), strict=True))
    for name in names:
        over = taken[name] - max(standing.get(name, ZERO), ZERO)
        for other in names:
            room = standing.get(other, ZERO) - taken[other]
            if over > ZERO and room > ZERO:
                moved = min(over, room)
                taken[name], taken[other], over = taken[name] - moved, taken[other] + moved, over - moved
    return taken


def left_of_line(row: Mapping[str, Any], taken: Iterable[Mapping[str, Any]]) -> tuple[Decimal, Decimal]:
    """(quantity, euros) of a line of an invoice that credit notes have not taken back (`taken`: those of this line).
    A line that takes off a deposit has none to credit."""
    quantity, share = Decimal(row["quantity"]), Decimal(row["share"])
    if quantity < ZERO:
        return ZERO, ZERO
    for part in taken:
        quantity, share = quantity - Decimal(part["quantity"]), share - Decimal(part["amount"])
    return quantity, share


def worth(share: Decimal, quantity: Decimal, wanted: Decimal) -> Decimal:
    """What `wanted` of `quantity` are worth when all of it is worth `share`."""
    return share if wanted == quantity else round_half_up(share * wanted / quantity)
