"""What the ledger refuses."""

from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Conflict, Invalid
from config.lib.money import ZERO, to_cents

MAX_AMOUNT = Decimal("10000.00")


class InsufficientFunds(Conflict):
    code = "insufficient_funds"
    message = _("There is not enough money available for this.")


class DailyLimitReached(Conflict):
    code = "daily_limit"

    def __init__(self, *, limit: Decimal | int, left: Decimal):
        text = _("At most %(limit)s € may leave your wallet in a day; %(left)s € are left for today.")
        words = {"limit": number_format(limit, 0), "left": number_format(left, 2)}
        super().__init__(text % words, limit=f"{limit:.2f}", left=str(left))


class HoldEnded(Conflict):
    code = "hold_ended"
    message = _("This amount is no longer held.")


class WalletNotEmpty(Conflict):
    code = "wallet_not_empty"
    message = _("There is still money in your wallet. Use it or have it paid out first.")


class Unbalanced(ValueError):
    """A programming error: postings that do not add up to zero."""


class BadAmount(Invalid):
    message = _("Enter an amount above zero, with at most two decimals.")


def checked_amount(amount: Decimal, *, field: str = "amount", limit: Decimal = MAX_AMOUNT) -> Decimal:
    """A positive amount in euros with whole cents and at most `limit`; BadAmount on `field` otherwise."""
    try:
        to_cents(amount)
    except ValueError:
        raise BadAmount(errors={field: [BadAmount.message]})
    if amount <= ZERO:
        raise BadAmount(errors={field: [BadAmount.message]})
    if amount > limit:
        text = _("At most %(limit)s € at a time.") % {"limit": f"{limit:.0f}"}
        raise BadAmount(errors={field: [text]})
    return amount
