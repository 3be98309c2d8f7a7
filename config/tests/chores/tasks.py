import os
import time
from datetime import timedelta

from celery import shared_task
from django.db import transaction

from config.lib import jobs
from config.tests.chores.models import Chore, Effect

# A test does not wait five minutes for the claim of a worker that it killed.
jobs.LEASE = timedelta(seconds=float(os.environ.get("CHORES_LEASE_S", jobs.LEASE.total_seconds())))


@shared_task
def do_chore(pk: int) -> None:
    job = jobs.claim(Chore, pk)
    if job is None:
        return
    time.sleep(0.03)
    with transaction.atomic():
        Effect.objects.create(chore=job)
        jobs.done(job)
