"""Periodic tasks of the house itself: what a crash left undone is done again."""

from datetime import timedelta

from celery import shared_task
from django.apps import apps
from django.core.management import call_command
from django.utils import timezone

from config.finances.tasks import journalise, prove_books, prove_books_nightly
from config.lib import jobs
from config.lib.idempotency import forget_old_answers
from config.lib.models import Announced

__all__ = ["announce_pending", "journalise", "prove_books", "prove_books_nightly", "ring_owed_jobs", "tidy"]
PATIENCE = timedelta(seconds=15)


@shared_task
def ring_owed_jobs() -> int:
    """Ring overdue jobs of every kind."""
    return jobs.ring_overdue()


@shared_task
def announce_pending() -> int:
    """Announce history rows that a crash, or a listener that failed, left unannounced."""
    count = 0
    for model in apps.get_models():
        if issubclass(model, Announced):
            time_field = "at" if any(f.name == "at" for f in model._meta.fields) else "created_at"
            late = {"announced_at": None, f"{time_field}__lt": timezone.now() - PATIENCE}
            for row in model._base_manager.filter(**late).order_by("pk")[:500]:
                row.announce()
                count += 1
    return count


@shared_task
def tidy() -> None:
    """Erase sessions that have expired, and answers that no repeat of a call will ask for any more."""
    call_command("clearsessions")
    forget_old_answers()
