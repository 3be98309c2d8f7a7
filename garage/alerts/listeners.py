"""What changes alerts at once: a vehicle, its kilometres, a quote, a finished repair."""

from garage.alerts import services
from garage.alerts.events import alert_raised
from garage.quotes.events import quote_moved
from garage.vehicles.events import reading_taken, vehicle_changed, vehicle_moved
from garage.vehicles.models import OdometerReading
from garage.workshop.events import repair_order_moved
from garage.workshop.models import RepairOrder


@vehicle_moved.listener
def compute_moved_vehicle(*, vehicle_id: int, **_change: object) -> None:
    services.compute_vehicles(vehicle_ids=[vehicle_id])


@vehicle_changed.listener
def compute_changed_vehicle(*, vehicle_id: int) -> None:
    services.compute_vehicles(vehicle_ids=[vehicle_id])


@reading_taken.listener
def compute_read_vehicle(*, reading_id: int, **_change: object) -> None:
    found = OdometerReading.objects.filter(pk=reading_id).values_list("vehicle_id", flat=True)
    services.compute_vehicles(vehicle_ids=list(found))


@quote_moved.listener
def compute_quote(*, quote_id: int, **_change: object) -> None:
    services.compute_quotes(quote_ids=[quote_id])


@repair_order_moved.listener
def reset_what_a_repair_did(*, repairorder_id: int, to_status: str, **_change: object) -> None:
    if to_status in (RepairOrder.Status.PRET, RepairOrder.Status.RENDU):
        services.reset_for_order(order_id=repairorder_id)


@alert_raised.listener
def ask_for_an_answer(*, alert_id: int, days: int) -> None:
    services.follow_up(alert_id=alert_id, days=days)
