"""Index of the features' background tasks."""

from garage.alerts.tasks import compute_alerts, expire_quotes, follow_up_quotes
from garage.billing.tasks import remind_overdue
from garage.clients.tasks import link_clients
from garage.quotes.tasks import render_quote
from garage.vehicles.tasks import measure_tracks
from garage.workshop.tasks_appointments import load_holidays, remind_of_appointments
from garage.workshop.tasks_repairs import stop_forgotten_clocks, warn_slips

__all__ = [
    "compute_alerts", "expire_quotes", "follow_up_quotes", "link_clients", "load_holidays", "measure_tracks",
    "remind_of_appointments", "remind_overdue", "render_quote", "stop_forgotten_clocks", "warn_slips",
]
