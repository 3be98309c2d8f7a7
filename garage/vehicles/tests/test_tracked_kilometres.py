from datetime import date, datetime, time, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from config.lib.actors import SYSTEM
from config.lib.errors import Invalid
from config.lib.testing import api, back
from delivery.couriers.models import Courier, Shift
from delivery.tracking.models import CourierPosition
from delivery.tracking.tests.factories import courier_on_shift
from garage.clients.tests.factories import client_of
from garage.vehicles import services
from garage.vehicles.models import Driving, OdometerReading, TrackedDistance, Vehicle
from garage.vehicles.rules import Read, estimates, judge
from garage.vehicles.tests.factories import reading_of, vehicle_of

LAT, LON = 48.8566, 2.3522
METRE = 1 / 111_195  # degrees of latitude


def ride(courier, day, km, *, start=time(10), gap_at=None, late=False):
    """A ride north of so many kilometres, a point every 100 m and 10 s; past `gap_at` km nothing for 20 minutes."""
    at = timezone.make_aware(datetime.combine(day, start))
    Shift.objects.get_or_create(
        courier=courier, opened_at=at - timedelta(minutes=5), closed_at=at + timedelta(hours=6)
    )
    rows = []
    for number in range(km * 10 + 1):
        pause = timedelta(minutes=20) if gap_at is not None and number > gap_at * 10 else timedelta()
        rows.append(CourierPosition(
            courier=courier, recorded_at=at + number * timedelta(seconds=10) + pause, seq=number,
            lat=LAT + number * 100 * METRE, lon=LON, accuracy=8, speed=10,
        ))
    CourierPosition.objects.bulk_create(rows, ignore_conflicts=late)


@pytest.fixture
def karim(db, person):
    courier = courier_on_shift(person("karim"), vehicle="SCOOTER")
    Shift.objects.all().delete()
    return courier


@pytest.fixture
def scooter(karim):
    """Karim has driven it for ten days; its odometer said 1000 km then."""
    vehicle = vehicle_of(client_of(karim.user), kind="DEUX_ROUES", driver=karim)
    Driving.objects.update(since=timezone.make_aware(datetime.combine(back(10), time())))
    reading_of(vehicle, 1000, back(10))
    return vehicle


def kilometres(vehicle):
    return Vehicle.objects.get(pk=vehicle.pk).odometer_km


def tracked(vehicle):
    rows = vehicle.tracked.order_by("day").values_list("day", "metres")
    return {day: round(metres / 1000, 1) for day, metres in rows}


def test_the_couriers_ride_is_added_to_his_vehicle(scooter, karim):
    ride(karim, back(1), 12)
    assert services.measure_missed(actor=SYSTEM) == 1
    assert tracked(scooter) == {back(1): pytest.approx(12, abs=0.1)}
    reading = scooter.readings.get(source="GPS")
    assert (reading.km, reading.read_on, reading.status) == (1012, back(1), "RETENUE")
    assert kilometres(scooter) == 1012


def test_missed_days_are_caught_up_and_a_second_run_changes_nothing(scooter, karim):
    for days in (8, 5, 1):
        ride(karim, back(days), 10)
    services.measure_missed(actor=SYSTEM)
    assert list(tracked(scooter)) == [back(8), back(5), back(1)]
    assert kilometres(scooter) == 1030
    before = list(OdometerReading.objects.values()), list(TrackedDistance.objects.values())
    services.measure_missed(actor=SYSTEM)
    assert (list(OdometerReading.objects.values()), list(TrackedDistance.objects.values())) == before


def test_late_points_of_a_day_are_added(scooter, karim):
    ride(karim, back(2), 5)
    ride(karim, back(1), 5)
    services.measure_missed(actor=SYSTEM)
    ride(karim, back(2), 20, start=time(14))
    services.measure_missed(actor=SYSTEM)
    assert tracked(scooter)[back(2)] == pytest.approx(25, abs=0.2)
    kms = list(scooter.readings.filter(source="GPS").order_by("read_on").values_list("km", flat=True))
    assert kms == [1025, 1030]
    assert kilometres(scooter) == 1030


def test_outliers_and_gaps_add_nothing(scooter, karim):
    ride(karim, back(1), 10, gap_at=5)
    far = CourierPosition.objects.filter(courier=karim)[3]
    CourierPosition.objects.filter(pk=far.pk).update(lat=LAT + 1, is_outlier=True)
    services.measure_missed(actor=SYSTEM)
    assert tracked(scooter)[back(1)] == pytest.approx(9.9, abs=0.1)


def test_a_phone_at_rest_adds_nothing(scooter, karim):
    at = timezone.make_aware(datetime.combine(back(1), time(10)))
    Shift.objects.create(courier=karim, opened_at=at, closed_at=at + timedelta(hours=3))
    CourierPosition.objects.bulk_create(
        CourierPosition(
            courier=karim, recorded_at=at + timedelta(seconds=5 * n), seq=n, accuracy=10,
            lat=LAT + (n % 3) * 6 * METRE, lon=LON + (n % 5) * 3 * METRE,
        )
        for n in range(2000)
    )
    services.measure_missed(actor=SYSTEM)
    assert tracked(scooter) == {back(1): 0}
    assert not scooter.readings.filter(source="GPS").exists()


def test_only_what_he_rode_since_he_drives_it_counts(scooter, karim, dora):
    ride(karim, back(20), 30)
    ride(karim, back(1), 10)
    noon = timezone.make_aware(datetime.combine(back(1), time(10, 8, 20)))  # half of the ride
    Driving.objects.update(since=noon)
    services.measure_missed(actor=SYSTEM)
    assert tracked(scooter) == {back(1): pytest.approx(5, abs=0.1)}


