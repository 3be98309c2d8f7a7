"""The Celery application and the clock of the house: what happens by itself, and how often.

One queue of short jobs, each owed by a row (config/lib/jobs.py). A task named here is safe to run twice, also
at the same time. A feature that needs the clock adds its line here.
"""

import os

from celery import Celery, signals
from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured

from config import checks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("triporteur")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.beat_schedule = {
    "ring owed jobs": {"task": "config.tasks.ring_owed_jobs", "schedule": 10.0},
    "announce pending news": {"task": "config.tasks.announce_pending", "schedule": 15.0},
    "settle stuck payments": {"task": "accounts.payments.tasks.settle_stuck_payments", "schedule": 10.0},
    "journalise the ledger": {"task": "config.finances.tasks.journalise", "schedule": 60.0},
    "prove the books": {"task": "config.finances.tasks.prove_books_nightly", "schedule": crontab(hour=4, minute=30)},
    "ask about payouts under way": {"task": "accounts.payouts.tasks.ask_again", "schedule": 300.0},
    "pay weekly destinations": {
        "task": "accounts.payouts.tasks.run_weekly", "schedule": crontab(hour=5, minute=20, day_of_week="mon"),
    },
    "close due auctions": {"task": "delivery.tasks.close_due_auctions", "schedule": 5.0},
    "erase old positions": {"task": "delivery.tasks.purge_positions", "schedule": crontab(hour=3, minute=40)},
    "erase expired sessions and old answers": {"task": "config.tasks.tidy", "schedule": crontab(hour=4, minute=10)},
    "end votes whose time is over": {"task": "accounts.communities.tasks.expire_requests", "schedule": 30.0},
    "give monthly contributions": {
        "task": "accounts.communities.tasks.pay_monthly_contributions", "schedule": crontab(hour="6-22", minute=20),
    },
    "expire quotes": {"task": "garage.alerts.tasks.expire_quotes", "schedule": crontab(minute=10)},
    "measure the vehicles of couriers": {
        "task": "garage.vehicles.tasks.measure_tracks", "schedule": crontab(hour=5, minute=10),
    },
    "compute the garage's alerts": {
        # Nightly: behind the tracked kilometres, before staff are told. By day for a machine that sleeps at night.
        "task": "garage.alerts.tasks.compute_alerts", "schedule": crontab(hour="5,8,12,17", minute=45),
    },
    "follow quotes up": {"task": "garage.alerts.tasks.follow_up_quotes", "schedule": crontab(hour="9-18", minute=40)},
    "give clients their files": {"task": "garage.clients.tasks.link_clients", "schedule": crontab(hour=3, minute=10)},
    "tell staff of new alerts": {
        "task": "support.notifications.tasks.tell_alert_digest", "schedule": crontab(hour=7, minute=0),
    },
    "remind of tomorrow's appointments": {
        "task": "garage.workshop.tasks.remind_of_appointments", "schedule": crontab(hour="16-19", minute=10),
    },
    "enter public holidays": {
        "task": "garage.workshop.tasks.load_holidays", "schedule": crontab(hour=3, minute=20, day_of_month=1),
    },
    "free the stock of unpaid orders": {"task": "shop.tasks.expire_orders", "schedule": 30.0},
    "remind of overdue bills": {
        "task": "garage.billing.tasks.remind_overdue", "schedule": crontab(hour=9, minute=15),
    },
    "stop forgotten clocks of mechanics": {"task": "garage.tasks.stop_forgotten_clocks", "schedule": 600.0},
    "warn of repairs that slip": {"task": "garage.tasks.warn_slips", "schedule": 300.0},
}


@signals.worker_init.connect
@signals.beat_init.connect
def _stop_a_bad_configuration(**_: object) -> None:
    try:
        checks.stop_if_wrong()
    except ImproperlyConfigured as wrong:
        raise SystemExit(str(wrong)) from None  # Celery logs any other exception of a signal and goes on
