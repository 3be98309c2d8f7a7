"""The answer to a quote: accepted with its proof, declined, or too late."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from config.lib.actors import SYSTEM, Actor, actor_user
from config.lib.errors import Forbidden, Invalid
from garage.clients import queries as clients
from garage.clients.models import Kind
from garage.quotes import opening, queries, rules, strokes
from garage.quotes.models import Acceptance, Quote, QuoteLine, QuotePaper, SignCode
from garage.quotes.services.editing import count_again
from garage.quotes.services.papers import owe_signed

EXPIRE_AT_ONCE = 500


@transaction.atomic
def accept_quote(
    *, actor: Actor, quote_id: int, signed_by: str, reused_parts: bool, lines: list[int] | None = None,
    signature: list[Any] | None = None, channel: str = "", start_now: bool = False, version: int | None = None,
    code: SignCode | None = None, ip: str | None = None, user_agent: str = "",
) -> Acceptance:
    """The client agrees: the evidence is kept and its paper owed, the lines left out count no more, and the work opens
    (parts reserved, repair order) in the same transaction.

    `lines` are ids of lines (None: all; a part of them only where the quote allows it, or by staff). `version` is the
    one that was read. A private person who does not stand at the counter may withdraw for 14 days; `start_now` is his
    wish that work begins before. Staff accept at the counter, and there a draft too; SYSTEM answers for a signed link.
    NotFound, Forbidden, IllegalMove (answered before), QuoteExpired, QuoteChanged, Invalid.
    """
    quote = queries.locked(queries.get_for(actor, quote_id, "answer").pk)
    channel = channel or _channel_of(actor)
    if channel == Acceptance.Channel.COMPTOIR:
        clients.require_staff(actor)
    if version is not None and version != quote.version:
        raise rules.QuoteChanged
    if quote.status == Quote.Status.ENVOYE and quote.valid_until < timezone.localdate():
        raise rules.QuoteExpired
    if quote.status == Quote.Status.BROUILLON and channel != Acceptance.Channel.COMPTOIR:
        raise Forbidden
    rows = list(quote.lines.all())
    chosen = _chosen(quote, rows, lines, free=channel == Acceptance.Channel.COMPTOIR)
    signed_by = " ".join(signed_by.split())
    if not signed_by:
        raise Invalid(errors={"signed_by": [_("Write the name of who signs.")]})
    drawn = strokes.clean(signature)
    # A draft signed at the counter is a version that was never sent; what was sent before said something else.
    version = quote.version + (quote.status == Quote.Status.BROUILLON)
    paper = queries.paper_of(quote, QuotePaper.Kind.DEVIS, version=version)
    now = timezone.now()
    at_distance = channel != Acceptance.Channel.COMPTOIR and quote.client.kind == Kind.PARTICULIER
    for row in rows:
        row.accepted = row.pk in chosen
    QuoteLine.objects.bulk_update(rows, ["accepted"])
    count_again(quote=quote, lines=rows)
    quote.move(
        Quote.Status.ACCEPTE, actor=actor, reused_parts=reused_parts, accepted_at=now,
        version=version, total_excl_vat=quote.total_excl_vat, vat=quote.vat, total=quote.total,
    )
    acceptance = Acceptance.objects.create(
        quote=quote, version=quote.version, channel=channel, signed_by=signed_by[:120], strokes=drawn,
        lines=sorted(chosen), reused_parts=reused_parts, at_distance=at_distance, start_now=start_now and at_distance,
        withdraw_until=rules.withdraw_until(timezone.localtime(now).date()) if at_distance else None,
        pdf_sha256=paper.sha256 if paper else "", code=code, by=actor_user(actor), ip=ip,
        user_agent=user_agent[:300], at=now,
    )
    owe_signed(acceptance=acceptance)
    opening.open_work(quote=quote, actor=actor)
    return acceptance


def _channel_of(actor: Actor) -> str:
    if actor is SYSTEM:
        return Acceptance.Channel.LIEN
    return Acceptance.Channel.COMPTOIR if clients.works_here(actor) else Acceptance.Channel.COMPTE


def _chosen(quote: Quote, rows: list[QuoteLine], lines: list[int] | None, *, free: bool) -> set[int]:
    known = {row.pk for row in rows}
    if not known:
        raise Invalid(errors={"lines": [_("This quote has no line.")]})
    if lines is None:
        return known
    chosen = set(lines)
    if not chosen or chosen - known:
        raise Invalid(errors={"lines": [_("Choose lines of this quote, one at least.")]})
    if chosen != known and not (quote.choice_by_line or free):
        raise Invalid(errors={"lines": [_("This quote is accepted as a whole.")]})
    return chosen


@transaction.atomic
def refuse_quote(*, actor: Actor, quote_id: int, reason: str = "") -> Quote:
    """The client declines, or staff put a draft aside. NotFound, IllegalMove once it is answered."""
    quote = queries.locked(queries.get_for(actor, quote_id, "answer").pk)
    if quote.status == Quote.Status.ACCEPTE:
        # An accepted one ends by the client's withdrawal only, which also calls the work off.
        raise rules.QuoteClosed
    quote.move(Quote.Status.REFUSE, actor=actor, reason=reason)
    return quote


def expire_quotes() -> int:
    """Close the sent quotes whose last day is over; returns how many. Each in a transaction of its own, so that an
    acceptance under way is waited for and keeps its right."""
    today = timezone.localdate()
    ended = queries.overdue(today).order_by("pk").values_list("pk", flat=True)[:EXPIRE_AT_ONCE]
    return sum(_expire(pk) for pk in list(ended))


@transaction.atomic
def _expire(pk: int) -> bool:
    quote = queries.locked(pk)
    if quote.status != Quote.Status.ENVOYE or quote.valid_until >= timezone.localdate():
        return False
    quote.move(Quote.Status.EXPIRE, actor=SYSTEM)
    return True
