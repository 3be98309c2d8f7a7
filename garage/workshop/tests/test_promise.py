from contextlib import suppress
from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from config.lib.actors import SYSTEM
from config.lib.errors import Forbidden, Invalid, NotFound
from garage.quotes.tests.factories import LABOUR, part
from garage.workshop import services
from garage.workshop.events import repair_slips
from garage.workshop.models import Closure, OpeningHours, RepairOrder, RepairPart, TimeEntry
from garage.workshop.queries import repair_times as times
from garage.workshop.queries import repairs as queries
from garage.workshop.tests.factories import mechanic_of, order_of, received
from shop.catalogue.tests.factories import make_product

pytestmark = pytest.mark.django_db
MONDAY_NINE = datetime(2026, 3, 2, 9)


def at(day, hour, minute=0):
    return timezone.make_aware(datetime(2026, 3, day, hour, minute))


@pytest.fixture(autouse=True)
def no_hours():
    """None of those that a new database begins with."""
    OpeningHours.objects.all().delete()
    Closure.objects.all().delete()


@pytest.fixture
def hours(no_hours):
    """Monday to Friday, 8 to 12 and 14 to 18."""
    for day in range(5):
        for opens, closes in ((8, 12), (14, 18)):
            OpeningHours.objects.create(weekday=day, opens=time(opens), closes=time(closes))


@pytest.fixture
def order(alice):
    """3.5 hours of work."""
    return received(order_of(alice))


def detailed(order):
    return queries.detailed(SYSTEM, order.pk)


def test_the_forecast_works_in_opening_hours_only(order, hours):
    assert times.forecast(detailed(order), at(2, 9)) == at(2, 14, 30)
    assert times.forecast(detailed(order), at(2, 17)) == at(3, 10, 30)
    assert times.forecast(detailed(order), at(6, 17)) == at(9, 10, 30), "over the weekend"
    Closure.objects.create(first_day=at(9, 0).date(), last_day=at(10, 0).date(), label="férié")
    assert times.forecast(detailed(order), at(6, 17)) == at(11, 10, 30)


def test_the_mechanics_own_hours_count(order, hours):
    momo = mechanic_of()
    RepairOrder.objects.update(mechanic=momo)
    OpeningHours.objects.create(resource=momo, weekday=1, opens=time(8), closes=time(18))
    assert times.forecast(detailed(order), at(2, 9)) == at(3, 11, 30)


def test_what_was_clocked_and_done_is_not_left(order, hours):
    first, second = order.tasks.all()
    TimeEntry.objects.create(task=second, mechanic=mechanic_of(), started_at=at(2, 8), ended_at=at(2, 9))
    services.finish_task(actor=SYSTEM, task_id=first.pk)
    assert times.forecast(detailed(order), at(2, 9)) == at(2, 10)


def test_missing_parts_hold_it_up(alice, hours):
    order = received(order_of(alice, lines=[LABOUR, part(make_product(stock=0))]))
    RepairPart.objects.update(expected_on=at(4, 0).date())
    assert times.forecast(detailed(order), at(2, 9)) == at(4, 9, 30)


def test_without_hours_entered_it_works_on(order):
    assert times.forecast(detailed(order), at(2, 20)) == at(2, 23, 30)


def test_told_once_per_promise_and_again_for_a_new_one(order, dora, hours, monkeypatch, commit):
    told = []
    monkeypatch.setattr(repair_slips, "listeners", [lambda repairorder_id: told.append(repairorder_id)])
    RepairOrder.objects.update(promised_at=at(2, 14))
    with commit():
        assert services.warn_slips(now=at(2, 9)) == 1
        assert services.warn_slips(now=at(2, 10)) == 0
    assert told == [order.pk]
    later = timezone.now() + timedelta(hours=2)
    services.promise(actor=dora, order_id=order.pk, promised_at=later)
    order.refresh_from_db()
    assert (order.promised_at, order.slip_told_at) == (later, None)
    with commit():
        services.warn_slips(now=later)
    assert told == [order.pk, order.pk]


@pytest.mark.parametrize("failure", [SystemExit, RuntimeError])
def test_news_that_a_crash_or_a_failing_listener_lost_is_told_by_the_next_run(order, hours, monkeypatch, commit, failure):
    told = []

    def hear(repairorder_id):
        told.append(repairorder_id)
        if len(told) == 1:
            raise failure

    monkeypatch.setattr(repair_slips, "listeners", [hear])
    RepairOrder.objects.update(promised_at=at(2, 14))
    with suppress(SystemExit), commit():
        assert services.warn_slips(now=at(2, 9)) == 0
    with commit():
        assert services.warn_slips(now=at(2, 10)) == 1
        assert services.warn_slips(now=at(2, 11)) == 0
    assert told == [order.pk, order.pk]


def test_a_promise_given_anew_meanwhile_is_not_said_to_slip(order, hours, monkeypatch):
    told = []
    monkeypatch.setattr(repair_slips, "listeners", [lambda repairorder_id: told.append(repairorder_id)])
    RepairOrder.objects.update(promised_at=at(2, 14))
    read = list(times.promised())
    RepairOrder.objects.update(promised_at=at(5, 14))
    monkeypatch.setattr(times, "promised", lambda: read)
    assert (services.warn_slips(now=at(2, 9)), told) == (0, [])


def test_in_time_nobody_is_told(order, hours):
    RepairOrder.objects.update(promised_at=at(2, 14, 30))
    assert services.warn_slips(now=at(2, 9)) == 0
    RepairOrder.objects.update(promised_at=at(2, 8), status="PRET")
    assert services.warn_slips(now=at(2, 9)) == 0, "ready is ready"


def test_only_staff_promise_a_time_to_come(order, alice, charlie, dora):
    soon = timezone.now() + timedelta(hours=1)
    for person, refusal in ((alice, Forbidden), (charlie, NotFound)):
        with pytest.raises(refusal):
            services.promise(actor=person, order_id=order.pk, promised_at=soon)
    for wrong in (timezone.now() - timedelta(hours=1), timezone.now() + timedelta(days=4000)):
        with pytest.raises(Invalid):
            services.promise(actor=dora, order_id=order.pk, promised_at=wrong)
    assert services.promise(actor=dora, order_id=order.pk, promised_at=None).promised_at is None
