"""Arithmetic and refusals of orders. No ORM."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from django.utils.translation import gettext_lazy as _

from config.lib.errors import Conflict, IllegalMove
from config.lib.money import ZERO, VatLine, split, vat_breakdown, vat_included
from delivery.deliveries import rules as delivery_rules

DELIVERY_VAT_RATE = delivery_rules.VAT_RATE
SIZES = ("S", "M", "L", "XL")
HEAVIEST_PARCEL_G = 30_000


class CartEmpty(Conflict):
    code = "cart_empty"
    message = _("Your cart is empty.")


class CartChanged(Conflict):
    code = "cart_changed"
    message = _("Your cart changed meanwhile. Look at it and order again.")


class OrderExpired(IllegalMove):
    code = "order_expired"
    message = _("This order was not paid in time and its articles are free again.")


class NothingToShip(Conflict):
    code = "nothing_to_ship"
    message = _("Every article of this order is refunded: refund what is left instead.")


class RefundChanged(Conflict):
    code = "refund_changed"
    message = _("What is left to refund changed meanwhile. Look at it again.")


class InvoiceNotIssued(Conflict):
    code = "invoice_not_issued"
    message = _("The invoice is issued when the order is paid.")


class Priced(Protocol):
    """A line of a cart or of an order."""

    @property
    def line_total(self) -> Decimal: ...
    @property
    def vat_rate(self) -> Decimal: ...


@dataclass(frozen=True)
class Totals:
    """Euros incl. VAT."""

    subtotal: Decimal
    delivery_fee: Decimal
    vat: list[VatLine]

    @property
    def vat_total(self) -> Decimal:
        return sum((line.vat for line in self.vat), ZERO)

    @property
    def total(self) -> Decimal:
        return self.subtotal + self.delivery_fee


def totals(lines: Iterable[Priced], delivery_fee: Decimal = ZERO) -> Totals:
    """What the lines and the delivery cost, with VAT per rate on the summed base."""
    gross = [(line.line_total, line.vat_rate) for line in lines]
    if delivery_fee:
        gross.append((delivery_fee, DELIVERY_VAT_RATE))
    return Totals(sum((amount for amount, _rate in gross), ZERO) - delivery_fee, delivery_fee, vat_breakdown(gross))


def paid_for(discounted: Decimal, line_totals: Sequence[Decimal]) -> list[Decimal]:
    """What was paid for each line: the subtotal less the discount, shared by largest remainder."""
    return split(discounted, line_totals) if line_totals else []


def fee_net(delivery_fee: Decimal) -> Decimal:
    """The delivery fee without its VAT: what couriers can be paid from."""
    return delivery_fee - vat_included(delivery_fee, DELIVERY_VAT_RATE)


@dataclass(frozen=True)
class Packed:
    """Pieces of a line that are sent, for `parcels`."""

    weight_g: int
    quantity: int
    parcel_size: str


def parcels(items: Sequence[Any]) -> list[dict[str, Any]]:
    """The parcels of a cart or order: as few as the heaviest allowed weight permits, each of the largest size.

    `weight_kg` as a number with three decimals, `size` as in the API.
    """
    if not items:
        return []
    weight = sum(item.weight_g * item.quantity for item in items)
    size = max((item.parcel_size for item in items), key=SIZES.index)
    count = max(1, -(-weight // HEAVIEST_PARCEL_G))
    share = max(weight, 1) / count / 1000
    return [{"weight_kg": round(share, 3), "size": size} for _n in range(count)]
