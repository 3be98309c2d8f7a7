"""Several people read one odometer at the same moment: on PostgreSQL, with real connections."""

from unittest.mock import patch

import pytest
from django.utils import timezone

from config.lib.actors import SYSTEM
from config.lib.testing import at_once
from garage.clients.tests.factories import client_of
from garage.vehicles import queries, services
from garage.vehicles.models import OdometerReading, Vehicle
from garage.vehicles.tests.factories import vehicle_of

pytestmark = [pytest.mark.postgres_race, pytest.mark.django_db(transaction=True)]


def take_turns(vehicle):
    """Two readings of two days that contradict each other, told at once; the kilometres retained, by day."""
    today = timezone.localdate()

    def tell(number):
        day, km = (today.replace(year=today.year - 1), 9_000) if number else (today, 4_000)
        services.record_reading(actor=SYSTEM, vehicle_id=vehicle.pk, km=km, read_on=day, source="ATELIER")

    errors = [answer for answer in at_once(2, tell) if answer is not None]
    assert errors == []
    return list(OdometerReading.objects.filter(status="RETENUE").order_by("read_on").values_list("km", flat=True))


def test_of_two_that_contradict_each_other_one_is_retained():
    vehicle = vehicle_of(client_of())
    for _round in range(8):
        OdometerReading.objects.all().delete()
        kept = take_turns(vehicle)
        assert len(kept) == 1
        assert Vehicle.objects.get().odometer_km == kept[0]


def test_canary_without_the_lock_both_are():
    vehicle = vehicle_of(client_of())
    with patch.object(queries, "locked", lambda pk: Vehicle.objects.get(pk=pk)):
        seen = set()
        for _round in range(40):
            OdometerReading.objects.all().delete()
            seen.add(len(take_turns(vehicle)))
            if 2 in seen:
                return
    raise AssertionError("the lock is not needed, or the test cannot tell")
