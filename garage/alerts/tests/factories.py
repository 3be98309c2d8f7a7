"""Alerts for the tests."""

from datetime import timedelta

from django.utils import timezone

from garage.alerts import services
from garage.alerts.models import Alert, MaintenanceItem
from garage.clients.tests.factories import client_of
from garage.vehicles.models import Vehicle
from garage.vehicles.tests.factories import vehicle_of


def in_days(days: int):
    return timezone.localdate() + timedelta(days=days)


def car_of(user=None, *, plate="AB-123-CD", due_in=None, insured_for=None, **values) -> Vehicle:
    """A car whose inspection is due, and whose insurance ends, in so many days."""
    fields = {
        "inspection_due": None if due_in is None else in_days(due_in),
        "insurance_until": None if insured_for is None else in_days(insured_for),
        "kind": "VOITURE", **values,
    }
    client = fields.pop("client", None) or client_of(user)
    return vehicle_of(client, plate=plate, **fields)


def alert_of(user=None, **values) -> Alert:
    """An open alert of a car, of its inspection unless `insured_for` says otherwise."""
    if not {"due_in", "insured_for"} & set(values):
        values["due_in"] = 5
    car = car_of(user, **values)
    services.compute_vehicles(vehicle_ids=[car.pk])
    return Alert.objects.get(vehicle=car, done_at=None)


def item_of(**values) -> MaintenanceItem:
    """The only maintenance item in use."""
    MaintenanceItem.objects.update(is_active=False)
    fields = {"code": "TEST", "name": "Vidange", "every_months": 12, "every_km": 10_000, **values}
    return MaintenanceItem.objects.create(**fields)


def known_since(vehicle: Vehicle, days: int) -> Vehicle:
    """As if the garage had come to know it so many days ago."""
    Vehicle.objects.filter(pk=vehicle.pk).update(created_at=timezone.now() - timedelta(days=days))
    vehicle.refresh_from_db()
    return vehicle
