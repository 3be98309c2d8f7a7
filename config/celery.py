"""The Celery application: one queue of short jobs, each owed by a row (see config/lib/jobs.py)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("triporteur")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
