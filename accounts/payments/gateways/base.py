"""The port to payment providers: what an adapter must offer."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Protocol


class Outcome(StrEnum):
    OK = "ok"
    DECLINED = "declined"
    PENDING = "pending"


@dataclass(frozen=True)
class Answer:
    """What the provider said to a charge. `amount` in euros is what it took, or would take."""

    outcome: Outcome
    provider_ref: str
    amount: Decimal
    reason: str = ""


@dataclass(frozen=True)
class Announcement:
    """A webhook event in our terms. `key` is the key that we gave with the charge."""

    event_id: str
    key: str
    answer: Answer


class GatewayDown(Exception):
    """The provider could not be reached or did not answer in time: nothing is known, ask again later."""


class Gateway(Protocol):
    name: str

    def charge(self, *, key: str, amount: Decimal, token: str, label: str) -> Answer:
        """Ask for `amount` euros. The same `key` again must give the first answer. Raises GatewayDown."""

    def find(self, *, key: str) -> Answer | None:
        """What became of the charge with this key; None when the provider never heard of it. Raises GatewayDown."""

    def refund(self, *, key: str, provider_ref: str, amount: Decimal) -> str:
        """Give `amount` euros back; returns the provider's reference. Repeatable by `key`. Raises GatewayDown."""

    def read(self, *, headers: Mapping[str, str], body: bytes) -> Announcement:
        """Check the signature of a webhook call and read it. Raises BadSignature."""

    def parse(self, *, body: str) -> Announcement:
        """Read a stored webhook body, whose signature was checked when it came in."""
