"""Amounts as providers write them: integer minor units, or text with as many decimals as the currency has."""

from decimal import Decimal

from config.lib.money import CENT

# ISO 4217 currencies without minor unit (https://docs.stripe.com/currencies#zero-decimal). UGX and ISK have none
# either, but Stripe wants them times 100.
ZERO_DECIMAL = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF")
)
WHOLE_IN_TEXT = ZERO_DECIMAL | {"UGX", "ISK"}


def to_minor(amount: Decimal, currency: str) -> int:
    """12.50 EUR is 1250, 500 XOF is 500. ValueError for a part of the smallest unit (12.50 XOF)."""
    units = amount if currency in ZERO_DECIMAL else amount * 100
    if units != units.to_integral_value():
        raise ValueError(f"{amount} {currency} has a part of the smallest unit")
    return int(units)


def from_minor(units: int, currency: str) -> Decimal:
    """The amount of so many smallest units, with two decimals as everywhere in the house."""
    return (Decimal(units) if currency.upper() in ZERO_DECIMAL else Decimal(units).scaleb(-2)).quantize(CENT)


def as_text(amount: Decimal, currency: str) -> str:
    """ "12.50" in EUR, "500" in XOF. ValueError for a part of the smallest unit."""
    if currency not in WHOLE_IN_TEXT:
        return f"{amount:.2f}"
    if amount != amount.to_integral_value():
        raise ValueError(f"{amount} {currency} has a part of the smallest unit")
    return f"{amount:.0f}"
