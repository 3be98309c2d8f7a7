"""Arithmetic of invoices. No ORM."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from config.lib.money import ZERO, VatLine, split, vat_included

PREFIX = {"FACTURE": "FA", "AVOIR": "AV"}


@dataclass(frozen=True)
class Line:
    """A line to invoice; amounts in euros incl. VAT, `vat_rate` in percent."""

    description: str
    quantity: int
    unit_price: Decimal
    vat_rate: Decimal
    total: Decimal


def number(kind: str, year: int, rank: int) -> str:
    return f"{PREFIX[kind]}-{year}-{rank:06d}"


def remaining(invoiced: Sequence[VatLine], credited: Sequence[VatLine]) -> list[VatLine]:
    """What is left of an invoice after its credit notes, per rate."""
    left = {line.rate: line for line in invoiced}
    for line in credited:
        was = left[line.rate]
        left[line.rate] = VatLine(line.rate, was.net - line.net, was.vat - line.vat, was.gross - line.gross)
    return list(left.values())


def credit(left: Sequence[VatLine], amount: Decimal) -> list[VatLine]:
    """`amount` euros incl. VAT spread over the rates in proportion to what is left of each.

    When everything is credited the parts are exactly what is left, so that invoice and credit notes cancel out.
    """
    whole = sum((line.gross for line in left), ZERO)
    if not ZERO < amount <= whole:
        raise ValueError(f"cannot credit {amount} of {whole}")
    if amount == whole:
        return [line for line in left if line.gross]
    parts = split(amount, [line.gross for line in left])
    result = []
    for line, part in zip(left, parts, strict=True):
        if part:
            # Rounded as usual, but never so that more VAT, or more net, is left than was invoiced.
            vat = max(min(vat_included(part, line.rate), line.vat), part - line.net)
            result.append(VatLine(line.rate, part - vat, vat, part))
    return result
