"""Whose the vehicle is. The callers hold its lock."""

from datetime import date

from django.utils import timezone

from config.lib.errors import IllegalMove
from garage.clients.models import Client
from garage.vehicles import queries
from garage.vehicles.models import Ownership, Status, Vehicle
from garage.vehicles.rules import NotTheOwner


def begin(*, vehicle: Vehicle, day: date) -> None:
    """The vehicle's client owns it from this day on, if nobody does."""
    if not vehicle.ownerships.filter(until=None).exists():
        Ownership.objects.create(vehicle=vehicle, client=vehicle.client, since=day)


def end(*, vehicle: Vehicle, day: date) -> None:
    """Nobody we know owns it any more (sold, scrapped): the links to its history close."""
    vehicle.shares.filter(revoked_at=None).update(revoked_at=timezone.now())
    vehicle.ownerships.filter(until=None).update(until=day)


def hand_on(*, vehicle: Vehicle, client: Client, day: date) -> None:
    """Another client owns it from this day on; services.register puts a sold one in use again. Handed on twice in a
    day, the first was a slip and leaves no trace.

    IllegalMove for a scrapped one; NotTheOwner when the present owner has it since a later day.
    """
    if vehicle.status == Status.DETRUIT:
        raise IllegalMove(from_status=vehicle.status, to_status=Status.ACTIF)
    last = queries.last_ownership(vehicle)
    if last and last.since > day:
        raise NotTheOwner(since=last.since.isoformat())
    if last and last.since == day:
        last.delete()
    elif last:
        last.until = min(last.until or day, day)
        last.save(update_fields=["until"])
    vehicle.shares.filter(revoked_at=None).update(revoked_at=timezone.now())
    vehicle.client = client
    vehicle.save(update_fields=["client", "updated_at"])
    begin(vehicle=vehicle, day=day)
