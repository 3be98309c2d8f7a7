"""Vehicles for the tests."""

from config.lib.actors import SYSTEM
from garage.vehicles import services


def vehicle_of(client, plate="AB-123-CD", **values):
    fields = {"make": "Renault", "model": "Kangoo", "energy": "ELECTRIQUE", **values}
    return services.create_vehicle(actor=SYSTEM, client=client, plate=plate, **fields)
