"""Celery doors of the accounts, found through config/tasks.py."""

from celery import shared_task

from config.finances import services
from config.lib.actors import SYSTEM


@shared_task
def journalise() -> int:
    """Give new transactions their place in the journal."""
    return services.bring_up_to_date(thorough=False)


@shared_task
def prove_books(proof_id: int) -> None:
    """Do an owed proof."""
    services.prove_books(proof_id=proof_id)


@shared_task
def prove_books_nightly() -> None:
    """Ask for the proof of the night."""
    services.ask_for_proof(actor=SYSTEM)
