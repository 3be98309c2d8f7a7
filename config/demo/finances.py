"""The books of the demo: journalised, and proved once."""

from config.demo.people import Cast
from config.finances import services


def proved_books(cast: Cast) -> None:
    """The manager has all books proved."""
    services.bring_up_to_date()
    services.ask_for_proof(actor=cast.admin)
