"""The clock's door of the vehicles."""

from celery import shared_task

from config.lib.actors import SYSTEM
from garage.vehicles import services


@shared_task(name="garage.vehicles.tasks.measure_tracks")
def measure_tracks() -> int:
    """Add what couriers rode to the vehicles they drive. Safe to run twice."""
    return services.measure_missed(actor=SYSTEM)
