"""Background jobs owed by a row: the task carries only an id, the row carries the truth.

A broker may forget (in-memory after a restart, Redis without disk): a periodic task rings again what is overdue.
A worker may die half-way: its claim lapses after `LEASE` and the job is rung again. A job that kills its worker at
every try gives up after `MAX_TRIES` like one that fails.
"""

import logging
from datetime import timedelta
from typing import Any, ClassVar, TypeVar

from django.apps import apps
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

logger = logging.getLogger(__name__)

WORKER_DIED = "the worker died at every try"

LEASE = timedelta(minutes=5)
FIRST_RETRY_S = 10
MAX_TRIES = 8
PATIENCE = timedelta(seconds=10)  # a job just rung is on its way: ringing it again would only fill the queue


class JobState(models.TextChoices):
    A_FAIRE = "A_FAIRE", _("to do")
    EN_COURS = "EN_COURS", _("running")
    FAIT = "FAIT", _("done")
    ECHEC = "ECHEC", _("failed")


class OwedJob(models.Model):
    """Abstract row of a job. `TASK` is the import path of the Celery task that does it, given the row's id."""

    TASK: ClassVar[str]
    state = models.CharField(_("state"), max_length=10, choices=JobState.choices, default=JobState.A_FAIRE)
    next_attempt_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    claimed_at = models.DateTimeField(_("claimed"), null=True, blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    last_error = models.TextField(_("last error"), blank=True)

    class Meta:
        abstract = True


Job = TypeVar("Job", bound=OwedJob)


def _due() -> Q:
    now = timezone.now()
    return Q(state=JobState.A_FAIRE, next_attempt_at__lte=now) | Q(state=JobState.EN_COURS, claimed_at__lt=now - LEASE)


def claim(model: type[Job], pk: int) -> Job | None:
    """Take the job for this worker, or None when it is done, not due, given up, or another worker has it."""
    due = model._base_manager.filter(_due(), pk=pk)
    taken = due.filter(tries__lt=MAX_TRIES).update(
        state=JobState.EN_COURS, claimed_at=timezone.now(), tries=F("tries") + 1
    )
    if taken:
        return model._base_manager.get(pk=pk)
    # failed() leaves no due row with all its tries used: the worker died at the last one before it could tell.
    if due.filter(tries__gte=MAX_TRIES).update(state=JobState.ECHEC, last_error=WORKER_DIED):
        logger.error("job %s %s given up: its worker died at try %s", model.__name__, pk, MAX_TRIES)
    return None


def done(job: OwedJob, **fields: Any) -> None:
    """Mark the job done, saving `fields` with it."""
    type(job)._base_manager.filter(pk=job.pk).update(state=JobState.FAIT, last_error="", **fields)


def failed(job: OwedJob, error: object, *, retry: bool = True) -> None:
    """Note the failure; the job is due again after a delay that doubles, or gives up after MAX_TRIES."""
    again = retry and job.tries < MAX_TRIES
    type(job)._base_manager.filter(pk=job.pk).update(
        state=JobState.A_FAIRE if again else JobState.ECHEC,
        next_attempt_at=timezone.now() + timedelta(seconds=FIRST_RETRY_S * 2 ** (job.tries - 1)),
        last_error=str(error)[:2000],
    )
    logger.warning("job %s %s failed (try %s): %s", type(job).__name__, job.pk, job.tries, error)


def _ring_now(job: OwedJob, after_s: float = 0) -> None:
    try:
        import_string(job.TASK).apply_async((job.pk,), countdown=after_s or None)
    except Exception:
        # The broker is away. The row still owes the job; the periodic task rings again.
        logger.exception("could not ring %s %s", job.TASK, job.pk)


def ring(job: OwedJob, after_s: float = 0) -> None:
    """Ask for the job once the transaction has committed, or `after_s` seconds later."""
    transaction.on_commit(lambda: _ring_now(job, after_s))


def retry(job: OwedJob) -> None:
    """Give a failed job a fresh set of tries (staff action)."""
    type(job)._base_manager.filter(pk=job.pk).exclude(state=JobState.FAIT).update(
        state=JobState.A_FAIRE, next_attempt_at=timezone.now(), tries=0
    )
    ring(job)


def job_models() -> list[type[OwedJob]]:
    return [m for m in apps.get_models() if issubclass(m, OwedJob)]


def free_claims() -> int:
    """Make every running job due at once. Only for a process that knows it is the only one (config/server.py)."""
    return sum(
        model._base_manager.filter(state=JobState.EN_COURS).update(
            state=JobState.A_FAIRE, next_attempt_at=timezone.now(), claimed_at=None
        )
        for model in job_models()
    )


def ring_overdue(limit: int = 500, patience: timedelta = PATIENCE) -> int:
    """Ring every overdue job again; returns how many. Harmless when a job is already in the queue: claims decide."""
    rung = 0
    overdue = _due() & Q(next_attempt_at__lte=timezone.now() - patience)
    for model in job_models():
        for job in model._base_manager.filter(overdue).order_by("next_attempt_at")[:limit]:
            _ring_now(job)
            rung += 1
    return rung


def given_up() -> int:
    """How many jobs of every kind failed for good and wait for somebody to look."""
    return sum(model._base_manager.filter(state=JobState.ECHEC).count() for model in job_models())
