"""Two years of a car's odometer, and a scooter that gains the kilometres its courier rode yesterday."""

from datetime import date, datetime, time, timedelta
from itertools import cycle
from typing import Any

from django.utils import timezone

from config.demo.people import Cast
from config.demo.streets import address
from config.lib.actors import SYSTEM
from delivery.tracking.rules import metres
from delivery.tracking.services import record_points
from garage.vehicles import services
from garage.vehicles.models import Vehicle

# The corners of a round that Karim rode again and again.
ROUND = (
    ("Rue Oberkampf", 12), ("Rue Oberkampf", 150), ("Rue Saint-Maur", 200), ("Avenue Parmentier", 120),
    ("Rue de Bretagne", 40), ("Rue de Turenne", 20), ("Rue de la Roquette", 30), ("Rue de Charonne", 150),
)
POINTS, STEP_M, STEP_S = 900, 40, 6


def _day(back: int) -> date:
    return timezone.localdate() - timedelta(days=back)


def _read(vehicle: Vehicle, actor: Any, *readings: tuple[int, int, str]) -> None:
    for back, km, source in readings:
        services.record_reading(actor=actor, vehicle_id=vehicle.pk, km=km, read_on=_day(back), source=source)


def _car(cast: Cast) -> None:
    """Charlie's Clio; he typed 86,450 for 68,450 the other day."""
    car = Vehicle.objects.get(plate="AB-123-CD")
    services.update_vehicle(
        actor=cast.admin, vehicle_id=car.pk, vin="VF15RRL0AK1234567", first_registration=date(2019, 3, 12)
    )
    _read(
        car, cast.admin, (690, 42_000, "ATELIER"), (500, 51_300, "CONTROLE"), (320, 58_100, "FACTURE"),
        (150, 64_900, "ATELIER"),
    )  # fmt: skip
    _read(car, cast.charlie, (20, 68_400, "CLIENT"), (3, 86_450, "CLIENT"))


def _ride() -> list[dict[str, Any]]:
    """Points along the round, from ten o'clock yesterday."""
    start = timezone.make_aware(datetime.combine(_day(1), time(10)))
    corners = cycle([(house.lat, house.lon) for house in (address(*corner) for corner in ROUND)])
    points: list[dict[str, Any]] = []
    here = next(corners)
    while len(points) < POINTS:
        there = next(corners)
        steps = max(1, round(metres(*here, *there) / STEP_M))
        for step in range(steps):
            lat, lon = (a + (b - a) * step / steps for a, b in zip(here, there, strict=True))
            at = start + timedelta(seconds=STEP_S * len(points))
            points.append({
                "seq": len(points) + 1, "lat": lat, "lon": lon, "accuracy": 6, "speed": STEP_M / STEP_S,
                "recorded_at": at.isoformat(),
            })  # fmt: skip
        here = there
    return points[:POINTS]


def _scooter(cast: Cast) -> None:
    scooter = Vehicle.objects.get(plate="FG-456-HJ")
    services.update_vehicle(actor=cast.admin, vehicle_id=scooter.pk, first_registration=_day(760))
    _read(
        scooter, cast.admin, (690, 4_200, "ATELIER"), (400, 11_800, "FACTURE"), (200, 17_500, "ATELIER"),
        (30, 21_900, "ATELIER"),
    )  # fmt: skip
    _read(scooter, cast.karim, (3, 22_600, "CLIENT"))
    services.set_driver(
        actor=cast.admin, vehicle_id=scooter.pk, courier_id=cast.karim.courier.pk,
        since=timezone.now() - timedelta(days=3),
    )
    record_points(actor=cast.karim, items=_ride())
    services.measure_day(actor=SYSTEM, vehicle_id=scooter.pk, day=_day(1))


def vehicles(cast: Cast) -> None:
    _car(cast)
    _scooter(cast)
