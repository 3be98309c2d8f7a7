"""Reads, rights and locks of vehicles."""

from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from config.lib.errors import Forbidden, NotFound
from delivery.couriers.models import Courier
from garage.clients import queries as clients
from garage.clients.models import Client
from garage.vehicles.models import (
    Driving,
    HistoryShare,
    OdometerReading,
    Ownership,
    ReadingStatus,
    Source,
    Status,
    TrackedDistance,
    Vehicle,
    VehicleFile,
)
from garage.vehicles.rules import Read, token_hash
from garage.vehicles.timeline import Reader


def visible_to(user: Any) -> QuerySet[Vehicle]:
    """Those of the clients that this person may see."""
    rows = Vehicle.objects.select_related("client")
    return rows if clients.works_here(user) else rows.filter(client__in=clients.visible_to(user))


def mine(user: Any) -> QuerySet[Vehicle]:
    """Vehicles in use of this person and of the companies he belongs to; also for staff only their own."""
    linked = Q(client__user=user) | Q(client__company__in=user.memberships.values("company"))
    return Vehicle.objects.filter(linked, status=Status.ACTIF).select_related("client")


def get_for(user: Any, pk: Any, right: str = "read") -> Vehicle:
    """One vehicle with the right to "read" or "write" it. NotFound for a stranger, else Forbidden."""
    row = visible_to(user).filter(pk=pk).first()
    if row is None:
        raise NotFound
    if right == "write":
        clients.require_staff(user)
    return row


def search(rows: QuerySet[Vehicle], words: str) -> QuerySet[Vehicle]:
    """By plate (with or without dashes), VIN, make, model or client."""
    bare = "".join(char for char in words if char.isalnum())
    parts = "-".join(bare[i:j] for i, j in ((0, 2), (2, 5), (5, 7)) if bare[i:j])
    found = Q(plate__icontains=words) | Q(vin__icontains=words) | Q(make__icontains=words) | Q(model__icontains=words)
    if parts:
        found |= Q(plate__icontains=parts)
    return rows.filter(found | Q(client__name__icontains=words))


def in_use(*, plate: str = "", country: str = "FR", vin: str = "", but: int | None = None) -> bool:
    """Whether another vehicle in use has this plate of this country, or this VIN."""
    same = {"plate": plate, "plate_country": country} if plate else {"vin": vin}
    others = Vehicle.objects.filter(status=Status.ACTIF, **same)
    if but is not None:
        others = others.exclude(pk=but)
    return bool(plate or vin) and others.exists()


def with_plate(plate: str, country: str = "FR") -> Vehicle | None:
    """The vehicle in use that has this plate."""
    return Vehicle.objects.filter(status=Status.ACTIF, plate=plate, plate_country=country).first()


def clients_named(text: str) -> list[Client]:
    """The clients that a spreadsheet means by a number or an e-mail."""
    if "@" in text:
        return list(clients.by_email([text]))
    numbered = text.isdecimal() and len(text) < 18
    return list(Client.objects.filter(pk=text, forgotten_at=None)) if numbered else []


def locked(pk: int) -> Vehicle:
    return Vehicle.objects.select_for_update().get(pk=pk)


# --- Owners -----------------------------------------------------------------------------------------------------
def owners_for(user: Any, vehicle_id: Any) -> QuerySet[Ownership]:
    """Who owned the vehicle, the present owner first; staff. NotFound for a stranger, else Forbidden."""
    vehicle = get_for(user, vehicle_id, "write")
    return Ownership.objects.filter(vehicle=vehicle).select_related("client")


def last_ownership(vehicle: Vehicle) -> Ownership | None:
    return vehicle.ownerships.order_by("-since", "-pk").first()


# --- Odometer ---------------------------------------------------------------------------------------------------
def readings_for(user: Any, vehicle_id: Any) -> QuerySet[OdometerReading]:
    """The readings of a vehicle that this person may see, newest first. NotFound for a stranger."""
    return OdometerReading.objects.filter(vehicle=get_for(user, vehicle_id))


def reading_for(user: Any, pk: Any, right: str = "read", vehicle_id: Any = None) -> OdometerReading:
    """One reading (of this vehicle, if named) with the right to "read" or "write" it. NotFound, Forbidden."""
    row = OdometerReading.objects.filter(pk=pk, vehicle__in=visible_to(user)).first()
    if row is None or vehicle_id not in (None, row.vehicle_id):
        raise NotFound
    if right == "write":
        clients.require_staff(user)
    return row


def last_reading(vehicle: Vehicle) -> OdometerReading | None:
    """The retained reading that tells the present kilometres."""
    return vehicle.readings.filter(status=ReadingStatus.RETENUE).order_by("-read_on", "-km", "-pk").first()


