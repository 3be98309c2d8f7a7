"""Arithmetic of refunds: what each piece is still worth, how a gesture is shared, which VAT goes back. No ORM."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from config.lib.money import ZERO, VatLine, from_cents, split, to_cents
from shop.invoices import rules as invoice_rules


@dataclass(frozen=True)
class Share:
    """What of a line is not refunded yet: `pieces` of it and `left` euros incl. VAT. `line_id` None: the courier's
    fee, a single piece."""

    line_id: int | None
    rate: Decimal
    pieces: int
    left: Decimal


@dataclass(frozen=True)
class Part:
    """What one refund takes of a share. A gesture takes euros and no pieces."""

    share: Share
    quantity: int
    amount: Decimal


def worth(left: Decimal, pieces: int, wanted: int) -> Decimal:
    """What `wanted` of `pieces` are worth when all of them are worth `left` euros.

    By largest remainder, the first pieces bearing the extra cents: however they are grouped and in whatever order
    they are refunded, the pieces add up to what they were together, to the cent.
    """
    if not 0 <= wanted <= pieces:
        raise ValueError(f"{wanted} of {pieces} pieces")
    if not wanted:
        return ZERO
    each, extra = divmod(to_cents(left), pieces)
    return from_cents(wanted * each + min(wanted, extra))


def gesture(shares: Sequence[Share], amount: Decimal) -> list[Part]:
    """`amount` euros off the whole order, shared over what is left of every line and of the fee."""
    if not shares:
        return []
    parts = split(amount, [share.left for share in shares])
    return [Part(share, 0, part) for share, part in zip(shares, parts, strict=True) if part]


def everything(shares: Iterable[Share]) -> list[Part]:
    """All that is left, pieces and euros."""
    return [Part(share, share.pieces, share.left) for share in shares if share.pieces or share.left]


def total(parts: Iterable[Part]) -> Decimal:
    return sum((part.amount for part in parts), ZERO)


def vat_of(left: Sequence[VatLine], parts: Iterable[Part]) -> list[VatLine]:
    """The VAT that goes back with `parts`, per rate, out of what is `left` of the invoice.

    A rate of which everything goes back gives exactly what is left, so that invoice and credit notes end at zero.
    """
    sums: dict[Decimal, Decimal] = {}
    for part in parts:
        if part.amount:
            sums[part.share.rate] = sums.get(part.share.rate, ZERO) + part.amount
    known = {line.rate: line for line in left}
    return [taken for rate, amount in sums.items() for taken in invoice_rules.credit([known[rate]], amount)]
