"""Index of the features' background tasks."""

from garage.alerts.tasks import compute_alerts
from garage.workshop.tasks_repairs import stop_forgotten_clocks, warn_slips
from garage.quotes.tasks import render_quote

__all__ = ["compute_alerts", "render_quote", "stop_forgotten_clocks", "warn_slips"]
