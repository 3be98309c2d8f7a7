"""How a wallet's statement names deliveries (accounts/wallet/neighbours.py)."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.wallet.neighbours import Name, ids_in
from delivery.deliveries.models import Delivery


def names(account: Any, references: list[str]) -> dict[str, Name]:
    """With the page of the sender or of the courier, where the wallet is his."""
    ids = ids_in(references)
    rows = Delivery.objects.select_related("courier").in_bulk(ids.values())
    found = {}
    for reference, pk in ids.items():
        row = rows.get(pk)
        if row is None:
            continue
        url = ""
        if account.user_id and row.sender_id == account.user_id:
            url = reverse("delivery:delivery", args=[pk])
        elif account.user_id and row.courier and row.courier.user_id == account.user_id:
            url = reverse("delivery:courier_delivery", args=[pk])
        found[reference] = Name(_("Delivery %(reference)s") % {"reference": row.reference}, url)
    return found
