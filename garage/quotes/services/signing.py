"""Signing by the client's link: a one-time code shows that who signs reads the client's e-mail or phone."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from config.lib.actors import SYSTEM
from config.lib.errors import DomainError, Invalid
from config.lib.events import emit
from delivery.deliveries.rules import WrongCode, same_code
from garage.quotes import queries, rules
from garage.quotes.events import sign_code_made
from garage.quotes.models import Acceptance, Quote, SignCode
from garage.quotes.services.answering import accept_quote

LIFE = timedelta(minutes=10)
MAX_TRIES = 5
MAX_AN_HOUR = 5


@transaction.atomic
def send_code(*, quote_id: int, version: int, channel: str) -> SignCode:
    """Send the client a new code to the address that the garage knows; earlier ones end with it. The caller has
    checked the link. QuoteChanged, QuoteExpired, TooManyCodes; Invalid on `channel`."""
    quote = queries.locked(quote_id)
    _answerable(quote, version)
    ways = queries.ways_to_reach(quote)
    if channel not in ways:
        raise Invalid(errors={"channel": [_("Choose where the code goes.")]})
    now = timezone.now()
    if quote.codes.filter(created_at__gt=now - timedelta(hours=1)).count() >= MAX_AN_HOUR:
        raise rules.TooManyCodes
    code = SignCode.objects.create(
        quote=quote, version=version, channel=channel, destination=ways[channel], expires_at=now + LIFE
    )
    emit(sign_code_made, code_id=code.pk)
    return code


def sign_by_link(
    *, quote_id: int, version: int, code: str, signed_by: str, reused_parts: bool, lines: list[int] | None = None,
    signature: list[Any] | None = None, start_now: bool = False, ip: str | None = None, user_agent: str = "",
) -> Acceptance:
    """Accept by the client's link, with the code that he received. The caller has checked the link.

    WrongCode (with attempts_left), CodeLocked, CodeExpired, and what accept_quote refuses.
    """
    refusal: DomainError | None = None
    with transaction.atomic():
        quote = queries.locked(quote_id)
        _answerable(quote, version)
        row = queries.last_code(quote)
        refusal = _refusal(row, code)
        if refusal is None and row is not None:
            row.used_at = timezone.now()
            row.save(update_fields=["used_at"])
            acceptance = accept_quote(
                actor=SYSTEM, quote_id=quote_id, signed_by=signed_by, reused_parts=reused_parts, lines=lines,
                signature=signature, channel=Acceptance.Channel.LIEN, start_now=start_now, version=version, code=row,
                ip=ip, user_agent=user_agent,
            )
    # Raised only now: inside the transaction it would take the count of wrong codes back.
    if refusal is not None:
        raise refusal
    return acceptance


def _answerable(quote: Quote, version: int) -> None:
    if quote.version != version or quote.status != Quote.Status.ENVOYE:
        raise rules.QuoteChanged
    if quote.valid_until < timezone.localdate():
        raise rules.QuoteExpired


def _refusal(code: SignCode | None, given: str) -> DomainError | None:
    """Why this code is refused, or None. A wrong one is counted: the caller must let that commit."""
    if code is None or code.used_at is not None or code.expires_at <= timezone.now():
        return rules.CodeExpired()
    if code.tries >= MAX_TRIES:
        return rules.CodeLocked(attempts_left=0)
    if same_code(given, queries.code_text(code)):
        return None
    code.tries += 1
    code.save(update_fields=["tries"])
    left = MAX_TRIES - code.tries
    return WrongCode(attempts_left=left) if left else rules.CodeLocked(attempts_left=0)
