"""Vehicles for the tests."""

from django.utils import timezone

from config.lib.actors import SYSTEM
from garage.vehicles import services


def vehicle_of(client, plate="AB-123-CD", **values):
    fields = {"make": "Renault", "model": "Kangoo", "energy": "ELECTRIQUE", **values}
    return services.create_vehicle(actor=SYSTEM, client=client, plate=plate, **fields)


def reading_of(vehicle, km, day=None, source="ATELIER", actor=SYSTEM):
    return services.record_reading(
        actor=actor, vehicle_id=vehicle.pk, km=km, read_on=day or timezone.localdate(), source=source
    )
