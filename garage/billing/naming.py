"""How a wallet's statement names bills (accounts/wallet/neighbours.py)."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.wallet.neighbours import Name, ids_in
from garage.billing.models import Bill


def names(account: Any, references: list[str]) -> dict[str, Name]:
    """With the page of the bill, where the wallet is its client's."""
    ids = ids_in(references)
    rows = Bill.objects.select_related("invoice", "quote__client").defer("invoice__pdf").in_bulk(ids.values())
    return {
        reference: Name(
            _("Invoice %(number)s") % {"number": rows[pk]},
            reverse("garage:bill", args=[pk])
            if account.user_id and rows[pk].quote.client.user_id == account.user_id else "",
        )
        for reference, pk in ids.items()
        if pk in rows
    }
