"""The workshop in the demo: two lifts, three mechanics with accounts, and the appointments of the coming days."""

from datetime import time, timedelta
from decimal import Decimal

from django.utils import timezone

from accounts.users.services import people
from config.demo.people import PASSWORD, Cast
from config.lib.actors import SYSTEM
from garage.clients import services as clients
from garage.clients.models import Client
from garage.vehicles import services as vehicles
from garage.vehicles.models import Vehicle
from garage.workshop.models import OpeningHours, Resource
from garage.workshop.queries import appointments as queries
from garage.workshop.services import appointments, resources

MECHANICS = [
    ("momo@garage.test", "Mohamed", "Haddad", "+33612000021", "T3"),
    ("ines@garage.test", "Inès", "Carvalho", "+33612000022", "T2"),
    ("paul@garage.test", "Paul", "Girard", "+33612000023", "T1"),
]
WITHOUT_ACCOUNT = [
    ("SOCIETE", "Boulangerie Martin", "GH-784-KL", "Citroën", "Berlingo", "UTILITAIRE", "DIESEL"),
    ("PARTICULIER", "Odile Fournier", "BX-215-ZN", "Peugeot", "208", "VOITURE", "ESSENCE"),
]
# day from now on that is worked, plate, hours, reason
BOOKED = [
    (0, "AB-123-CD", "1.5", "Vidange et filtres"), (0, "GH-784-KL", "3", "Embrayage"),
    (1, "FG-456-HJ", "1", "Révision du scooter"), (1, "BX-215-ZN", "2", "Plaquettes et disques avant"),
    (2, "GH-784-KL", "9", "Courroie de distribution"), (3, "BX-215-ZN", "0.5", "Contrôle des niveaux"),
    (4, "AB-123-CD", "1", "Bruit à l’avant droit"),
]
USUAL_WEEK = [
    *((day, opens, closes) for day in range(5) for opens, closes in ((time(8), time(12)), (time(13), time(18)))),
    (5, time(8), time(12)),
]


def _people() -> None:
    for number in (1, 2):
        resources.save_resource(actor=SYSTEM, kind=Resource.Kind.PONT, name=f"Pont {number}", position=number)
    for position, (email, first, last, phone, skill) in enumerate(MECHANICS, 1):
        user = people.create_user(
            actor=SYSTEM, email=email, password=PASSWORD, first_name=first, last_name=last, phone=phone,
            verified=True, is_staff=True, groups=["Mecanicien"],
        )
        resources.save_resource(
            actor=SYSTEM, kind=Resource.Kind.MECANICIEN, name=f"{first} {last}", user=user, skill=skill,
            position=position,
        )


def _clients_without_account() -> None:
    for kind, name, plate, make, model, of_kind, energy in WITHOUT_ACCOUNT:
        client = Client.objects.filter(name=name).first() or clients.create_client(
            actor=SYSTEM, kind=kind, name=name, phone="+33612000031", city="Paris"
        )
        if not Vehicle.objects.filter(plate=plate).exists():
            vehicles.create_vehicle(
                actor=SYSTEM, client=client, plate=plate, make=make, model=model, kind=of_kind, energy=energy
            )


def workshop(cast: Cast) -> None:
    """Opening hours if the database has none left, people, and a week of work from tomorrow on."""
    if not OpeningHours.objects.exists():
        resources.set_hours(actor=SYSTEM, hours=USUAL_WEEK)
    _people()
    _clients_without_account()
    tomorrow = timezone.localdate() + timedelta(days=1)
    plates = {row.plate: row for row in Vehicle.objects.filter(plate__in=[plate for _d, plate, _h, _r in BOOKED])}
    for ahead, plate, hours, reason in BOOKED:
        need = Decimal(hours)
        free = queries.free_slots(hours=need, from_day=tomorrow, days=14)
        days = sorted({queries.local(slot.starts_at).date() for slot in free})
        day = days[min(ahead, len(days) - 1)]
        slot = next(slot for slot in free if queries.local(slot.starts_at).date() == day)
        own = cast.charlie if plate == "AB-123-CD" else cast.admin
        appointments.book_appointment(
            actor=own, vehicle_id=plates[plate].pk, starts_at=slot.starts_at, hours=need, reason=reason
        )
