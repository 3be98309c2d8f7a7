"""Vehicles: registered, changed, sold, scrapped."""

from datetime import date
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from config.lib.actors import Actor
from config.lib.errors import Invalid
from config.lib.events import emit
from delivery.couriers.models import Courier
from garage.clients import queries as clients
from garage.clients.models import Client
from garage.clients.services import checked_save
from garage.vehicles import queries
from garage.vehicles.events import vehicle_changed
from garage.vehicles.models import Source, Status, Vehicle
from garage.vehicles.services.driving import set_driver
from garage.vehicles.services.owners import begin, end, hand_on
from garage.vehicles.services.readings import record_reading

TAKEN = Vehicle._meta.constraints[0].violation_error_message


class VehicleFields(TypedDict, total=False):
    client: Client
    plate: str
    plate_country: str
    vin: str
    make: str
    model: str
    kind: str
    energy: str
    first_registration: date | None
    odometer_km: int | None
    inspection_due: date | None
    insurance_until: date | None
    driver: Courier | None
    notes: str


def _save(vehicle: Vehicle) -> None:
    """checked_save, with a plate or VIN that is taken named on its own field."""
    try:
        checked_save(vehicle)
    except Invalid as error:
        general = error.errors.pop("non_field_errors", None)
        if general:
            taken = queries.in_use(plate=vehicle.plate, country=vehicle.plate_country, but=vehicle.pk)
            field = "plate" if taken else "vin"
            error.errors.setdefault(field, []).extend(general)
        raise


def _read(actor: Actor, vehicle: Vehicle, km: int | None) -> None:
    """Kilometres written on the vehicle's file are what its odometer says today."""
    if km is not None and km != vehicle.odometer_km:
        record_reading(
            actor=actor, vehicle_id=vehicle.pk, km=km, read_on=timezone.localdate(), source=Source.ATELIER
        )
        vehicle.refresh_from_db(fields=["odometer_km", "odometer_on"])


def _drive(actor: Actor, vehicle: Vehicle, courier: Courier | None) -> None:
    """The driver named on the file; a vehicle that is sold, scrapped or handed on has none."""
    set_driver(actor=actor, vehicle_id=vehicle.pk, courier_id=courier.pk if courier else None)
    vehicle.driver = courier


@transaction.atomic
def create_vehicle(*, actor: Actor, **values: Unpack[VehicleFields]) -> Vehicle:
    """Register a vehicle (staff). `odometer_km` becomes its first reading. Forbidden; Invalid on a field, also for a
    plate or VIN that is in use."""
    clients.require_staff(actor)
    km, driver = values.pop("odometer_km", None), values.pop("driver", None)
    vehicle = Vehicle(**values)
    _save(vehicle)
    vehicle.record(actor=actor)
    begin(vehicle=vehicle, day=timezone.localdate())
    _drive(actor, vehicle, driver)
    _read(actor, vehicle, km)
    return vehicle


@transaction.atomic
def update_vehicle(*, actor: Actor, vehicle_id: int, **values: Unpack[VehicleFields]) -> Vehicle:
    """Change what is given, keep the rest (staff). The status has its own service; `odometer_km` becomes a reading of
    today, which is set aside when it cannot be right; another `client` owns it from today.

    NotFound, Forbidden, Invalid."""
    vehicle = queries.locked(queries.get_for(actor, vehicle_id, "write").pk)
    km, client = values.pop("odometer_km", None), values.pop("client", vehicle.client)
    named, driver = "driver" in values, values.pop("driver", None)
    for name, value in values.items():
        setattr(vehicle, name, value)
    _save(vehicle)
    if client != vehicle.client:
        _hand_on(actor, vehicle, client, timezone.localdate())
    if named:
        _drive(actor, vehicle, driver)
    _read(actor, vehicle, km)
    emit(vehicle_changed, vehicle_id=vehicle.pk)
    return vehicle


@transaction.atomic
def change_owner(*, actor: Actor, vehicle_id: int, client_id: int, on: date | None = None) -> Vehicle:
    """Staff: the vehicle belongs to another client from the day `on` (today). A sold one is in use again. The former
    owner keeps what was his and sees nothing of what comes after.

    NotFound (vehicle, client), Forbidden, IllegalMove (scrapped), NotTheOwner, Invalid (a day to come, plate in use).
    """
    vehicle = queries.locked(queries.get_for(actor, vehicle_id, "write").pk)
    client = clients.get_for(actor, client_id, "write")
    day, today = on or timezone.localdate(), timezone.localdate()
    if day > today:
        raise Invalid(errors={"on": [_("This day has not come yet.")]})
    _hand_on(actor, vehicle, client, day)
    emit(vehicle_changed, vehicle_id=vehicle.pk)
    return vehicle


def _hand_on(actor: Actor, vehicle: Vehicle, client: Client, day: date) -> None:
    hand_on(vehicle=vehicle, client=client, day=day)
    _drive(actor, vehicle, None)
    if vehicle.status != Status.ACTIF:
        _put_in_use(actor, vehicle, "")


def _put_in_use(actor: Actor, vehicle: Vehicle, reason: str) -> None:
    if queries.in_use(plate=vehicle.plate, country=vehicle.plate_country, but=vehicle.pk):
        raise Invalid(errors={"plate": [TAKEN]})
    vehicle.move(Status.ACTIF, actor=actor, reason=reason)


@transaction.atomic
def set_status(*, actor: Actor, vehicle_id: int, status: str, reason: str = "") -> Vehicle:
    """Sold, scrapped, or back in use (staff). NotFound, Forbidden, IllegalMove; Invalid when the plate is in use."""
    vehicle = queries.locked(queries.get_for(actor, vehicle_id, "write").pk)
    if status == Status.ACTIF:
        _put_in_use(actor, vehicle, reason)
        begin(vehicle=vehicle, day=timezone.localdate())
    else:
        _drive(actor, vehicle, None)
        vehicle.move(status, actor=actor, reason=reason)
        end(vehicle=vehicle, day=timezone.localdate())
    return vehicle
