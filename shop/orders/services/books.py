"""How an order stands in the ledger: each VAT rate apart, so that VAT by rate can be read from the books alone.

What carries a rate is revenue whose VAT is stated on an invoice (SALES), and that VAT (VAT). The courier's fee was
invoiced with its VAT; its net part waits in escrow, a debt and not yet revenue, hence without a rate.
"""

from collections.abc import Sequence
from decimal import Decimal

from accounts.wallet.models import SystemAccount
from accounts.wallet.queries import system_account
from accounts.wallet.services import Postings
from config.lib.money import ZERO, VatLine
from shop.orders.rules import DELIVERY_VAT_RATE


def by_rate(parts: Sequence[VatLine], *, escrow: Decimal = ZERO, sign: int = 1) -> Postings:
    """The postings of a sale (`sign` 1) or of its reversal (-1): euros per VAT rate as the document states them.

    `escrow` is what of the courier's net fee comes to escrow, or leaves it, instead of being revenue.
    """
    sales, vat = system_account(SystemAccount.SALES), system_account(SystemAccount.VAT)
    nets = {part.rate: part.net for part in parts}
    if escrow:
        nets[DELIVERY_VAT_RATE] = nets.get(DELIVERY_VAT_RATE, ZERO) - escrow
    return [
        *((sales, sign * net, rate) for rate, net in nets.items()),
        *((vat, sign * part.vat, part.rate) for part in parts),
        (system_account(SystemAccount.ESCROW), sign * escrow),
    ]
