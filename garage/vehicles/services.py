"""Every write about vehicles."""

from datetime import date
from typing import TypedDict, Unpack

from django.db import transaction

from config.lib.actors import Actor
from config.lib.errors import Invalid
from garage.clients import queries as clients
from garage.clients.models import Client
from garage.clients.services import checked_save
from garage.vehicles import queries
from garage.vehicles.models import Status, Vehicle


class VehicleFields(TypedDict, total=False):
    client: Client
    plate: str
    vin: str
    make: str
    model: str
    kind: str
    energy: str
    first_registration: date | None
    odometer_km: int | None
    inspection_due: date | None
    insurance_until: date | None
    notes: str


def _save(vehicle: Vehicle) -> None:
    """checked_save, with a plate or VIN that is taken named on its own field."""
    try:
        checked_save(vehicle)
    except Invalid as error:
        general = error.errors.pop("non_field_errors", None)
        if general:
            field = "plate" if queries.in_use(plate=vehicle.plate, but=vehicle.pk) else "vin"
            error.errors.setdefault(field, []).extend(general)
        raise


@transaction.atomic
def create_vehicle(*, actor: Actor, **values: Unpack[VehicleFields]) -> Vehicle:
    """Register a vehicle (staff). Forbidden; Invalid on a field, also for a plate or VIN that is in use."""
    clients.require_staff(actor)
    vehicle = Vehicle(**values)
    _save(vehicle)
    vehicle.record(actor=actor)
    return vehicle


@transaction.atomic
def update_vehicle(*, actor: Actor, vehicle_id: int, **values: Unpack[VehicleFields]) -> Vehicle:
    """Change what is given, keep the rest (staff). The status has its own service. NotFound, Forbidden, Invalid."""
    vehicle = queries.locked(queries.get_for(actor, vehicle_id, "write").pk)
    for name, value in values.items():
        setattr(vehicle, name, value)
    _save(vehicle)
    return vehicle


@transaction.atomic
def set_status(*, actor: Actor, vehicle_id: int, status: str, reason: str = "") -> Vehicle:
    """Sold, scrapped, or back in use (staff). NotFound, Forbidden, IllegalMove; Invalid when the plate is in use."""
    vehicle = queries.locked(queries.get_for(actor, vehicle_id, "write").pk)
    if status == Status.ACTIF and queries.in_use(plate=vehicle.plate, but=vehicle.pk):
        raise Invalid(errors={"plate": [Vehicle._meta.constraints[0].violation_error_message]})
    vehicle.move(status, actor=actor, reason=reason)
    return vehicle
