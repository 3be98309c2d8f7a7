"""How a wallet's statement names communities (accounts/wallet/neighbours.py)."""

from typing import Any

from django.urls import reverse

from accounts.communities.models import Community
from accounts.wallet.neighbours import Name, ids_in


def names(account: Any, references: list[str]) -> dict[str, Name]:
    """By their name, with their page, which tells strangers no more than it may."""
    ids = ids_in(references)
    rows = Community.objects.in_bulk(ids.values())
    return {
        reference: Name(rows[pk].title, reverse("accounts:community", args=[rows[pk].slug]))
        for reference, pk in ids.items()
        if pk in rows
    }
