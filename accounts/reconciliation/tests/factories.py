"""Disagreements for tests, made as they come about: by what a provider says."""

from typing import Any
from uuid import uuid4

from accounts.payments.models import Disagreement, Payment
from accounts.payments.tests.factories import pay, tell


def only() -> Disagreement:
    return Disagreement.objects.get(status="OUVERT")


def unknown(amount: str = "20") -> Disagreement:
    tell("succeeded", ref=f"r{uuid4().hex[:12]}", key=uuid4().hex, amount=amount)
    return only()


def too_little(user: Any, *, asked: str = "20", came: str = "19", reference: str = "") -> Disagreement:
    tell("succeeded", pay(user, asked, token="tok_pending", reference=reference), amount=came)
    return only()


def taken_back(payment: Payment, amount: str) -> Disagreement:
    tell("refunded", payment, amount=amount)
    return only()