def test_without_a_driver_nothing_is_added(scooter, karim):
    other = vehicle_of(client_of(name="Zoé"), plate="CD-456-EF", kind="DEUX_ROUES")
    services.set_driver(actor=SYSTEM, vehicle_id=scooter.pk, courier_id=None)
    Driving.objects.update(until=timezone.make_aware(datetime.combine(back(3), time())))
    ride(karim, back(1), 10)
    assert services.measure_missed(actor=SYSTEM) == 0
    assert (tracked(scooter), tracked(other)) == ({}, {})


def test_an_odometer_beats_the_estimate(scooter, karim):
    ride(karim, back(3), 20)
    ride(karim, back(1), 20)
    services.measure_missed(actor=SYSTEM)
    assert kilometres(scooter) == 1040
    assert reading_of(scooter, 1010, back(2)).status == "RETENUE"
    gps = {row.read_on: (row.km, row.status, row.reason_code) for row in scooter.readings.filter(source="GPS")}
    assert gps == {back(3): (1020, "ECARTEE", "ESTIMATION"), back(1): (1030, "RETENUE", "")}
    assert kilometres(scooter) == 1030


def test_an_estimate_is_not_decided_on(scooter, karim, dora):
    ride(karim, back(1), 10)
    services.measure_missed(actor=SYSTEM)
    url = f"/api/garage/vehicles/{scooter.pk}/odometer/{scooter.readings.get(source='GPS').pk}"
    answer = api(dora).patch(url, {"status": "ECARTEE", "note": "no"})
    assert (answer.status_code, answer.json()["code"]) == (409, "estimated")


def test_a_courier_drives_one_vehicle_in_use(scooter, karim, dora, alice):
    other = vehicle_of(client_of(alice), plate="CD-456-EF", kind="DEUX_ROUES")
    url = f"/api/garage/vehicles/{other.pk}"
    answer = api(dora).patch(url, {"driver": karim.pk})
    assert (answer.status_code, answer.json()["code"], answer.json()["plate"]) == (409, "already_driving", "AB-123-CD")
    services.set_status(actor=dora, vehicle_id=scooter.pk, status="VENDU")
    assert api(dora).patch(url, {"driver": karim.pk}).json()["driver"] == karim.pk
    assert list(Driving.objects.filter(until=None).values_list("vehicle", flat=True)) == [other.pk]
    assert api(dora).patch(url, {"make": "Yamaha"}).json()["driver"] == karim.pk
    assert api(dora).patch(url, {"driver": None}).json()["driver"] is None
    assert "driver" not in api(alice).get(url).json()


def test_he_may_have_driven_it_before_it_was_written_down(karim, alice):
    vehicle = vehicle_of(client_of(alice), kind="DEUX_ROUES")
    reading_of(vehicle, 1000, back(10))
    ride(karim, back(1), 10)
    named = {"actor": SYSTEM, "vehicle_id": vehicle.pk, "courier_id": karim.pk}
    with pytest.raises(Invalid):
        services.set_driver(**named, since=timezone.now() + timedelta(hours=1))
    services.set_driver(**named, since=timezone.now() - timedelta(days=2))
    services.measure_missed(actor=SYSTEM)
    assert kilometres(vehicle) == 1010
    services.set_driver(actor=SYSTEM, vehicle_id=vehicle.pk, courier_id=None)
    with pytest.raises(Invalid):
        services.set_driver(**named, since=timezone.now() - timedelta(days=1))


def test_only_an_approved_courier_drives(dora, alice, bob):
    vehicle = vehicle_of(client_of(alice))
    waiting = Courier.objects.create(user=bob, vehicle="SCOOTER")
    answer = api(dora).patch(f"/api/garage/vehicles/{vehicle.pk}", {"driver": waiting.pk})
    assert "driver" in answer.json()["errors"]


def test_a_day_by_hand(scooter, karim):
    ride(karim, back(4), 10)
    out = StringIO()
    call_command("measure_tracks", "--day", back(4).isoformat(), stdout=out)
    assert "m" in out.getvalue()
    assert kilometres(scooter) == 1010
    for wrong in (back(), back(90)):
        with pytest.raises(CommandError):
            call_command("measure_tracks", "--day", wrong.isoformat())
    call_command("measure_tracks", stdout=out)
    assert "1 days measured" in out.getvalue() or "0 days measured" in out.getvalue()


# --- By chance ------------------------------------------------------------------------------------------------
day_numbers = st.integers(0, 60)


@given(
    st.lists(st.tuples(day_numbers, st.integers(0, 30_000)), max_size=15),
    st.dictionaries(day_numbers, st.integers(0, 300_000), max_size=30),
)
def test_readings_and_estimates_together_never_decrease(told, rides):
    first, kept = date(2026, 1, 1), []
    for turn, (number, km) in enumerate(told):
        day = first + timedelta(days=number)
        about = {"kept": kept, "today": date(2026, 6, 1), "first_registration": None, "kind": "DEUX_ROUES"}
        if not judge(day, km, **about):
            kept.append(Read(day, turn, km))
    found = estimates(kept, [(first + timedelta(days=number), metres) for number, metres in rides.items()])
    estimated = [Read(day, 10**6, km) for day, (km, fine) in found.items() if fine]
    in_order = sorted([*kept, *estimated], key=lambda read: (read.day, read.km))
    assert [read.km for read in in_order] == sorted(read.km for read in in_order)
