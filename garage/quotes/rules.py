"""Arithmetic and refusals of quotes. No ORM. Amounts in euros incl. VAT, rates and discounts in percent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Protocol

from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Conflict, Invalid
from config.lib.holidays import working_day
from config.lib.money import ZERO, VatLine, round_half_up
from shop.invoices import rules as invoices

MAX_LINES = 300
# Fourteen days from the day after the contract (code de la consommation, art. L221-18).
WITHDRAWAL_DAYS = 14


class QuoteExpired(Conflict):
    code = "quote_expired"
    message = _("This quote is no longer valid. Ask the garage for a new one.")


class QuoteClosed(Conflict):
    code = "quote_closed"
    message = _("This quote was answered already and can no longer be changed. Copy it instead.")


class QuoteChanged(Conflict):
    code = "quote_changed"
    message = _("This quote was changed meanwhile. Read its new version first.")


class CodeExpired(Conflict):
    code = "code_expired"
    message = _("This code has run out. Ask for a new one.")


class CodeLocked(Conflict):
    code = "code_locked"
    message = _("Too many wrong codes. Ask for a new one.")


class TooManyCodes(Conflict):
    code = "too_many_codes"
    message = _("Too many codes were sent. Wait an hour, or call the garage.")


class NoPaper(Conflict):
    code = "no_paper"
    message = _("This quote has no paper yet: send it first.")


class NoWithdrawal(Conflict):
    code = "no_withdrawal"
    message = _("This contract cannot be withdrawn from, or no longer. Call the garage.")


class WorkDone(Conflict):
    code = "work_done"
    message = _("The work is wholly done: it can no longer be called off.")


class Priced(Protocol):
    """What a line must tell to be counted."""

    description: str
    quantity: Decimal
    unit_price: Decimal
    vat_rate: Decimal
    total: Decimal


@dataclass(frozen=True)
class Totals:
    gross: Decimal  # of the lines, before the discount on the whole
    discount: Decimal  # on the whole
    vat_lines: list[VatLine]

    @property
    def net(self) -> Decimal:
        return sum((line.net for line in self.vat_lines), ZERO)

    @property
    def vat(self) -> Decimal:
        return sum((line.vat for line in self.vat_lines), ZERO)

    @property
    def total(self) -> Decimal:
        return self.gross - self.discount


def line_total(quantity: Decimal, unit_price: Decimal, discount_percent: Decimal = ZERO) -> Decimal:
    """What a line comes to: the exact product less its discount, rounded once."""
    return round_half_up(quantity * unit_price * (100 - discount_percent) / 100)


def discount_of(gross: Decimal, percent: Decimal) -> Decimal:
    """The discount on the whole, in euros."""
    return round_half_up(gross * percent / 100)


def totals(lines: Sequence[Priced], discount_percent: Decimal = ZERO) -> Totals:
    """What a quote comes to, VAT per rate: by the same arithmetic as its invoice."""
    gross = sum((line.total for line in lines), ZERO)
    discount = discount_of(gross, discount_percent)
    rows = [
        invoices.Line(line.description, line.quantity, line.unit_price, line.vat_rate, line.total) for line in lines
    ]
    return Totals(gross, discount, invoices.price(rows, discount).vat)


def number(year: int, rank: int) -> str:
    return f"DE-{year}-{rank:06d}"


def withdraw_until(accepted_on: date) -> date:
    """The last day to withdraw from a distance contract; one that would end on a Saturday, Sunday or public holiday
    ends on the next working day (code de la consommation, art. L221-19)."""
    return working_day(accepted_on + timedelta(days=WITHDRAWAL_DAYS))


def may_withdraw(acceptance: Any, status: str, today: date) -> bool:
    """Whether the client may still withdraw from an acceptance: at a distance, in time, not yet done so, and not once
    work that he asked to begin at once is wholly done and billed (code de la consommation, art. L221-28, 1°)."""
    if acceptance.withdrawn_at is not None or not acceptance.at_distance or acceptance.withdraw_until is None:
        return False
    if status == "FACTURE" and acceptance.start_now:
        return False
    return status in ("ACCEPTE", "FACTURE") and today <= acceptance.withdraw_until


# --- The part done until a withdrawal ---------------------------------------------------------------------------
def quantities_done(agreed: Mapping[int, Decimal], done: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """What was done of each line that was agreed on (id → quantity); nothing where nothing is said. Invalid on
    `done.<id>`. At the prices agreed on this is the amount in proportion to the whole that is due (code de la
    consommation, art. L221-25)."""
    errors: dict[str, list[object]] = {}
    for line, quantity in done.items():
        if line not in agreed:
            errors[f"done.{line}"] = [_("This is not a line that was agreed on.")]
        elif not 0 <= quantity <= agreed[line] or quantity != round_half_up(quantity):
            text = _("From 0 to the %(most)s that were agreed on, with two decimals at most.")
            errors[f"done.{line}"] = [text % {"most": number_format(agreed[line])}]
    if errors:
        raise Invalid(errors=errors)
    return {line: done.get(line, ZERO) for line in agreed}


def likely_done(
    kind: str, quantity: Decimal, *, finished: bool, hours: Decimal, planned: Decimal, pieces: Decimal
) -> Decimal:
    """What was probably done of a line: all of a finished task; of a running one the hours on the clock, of a package
    by those planned for it; of a part the pieces that were handed out. At most what was agreed on."""
    if finished:
        return quantity
    if kind == "PIECE":
        return min(quantity, pieces)
    if kind == "MAIN_OEUVRE":
        return min(quantity, hours)
    return round_half_up(quantity * min(hours / planned, Decimal(1))) if planned else ZERO
