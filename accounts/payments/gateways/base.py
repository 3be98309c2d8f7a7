"""The port to payment providers: what an adapter must offer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol


class Outcome(StrEnum):
    OK = "ok"
    DECLINED = "declined"
    PENDING = "pending"


@dataclass(frozen=True)
class Answer:
    """What the provider said to a charge or a payout. `amount` in euros is what it took, or would take.

    `currency` (ISO 4217, upper case) is empty where the provider names none. `redirect_url` is where a payer must
    go on when the outcome is PENDING (3-D Secure, hosted page).
    """

    outcome: Outcome
    provider_ref: str
    amount: Decimal
    reason: str = ""
    currency: str = ""
    redirect_url: str = ""


class News(StrEnum):
    """What a webhook event is about."""

    CHARGE = "charge"
    REFUND = "refund"  # answer.provider_ref is the charge, answer.amount all that was refunded on it, ever
    DISPUTE = "dispute"  # answer.provider_ref is the charge; what moved is in `turns` alone
    PAYOUT = "payout"
    OTHER = "other"  # told to us, of no consequence


class Direction(StrEnum):
    FAILED = "refund_failed"  # a refund came back: the payer has nothing
    WITHDRAWN = "dispute_withdrawn"  # the payer disputes the charge: the provider took the money back
    REINSTATED = "dispute_reinstated"  # the dispute is won: we have it again


@dataclass(frozen=True)
class Turn:
    """Money that turned round after it had moved. `ref` is the provider's name of the refund or dispute, `key` the one
    that we gave with a refund. A turn counts once, however often it is told."""

    direction: Direction
    ref: str
    amount: Decimal
    key: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Announcement:
    """A webhook event in our terms. `key` is the key that we gave with the charge or payout."""

    event_id: str
    key: str
    answer: Answer
    news: News = News.CHARGE
    turns: tuple[Turn, ...] = ()


class GatewayDown(Exception):
    """The provider could not be reached or did not answer in time: nothing is known, ask again later."""


class RefundRefused(Exception):
    """The provider will not give this money back; the text says why, for the people who look after it."""


class Gateway(Protocol):
    name: str

    def clean_token(self, token: str) -> str:
        """The payer's token as the provider wants it (a phone number in E.164). Raises Invalid on `payment_token`."""

    def charge(self, *, key: str, amount: Decimal, token: str, label: str, return_url: str = "") -> Answer:
        """Ask for `amount` euros. The same `key` again must give the first answer. A payer who has to go on at the
        provider's (3-D Secure, hosted page) comes back to `return_url`. Raises GatewayDown."""

    def find(self, *, key: str, ref: str = "", since: datetime | None = None) -> Answer | None:
        """What became of the charge with this key; None when the provider never heard of it. `ref` is the provider's
        reference where we know it, `since` when we asked: both spare a search. Raises GatewayDown."""

    def cancel(self, *, key: str, ref: str) -> Answer:
        """End a pending charge, so that it cannot be paid later. DECLINED when it is over, OK when the money came
        first, PENDING where the provider cannot end it. Raises GatewayDown."""

    def refund(self, *, key: str, provider_ref: str, amount: Decimal) -> str:
        """Give `amount` euros back; returns the provider's reference. Repeatable by `key`. Raises GatewayDown (also
        while the provider has not said that it is done) and RefundRefused."""

    def pay_out(self, *, key: str, to: str, amount: Decimal, label: str) -> Answer:
        """Send `amount` euros to the mobile number `to` (E.164). Repeatable by `key`. Raises GatewayDown."""

    def find_payout(self, *, key: str) -> Answer | None:
        """What became of the payout with this key; None when the provider never heard of it. Raises GatewayDown."""

    def read(self, *, headers: Mapping[str, str], body: bytes) -> Announcement:
        """Check the signature of a webhook call and read it. Raises BadSignature."""

    def parse(self, *, body: str) -> Announcement:
        """Read a stored webhook body, whose signature was checked when it came in."""
