"""Index of the features' background tasks."""

from garage.alerts.tasks import compute_alerts
from garage.workshop.tasks_repairs import stop_forgotten_clocks, warn_slips

__all__ = ["compute_alerts", "stop_forgotten_clocks", "warn_slips"]
