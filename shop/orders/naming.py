"""How a wallet's statement names orders (accounts/wallet/neighbours.py)."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.wallet.neighbours import Name, ids_in
from shop.orders.models import Order


def names(account: Any, references: list[str]) -> dict[str, Name]:
    """With the page of the order, where the wallet is its customer's."""
    ids = ids_in(references)
    rows = Order.objects.in_bulk(ids.values())
    return {
        reference: Name(
            _("Order %(number)s") % {"number": rows[pk].number},
            reverse("shop:order", args=[pk]) if account.user_id and rows[pk].user_id == account.user_id else "",
        )
        for reference, pk in ids.items()
        if pk in rows
    }
