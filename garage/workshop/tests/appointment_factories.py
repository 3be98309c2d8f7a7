"""Lifts, mechanics and appointments for the tests, in a garage that is open Mon–Fri 8–12 and 13–18, Sat 8–12."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils import timezone

from config.lib.actors import SYSTEM
from garage.clients.tests.factories import client_of
from garage.vehicles.tests.factories import vehicle_of
from garage.workshop.models import Closure, OpeningHours, Resource
from garage.workshop.services import appointments, resources

PARIS = ZoneInfo("Europe/Paris")
WEEK = [
    *((day, opens, closes) for day in range(5) for opens, closes in ((time(8), time(12)), (time(13), time(18)))),
    (5, time(8), time(12)),
]


def open_garage(lifts=1, mechanics=1, skill="T3"):
    """The usual week without holidays; returns (lifts, mechanics)."""
    OpeningHours.objects.all().delete()
    Closure.objects.all().delete()
    resources.set_hours(actor=SYSTEM, hours=WEEK)
    return (
        [resources.save_resource(actor=SYSTEM, kind="PONT", name=f"Pont {n + 1}", position=n) for n in range(lifts)],
        [mechanic(f"Mécano {n + 1}", skill=skill, position=n) for n in range(mechanics)],
    )


def mechanic(name="Mécano", **values):
    return resources.save_resource(actor=SYSTEM, kind=Resource.Kind.MECANICIEN, name=name, **values)


def next_day(weekday=0, weeks=1):
    """Monday (or another weekday) of the first whole week that begins at least a week from now."""
    today = timezone.localdate()
    return today + timedelta(days=7 * weeks + -today.weekday() % 7 + weekday)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), PARIS)


def car_of(user=None, plate="AB-123-CD", **values):
    return vehicle_of(client_of(user, **values), plate=plate)


def booked(vehicle, starts_at=None, hours="1", actor=SYSTEM, **values):
    return appointments.book_appointment(
        actor=actor, vehicle_id=vehicle.pk, starts_at=starts_at or at(next_day(), 9), hours=Decimal(hours), **values
    )
