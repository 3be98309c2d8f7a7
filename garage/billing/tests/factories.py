"""Bills for tests, made through the services that make real ones."""

from decimal import Decimal
from uuid import uuid4

from config.lib.actors import SYSTEM
from garage.billing import services
from garage.billing.models import Bill
from garage.clients.tests.factories import client_of
from garage.quotes.models import Quote
from garage.quotes.tests.factories import LABOUR, accept, quote_of
from garage.vehicles.tests.factories import vehicle_of

LINES = [
    LABOUR, {"kind": "PIECE", "description": "Plaquettes", "quantity": "2", "unit_price": "39.90"},
    {"kind": "PIECE", "description": "Manuel", "quantity": "1", "unit_price": "12.10", "vat_rate": "5.50"},
]  # 90.00 + 79.80 + 12.10 = 181.90


def accepted_quote(user=None, *, lines=None, **fields) -> Quote:
    """A quote of 181.90 that the client accepted at the counter."""
    quote = quote_of(user, lines=LINES if lines is None else lines, **fields)
    accept(quote, channel="COMPTOIR")
    quote.refresh_from_db()
    return quote


def bill_of(user=None, *, plate="", **fields) -> Bill:
    """A bill of 181.90, of a vehicle of this person's."""
    if plate:
        fields["vehicle"] = vehicle_of(client_of(user), plate=plate)
    return services.issue_invoice(actor=SYSTEM, quote_id=accepted_quote(user, **fields).pk)


def deposit_on(quote: Quote, percent="30", **fields) -> Bill:
    return services.issue_deposit(actor=SYSTEM, quote_id=quote.pk, percent=Decimal(percent), **fields)


def pay(bill: Bill, amount=None, *, method="CARTE", token="tok_ok", actor=SYSTEM, **fields):
    """The payment of the client with the link, or of `actor`."""
    amount = None if amount is None else Decimal(amount)
    payment, _bill = services.pay_bill(
        actor=actor, bill_id=bill.pk, method=method, token=token, amount=amount, **{"key": uuid4().hex, **fields}
    )
    bill.refresh_from_db()
    return payment


def at_counter(bill: Bill, amount, means="TERMINAL", **fields):
    row = services.take_payment(actor=SYSTEM, bill_id=bill.pk, means=means, amount=Decimal(amount), **fields)
    bill.refresh_from_db()
    return row


def fresh(bill: Bill) -> Bill:
    return Bill.objects.select_related("invoice", "quote").get(pk=bill.pk)
