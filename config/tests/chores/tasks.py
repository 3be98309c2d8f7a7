import time

from celery import shared_task
from django.db import transaction

from config.lib import jobs
from config.tests.chores.models import Chore, Effect


@shared_task
def do_chore(pk: int) -> None:
    job = jobs.claim(Chore, pk)
    if job is None:
        return
    time.sleep(0.03)
    with transaction.atomic():
        Effect.objects.create(chore=job)
        jobs.done(job)
