"""Part for the staff's page of a quote: `{% load appointments %}{% quote_appointments quote %}`."""

from typing import Any

from django import template

from garage.quotes.models import Quote
from garage.workshop.queries import appointments as queries

register = template.Library()
BOOKABLE = (Quote.Status.ENVOYE, Quote.Status.ACCEPTE)


@register.inclusion_tag("garage/appointments/_of_quote.html")
def quote_appointments(quote: Quote) -> dict[str, Any]:
    """The appointments of a quote that stand, and the way to book one while the vehicle was not received for it. Extra
    work is done while it is here."""
    rows = queries.of_quote(quote.pk).select_related("client", "vehicle", "lift", "mechanic")
    can_book = quote.status in BOOKABLE and quote.supplements_id is None
    if can_book:
        order = getattr(quote, "repair_order", None)
        can_book = order is None or order.received_at is None
    return {"quote": quote, "appointments": rows.order_by("starts_at", "pk"), "can_book": can_book}
