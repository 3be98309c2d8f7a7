"""Work beyond what was agreed: a quote that supplements the order's own, and the wait for the client's answer."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from config.lib.actors import SYSTEM, Actor
from config.lib.errors import Invalid
from garage.quotes.models import Quote
from garage.quotes.services import create_quote
from garage.workshop import rules_repairs as rules
from garage.workshop.models import RepairOrder
from garage.workshop.queries import repairs as queries
from garage.workshop.services.clocking import WORKABLE
from garage.workshop.services.opening import go_on, locked_or_adopted

Status = RepairOrder.Status
OVER = (Quote.Status.REFUSE, Quote.Status.EXPIRE)


@transaction.atomic
def propose_extra_work(
    *, actor: Actor, order_id: int, lines: list[dict[str, Any]], message: str = "",
) -> Quote:
    """Draft the quote of extra work (staff): it supplements the order's own quote, or becomes it where the order was
    opened by hand. The order waits from when it is sent until it is answered.

    NotFound, Forbidden, NotHere, FirstQuoteOpen, Invoiced, Invalid on the lines (`lines.0.field`).
    """
    order = queries.locked_for_staff(actor, order_id)
    if order.status not in (*WORKABLE, Status.OUVERT):
        raise rules.NotHere
    if not lines:
        raise Invalid(errors={"lines": [_("Choose what is to be done.")]})
    main = order.quote
    if main is not None and main.status in OVER:
        main = None
    if main is not None and main.status == Quote.Status.FACTURE:
        raise rules.Invoiced
    if main is not None and main.status != Quote.Status.ACCEPTE:
        raise rules.FirstQuoteOpen
    quote = create_quote(
        actor=actor, client_id=order.client_id, vehicle_id=order.vehicle_id, lines=lines, supplements=main,
        message=message, odometer_km=order.odometer_km, choice_by_line=True,
    )
    if main is None:
        order.quote = quote
        order.save(update_fields=["quote", "updated_at"])
    return quote


@transaction.atomic
def follow_quote(*, quote_id: int) -> RepairOrder | None:
    """A quote of an order was sent, declined, ran out or was taken back: the order waits, or goes on without it. An
    acceptance has done so itself (opening.py). Safe to run twice: it looks at how things stand now."""
    quote = Quote.objects.filter(pk=quote_id).first()
    if quote is None:
        return None
    sent = quote.status == Quote.Status.ENVOYE
    order = locked_or_adopted(quote) if sent else queries.locked_of_quote(quote)
    if order is None or order.status not in WORKABLE:
        return None
    if queries.consent_awaited(order):
        if order.status != Status.ATTENTE_ACCORD:
            order.move(Status.ATTENTE_ACCORD, actor=SYSTEM, reason=quote.number)
    elif order.status == Status.ATTENTE_ACCORD:
        go_on(actor=SYSTEM, order=order, reason=quote.number)
    return order


