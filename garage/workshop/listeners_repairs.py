"""What repair orders hear."""

from garage.quotes.events import quote_moved
from garage.quotes.models import Quote
from garage.workshop import services


@quote_moved.listener
def wait_for_the_answer(quote_id: int, to_status: str, **_: object) -> None:
    """A repair waits while one of its quotes is with the client. An acceptance sets it going itself."""
    if to_status not in (Quote.Status.ACCEPTE, Quote.Status.FACTURE):
        services.follow_quote(quote_id=quote_id)