def read_from_dials(vehicle: Vehicle) -> QuerySet[OdometerReading]:
    """Retained readings that somebody took from the odometer, oldest first; not the estimates by GPS."""
    rows = vehicle.readings.filter(status=ReadingStatus.RETENUE).exclude(source=Source.GPS)
    return rows.order_by("read_on", "pk")


def read_days(vehicle: Vehicle) -> list[Read]:
    """What new readings are judged by."""
    return [Read(*row) for row in read_from_dials(vehicle).values_list("read_on", "pk", "km")]


# --- Drivers ----------------------------------------------------------------------------------------------------
def locked_courier(pk: int) -> Courier | None:
    """An approved courier, locked: he drives one vehicle at a time."""
    return Courier.objects.select_for_update().filter(pk=pk, status=Courier.Status.ACTIF).first()


def driven_by(courier_id: int) -> Vehicle | None:
    """The vehicle in use that this courier drives."""
    return Vehicle.objects.filter(driver=courier_id, status=Status.ACTIF).first()


def driven_since(vehicle_id: int, courier_id: int, moment: datetime) -> bool:
    """Whether somebody drove this vehicle, or this courier another, after a moment."""
    later = Q(until=None) | Q(until__gt=moment)
    return Driving.objects.filter(later, Q(vehicle=vehicle_id) | Q(courier=courier_id)).exists()


def drivings_between(start: datetime, end: datetime) -> QuerySet[Driving]:
    """Who drove what at some time between two moments."""
    return Driving.objects.filter(Q(until=None) | Q(until__gt=start), since__lt=end).order_by("vehicle", "since")


def measured_since(day: date) -> set[tuple[int, date]]:
    """(vehicle, day) of the tracked distances known."""
    return set(TrackedDistance.objects.filter(day__gte=day).values_list("vehicle", "day"))


def ever_driven() -> QuerySet[Vehicle]:
    """Vehicles that a courier drives or drove."""
    return Vehicle.objects.filter(drivings__isnull=False).distinct()


# --- History, files and links -----------------------------------------------------------------------------------
def past_for(user: Any, pk: Any) -> tuple[Vehicle, Reader]:
    """A vehicle whose history this person may read, and how much of it: staff, its owner and its former owners.
    NotFound for a stranger."""
    vehicle = Vehicle.objects.select_related("client", "driver__user").filter(pk=pk).first()
    if vehicle is None:
        raise NotFound
    if clients.works_here(user):
        return vehicle, Reader(is_staff=True)
    mine = frozenset(clients.visible_to(user).values_list("pk", flat=True))
    owned = list(vehicle.ownerships.order_by("since", "pk").values_list("client", "since", "until"))
    # What is older than the vehicle's file is about its first owner too: nobody before him is known.
    times = [
        (date.min if n == 0 else since, until) for n, (client, since, until) in enumerate(owned) if client in mine
    ]
    if not times and vehicle.client_id not in mine:
        raise NotFound
    return vehicle, Reader(clients=mine, times=times)


def files_for(user: Any, vehicle_id: Any) -> QuerySet[VehicleFile]:
    """The files of a vehicle: all for staff, those of their own time for its owners. NotFound for a stranger."""
    vehicle, reader = past_for(user, vehicle_id)
    rows = VehicleFile.objects.filter(vehicle=vehicle).select_related("by")
    return rows if reader.is_staff else rows.filter(client__in=reader.clients)


def file_for(user: Any, pk: Any, right: str = "read", vehicle_id: Any = None) -> VehicleFile:
    """One file with the right to "read" it, or to "remove" it (staff, and who added it). NotFound, Forbidden."""
    row = VehicleFile.objects.filter(pk=pk).first()
    if row is None or vehicle_id not in (None, row.vehicle_id):
        raise NotFound
    if not clients.works_here(user) and not clients.visible_to(user).filter(pk=row.client_id).exists():
        raise NotFound
    if right == "remove" and not clients.works_here(user) and row.by_id != user.pk:
        raise Forbidden
    return row


def shares_for(user: Any, vehicle_id: Any) -> QuerySet[HistoryShare]:
    """Links to a vehicle's history, for staff and its present owner. NotFound for a stranger."""
    return HistoryShare.objects.filter(vehicle=get_for(user, vehicle_id)).select_related("by")


def share_for(user: Any, pk: Any, vehicle_id: Any = None) -> HistoryShare:
    row = HistoryShare.objects.filter(pk=pk, vehicle__in=visible_to(user)).first()
    if row is None or vehicle_id not in (None, row.vehicle_id):
        raise NotFound
    return row


def share_for_token(token: str) -> HistoryShare:
    """The open link with this token. NotFound for one that is altered, expired or revoked."""
    row = HistoryShare.objects.select_related("vehicle").filter(token_hash=token_hash(token)).first()
    if row is None or not row.is_open:
        raise NotFound
    return row
