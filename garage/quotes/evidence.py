"""The record of an acceptance, and the fingerprints that prove it. Plain values in one fixed form."""

import hashlib
import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone, translation

from config.lib.money import ZERO
from garage.quotes.models import Acceptance, Quote, SignCode

DOT = "•"


def canonical(record: dict[str, Any]) -> bytes:
    """One form of bytes for equal records, whatever order they were written in (as RFC 8785: keys sorted, no idle
    space, UTF-8). ValueError for numbers that JSON has not."""
    return json.dumps(
        record, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def fingerprint(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def masked(destination: str) -> str:
    """An address or number that its owner knows again and nobody else learns: `a•••@mail.test`, `+33•••••••78`."""
    name, at, domain = destination.partition("@")
    if at:
        return f"{name[:1]}{DOT * 3}@{domain}"
    return f"{destination[:3]}{DOT * max(3, len(destination) - 5)}{destination[-2:]}"


def record_of(acceptance: Acceptance, content: dict[str, Any]) -> dict[str, Any]:
    """What the page of evidence says: the acceptance, and of the paper's `content` what it is about."""
    quote = acceptance.quote
    chosen = set(acceptance.lines)
    with translation.override(content["language"]):
        channel = str(acceptance.get_channel_display())
    return {
        **{name: content[name] for name in (
            "number", "version", "language", "currency", "seller", "client", "vehicle",
        )},
        "lines": [
            {
                **{name: line[name] for name in ("id", "description", "quantity", "total")},
                "accepted": line["id"] in chosen,
            }
            for line in content["lines"]
        ],
        "total": str(quote.total), "net": str(quote.total_excl_vat), "vat_total": str(quote.vat),
        "discount": str(_discount(quote, chosen)),
        "acceptance": acceptance.pk, "signed_by": acceptance.signed_by, "at": exact(acceptance.at),
        "channel": acceptance.channel, "channel_text": channel, "reused_parts": acceptance.reused_parts,
        "at_distance": acceptance.at_distance, "start_now": acceptance.start_now,
        "start_text": content["texts"].get("DEMARRER", "") if acceptance.start_now else "",
        "withdraw_until": acceptance.withdraw_until.isoformat() if acceptance.withdraw_until else "",
        "strokes": acceptance.strokes, "ip": acceptance.ip or "", "user_agent": acceptance.user_agent,
        "code": _code(acceptance.code), "staff": _staff(acceptance),
    }


def _discount(quote: Quote, chosen: set[int]) -> Decimal:
    gross = sum((line.total for line in quote.lines.all() if line.pk in chosen), ZERO)
    return gross - quote.total


def exact(moment: datetime) -> str:
    """A moment to the microsecond, with its distance to UTC."""
    return timezone.localtime(moment).isoformat()


def _code(code: SignCode | None) -> dict[str, str] | None:
    if code is None:
        return None
    return {
        "channel": code.channel, "destination": masked(code.destination), "sent_at": exact(code.created_at),
        "used_at": exact(code.used_at) if code.used_at else "",
    }


def _staff(acceptance: Acceptance) -> str:
    """Who of the garage took the signature at the counter."""
    if acceptance.channel != Acceptance.Channel.COMPTOIR or acceptance.by is None:
        return ""
    return acceptance.by.get_full_name() or acceptance.by.get_short_name()
