"""How a wallet names its top-ups, and which are still on their way (accounts/wallet/neighbours.py)."""

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from accounts.payments.models import Payment
from accounts.payments.rules import TOP_UP
from accounts.wallet.neighbours import Name, OnItsWay

TOLD_FOR = timedelta(hours=24)
LOOKED_AT = 10


def names(account: Any, references: list[str]) -> dict[str, Name]:
    """By the way in which the money came."""
    rows = Payment.objects.filter(reference__in=references, status=Payment.Status.REUSSI)
    return {row.reference: Name(capfirst(str(row.get_method_display()))) for row in rows}


def coming(account: Any) -> list[OnItsWay]:
    """Top-ups that a provider has not settled, and the last one when it was declined within a day."""
    if not account.user_id:
        return []
    rows = list(
        Payment.objects.filter(user_id=account.user_id, reference__startswith=TOP_UP).order_by("-pk")[:LOOKED_AT]
    )
    shown = []
    for row in rows:
        pending = row.status == Payment.Status.EN_COURS
        recent = row.status == Payment.Status.REFUSE and row.updated_at > timezone.now() - TOLD_FOR
        if pending or (recent and row is rows[0]):
            url = reverse("accounts:payment", args=[row.pk])
            shown.append(OnItsWay(row.amount, str(row.get_method_display()), row.created_at, not pending, url))
    return shown
