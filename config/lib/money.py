"""Money: `Decimal` in euros in the code, integer cents in the database, one rounding (half up)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def round_half_up(amount: Decimal) -> Decimal:
    """To the cent, halves away from zero (the usual commercial rounding)."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def to_cents(amount: Decimal | int | str) -> int:
    """Exact cents of an amount; ValueError when it has a fraction of a cent."""
    cents = Decimal(amount) * 100
    if cents != cents.to_integral_value():
        raise ValueError(f"{amount} has a fraction of a cent")
    return int(cents)


def from_cents(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2).quantize(CENT)


def split(amount: Decimal, weights: Sequence[Decimal | int]) -> list[Decimal]:
    """Share `amount` in proportion to `weights`, to the cent, by largest remainder; the parts add up exactly.

    Equal remainders go to the earlier part. All weights zero: everything to the first part.
    """
    total = sum(Decimal(w) for w in weights)
    cents = to_cents(amount)
    if not weights:
        raise ValueError("nothing to split among")
    if total == 0:
        return [amount] + [ZERO] * (len(weights) - 1)
    exact = [Decimal(cents) * Decimal(w) / total for w in weights]
    floors = [int(part // 1) for part in exact]
    order = sorted(range(len(weights)), key=lambda i: (-(exact[i] - floors[i]), i))
    for i in order[: cents - sum(floors)]:
        floors[i] += 1
    return [from_cents(part) for part in floors]


def vat_included(gross: Decimal, rate: Decimal) -> Decimal:
    """The VAT inside a price that includes it; `rate` in percent (20.0)."""
    return round_half_up(gross * rate / (100 + rate))


@dataclass(frozen=True)
class VatLine:
    rate: Decimal
    net: Decimal
    vat: Decimal
    gross: Decimal


def vat_breakdown(gross_lines: Sequence[tuple[Decimal, Decimal]]) -> list[VatLine]:
    """VAT per rate on the summed base of `(gross, rate)` lines, highest rate first."""
    sums: dict[Decimal, Decimal] = {}
    for gross, rate in gross_lines:
        rate = Decimal(rate).normalize()
        sums[rate] = sums.get(rate, ZERO) + gross
    result = []
    for rate in sorted(sums, reverse=True):
        vat = vat_included(sums[rate], rate)
        result.append(VatLine(rate, sums[rate] - vat, vat, sums[rate]))
    return result
