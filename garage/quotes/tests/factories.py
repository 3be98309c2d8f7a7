"""Quotes for the tests."""

from config.lib.actors import SYSTEM
from garage.clients.tests.factories import client_of
from garage.quotes import services
from garage.quotes.models import Quote
from garage.vehicles.tests.factories import vehicle_of
from shop.catalogue.tests.factories import make_product

LABOUR = {"kind": "MAIN_OEUVRE", "description": "Vidange", "quantity": "1.50", "unit_price": "60.00"}


def part(product=None, **values):
    return {"kind": "PIECE", "product_id": (product or make_product()).pk, **values}


def quote_of(user=None, *, lines=None, vehicle=None, sent=False, **fields) -> Quote:
    """A quote with one line of labour, for a vehicle of this person's."""
    vehicle = vehicle or vehicle_of(client_of(user, email=user.email if user else "client@email.test"))
    quote = services.create_quote(
        actor=SYSTEM, client_id=vehicle.client_id, vehicle_id=vehicle.pk, lines=[LABOUR] if lines is None else lines,
        **fields,
    )
    return sent_quote(quote) if sent else quote


def sent_quote(quote: Quote) -> Quote:
    """As if it had gone out, without its paper and messages."""
    quote.move(Quote.Status.ENVOYE, actor=SYSTEM, version=quote.version + 1)
    return quote


def accept(quote: Quote, actor=SYSTEM, **values):
    fields = {"signed_by": "Alice Martin", "reused_parts": False, **values}
    return services.accept_quote(actor=actor, quote_id=quote.pk, **fields)
