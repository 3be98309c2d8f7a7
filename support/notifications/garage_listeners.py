"""What is told of clients and quotes of the garage."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from garage.clients.events import client_forgotten, client_linked
from garage.clients.models import Client
from garage.quotes import queries as quotes
from garage.quotes.events import quote_follow_up_due, quote_moved, quote_paper_made, quote_withdrawn, sign_code_made
from garage.quotes.models import Acceptance, Quote, QuoteChange, QuotePaper, SignCode
from garage.quotes.paper_models import PaperSending
from support.notifications import services
from support.notifications.garage_people import name_of, staff, tell_garage
from support.notifications.models import Channel

SIGN_CODE = "sign_code"
LINES_TOLD = 40  # a message names so many lines; the paper has them all
BEGAN = _("Work had begun at your wish: what was done until then is due, and we write to you about it.")
CALLED_OFF = _("The work is called off and nothing is due.")


def _facts(quote: Quote) -> dict[str, Any]:
    return {
        "number": quote.number, "vehicle": name_of(quote.vehicle), "total": quote.total, "until": quote.valid_until,
    }


def _page(quote: Quote) -> str:
    return reverse("garage:quote_mine", args=[quote.pk])


@client_linked.listener
def tell_of_link(*, client_id: int) -> None:
    client = Client.objects.select_related("user").get(pk=client_id)
    tell_garage(thing="client", status="linked", key=f"{client_id}:{client.user_id}", client=client,
                page=reverse("garage:vehicles"))


@client_forgotten.listener
def forget_messages(*, client_id: int) -> None:
    services.forget_client(client_id=client_id)


@quote_paper_made.listener
def tell_of_paper(*, paper_id: int, sending_id: int) -> None:
    """A quote goes out, a signed one is confirmed, a withdrawal gets its receipt: each once its paper is there."""
    sending = PaperSending.objects.select_related("paper__quote__client__user", "paper__quote__vehicle").defer(
        "paper__pdf", "paper__content"
    ).get(pk=sending_id)
    paper, quote = sending.paper, sending.paper.quote
    ways = [c for c, on in ((Channel.EMAIL, sending.by_email), (Channel.SMS, sending.by_sms)) if on]
    acceptance = quote.acceptances.filter(version=paper.version).order_by("-pk").first()
    news, context = "SUPPLEMENT" if quote.supplements_id else "ENVOYE", _facts(quote)
    if paper.kind == QuotePaper.Kind.SIGNE and acceptance is not None:
        news = "SIGNE_DISTANCE" if acceptance.at_distance else "SIGNE"
        context |= _agreed(quote, acceptance)
    elif paper.kind == QuotePaper.Kind.RETRACTATION and acceptance is not None:
        news = "RETRACTATION"
        context |= {
            "at": acceptance.withdrawn_at or timezone.now(), "accepted_at": acceptance.at, "outcome": _outcome(quote),
        }
    tell_garage(
        thing="quote", status=news, key=f"sending:{sending_id}", client=quote.client, url=quotes.public_url(quote),
        page=_page(quote), ways=ways, **context,
    )


def _agreed(quote: Quote, acceptance: Acceptance) -> dict[str, Any]:
    lines = quotes.counting_lines(quote)
    told = [f"- {line.description}" for line in lines[:LINES_TOLD]] + ["…"] * (len(lines) > LINES_TOLD)
    return {
        "at": acceptance.at, "signed_by": acceptance.signed_by, "lines": "\n".join(told),
        "reused": _("Parts of the circular economy: yes.") if acceptance.reused_parts
        else _("Parts of the circular economy: no."),
        "withdraw_until": acceptance.withdraw_until or "",
        "begun": _("You asked us to begin before that day: what is done by then would be due.")
        if acceptance.start_now else "",
    }


def _outcome(quote: Quote) -> Any:
    """Whether the work could be called off: a withdrawn quote ends as declined, else work had begun."""
    return CALLED_OFF if quote.status == Quote.Status.REFUSE else BEGAN


@quote_moved.listener
def tell_of_quote(*, quote_id: int, from_status: str, to_status: str, change_id: int) -> None:
    """What the client is told of a quote that goes out or is signed waits for its paper (tell_of_paper); the end of
    an accepted one is told as a withdrawal."""
    change = QuoteChange.objects.select_related("subject__client__user", "subject__vehicle", "by").get(pk=change_id)
    quote = change.subject
    told = {Quote.Status.ACCEPTE, Quote.Status.REFUSE, Quote.Status.EXPIRE}
    if to_status == from_status or to_status not in told or from_status == Quote.Status.ACCEPTE:
        return
    known = to_status == Quote.Status.REFUSE and from_status == Quote.Status.BROUILLON  # he never saw it
    tell_garage(
        thing="quote", status=to_status, key=str(change_id), client=None if known else quote.client,
        page="" if to_status == Quote.Status.EXPIRE else _page(quote),
        people=[] if known else staff(but=change.by), staff_url=reverse("garage:quote_edit", args=[quote.pk]),
        reason=change.reason or _("none"), **_facts(quote),
    )


@quote_follow_up_due.listener
def follow_quote_up(*, quote_id: int) -> None:
    quote = Quote.objects.select_related("client__user", "vehicle").get(pk=quote_id)
    if quote.status == Quote.Status.ENVOYE and quote.followed_up_at is not None:
        tell_garage(
            thing="quote", status="RELANCE", key=f"{quote_id}:{quote.followed_up_at.timestamp():.0f}",
            client=quote.client, url=quotes.public_url(quote), page=_page(quote), **_facts(quote),
        )


@quote_withdrawn.listener
def tell_of_withdrawal(*, acceptance_id: int) -> None:
    acceptance = Acceptance.objects.select_related("quote__client", "quote__vehicle").get(pk=acceptance_id)
    quote = acceptance.quote
    outcome = (
        _("The work is called off.") if quote.status == Quote.Status.REFUSE
        else _("Work had begun: agree with the client on what is due.")
    )
    tell_garage(
        thing="withdrawal", status="new", key=str(acceptance_id), client=quote.client, people=staff(),
        staff_url=reverse("garage:quote_edit", args=[quote.pk]), outcome=outcome, **_facts(quote),
    )


@sign_code_made.listener
def send_code(*, code_id: int) -> None:
    """To the address it was made for, whatever the client's account or choices say, and never into a feed."""
    code = SignCode.objects.select_related("quote__client").get(pk=code_id)
    to = {"email": code.destination, "phone": ""}
    if code.channel == Channel.SMS:
        to = {"email": "", "phone": code.destination}
    services.tell_contact(
        **to, language=code.quote.client.language, kind=SIGN_CODE, dedupe_key=f"code:{code_id}",
        url="", client_id=code.quote.client_id, secret_id=code_id, code=services.SECRET, number=code.quote.number,
        until=code.expires_at,
    )


def _digits(code_id: int) -> str:
    code = SignCode.objects.filter(pk=code_id, used_at=None, expires_at__gt=timezone.now()).first()
    return quotes.code_text(code) if code else ""


services.register_secret(kind=SIGN_CODE, read=_digits)
