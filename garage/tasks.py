"""Index of the features' background tasks."""

from garage.alerts.tasks import compute_alerts

__all__ = ["compute_alerts"]
