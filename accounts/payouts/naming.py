"""How a wallet's statement names withdrawals and payouts (accounts/wallet/neighbours.py)."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.payouts.models import Payout
from accounts.wallet.neighbours import Name, ids_in


def names(account: Any, references: list[str]) -> dict[str, Name]:
    """With the page of the payout, where the wallet is a person's own."""
    ids = ids_in(references)
    rows = Payout.objects.filter(account=account).in_bulk(ids.values())
    return {
        reference: Name(
            _("Withdrawal to %(number)s") % {"number": rows[pk].masked},
            reverse("accounts:payout", args=[pk]) if account.user_id else "",
        )
        for reference, pk in ids.items()
        if pk in rows
    }
