"""Sending a quote: its next version, its paper, and the news of it once the paper is made."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from config.lib.actors import Actor, actor_user
from config.lib.errors import Invalid
from garage.quotes import papers, queries
from garage.quotes.models import Quote, QuotePaper
from garage.quotes.services.papers import owe_paper, send_again


@transaction.atomic
def send_quote(*, actor: Actor, quote_id: int, email: bool = True, sms: bool = False) -> Quote:
    """Staff: send a draft as its next version, or the version that was sent once more. The client is told by the
    chosen ways once the paper is made; with neither, the paper is made and nobody is told (signing at the counter).

    NotFound, Forbidden; IllegalMove for an answered or expired quote; Invalid on `lines`, `email`, `sms`,
    `valid_until`.
    """
    quote = queries.locked(queries.get_for(actor, quote_id, "write").pk)
    _check(quote, email=email, sms=sms)
    sender = actor_user(actor)
    if quote.status == Quote.Status.ENVOYE:
        paper = queries.paper_of(quote, QuotePaper.Kind.DEVIS)
        if paper is not None:
            if email or sms:
                send_again(paper=paper, by_email=email, by_sms=sms, sender=sender)
            return quote
    version = quote.version + 1
    content = papers.content_of(quote, version=version)
    owe_paper(
        quote=quote, kind=QuotePaper.Kind.DEVIS, content=content, by_email=email, by_sms=sms, sender=sender
    )
    quote.move(Quote.Status.ENVOYE, actor=actor, version=version, sent_at=timezone.now(), followed_up_at=None)
    return quote


def _check(quote: Quote, *, email: bool, sms: bool) -> None:
    errors: dict[str, list[str]] = {}
    if not quote.lines.exists():
        errors["lines"] = [_("Write at least one line first.")]
    if email and not quote.client.email:
        errors["email"] = [_("This client has no e-mail address.")]
    if sms and not quote.client.phone:
        errors["sms"] = [_("This client has no phone number.")]
    if quote.valid_until < timezone.localdate():
        errors["valid_until"] = [_("This day is over.")]
    if errors:
        raise Invalid(errors=errors)
