from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError
from django.utils import timezone

from config.lib.actors import SYSTEM
from config.lib.errors import Forbidden, Invalid, NotFound
from garage.workshop import rules_repairs as rules
from garage.workshop import services
from garage.workshop.models import OpeningHours, RepairOrder, TimeEntry
from garage.workshop.queries import repairs as queries
from garage.workshop.tests.factories import mechanic_of, order_of, received

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(alice):
    return received(order_of(alice))


@pytest.fixture
def tasks(order):
    return list(order.tasks.all())


def test_the_first_start_takes_the_order_to_work(order, tasks, dora):
    momo = mechanic_of(dora)
    entry = services.start_clock(actor=dora, task_id=tasks[0].pk)
    assert (entry.mechanic, entry.ended_at) == (momo, None)
    order.refresh_from_db()
    tasks[0].refresh_from_db()
    assert (order.status, tasks[0].status, tasks[0].mechanic) == ("EN_COURS", "EN_COURS", momo)


def test_starting_another_task_stops_the_first(tasks, dora):
    mechanic_of(dora)
    first = services.start_clock(actor=dora, task_id=tasks[0].pk)
    assert services.start_clock(actor=dora, task_id=tasks[0].pk) == first, "again: goes on"
    second = services.start_clock(actor=dora, task_id=tasks[1].pk)
    first.refresh_from_db()
    assert first.ended_at is not None
    assert list(TimeEntry.objects.filter(ended_at=None)) == [second]


def test_two_mechanics_work_at_the_same_time_and_each_has_one_clock(tasks, dora):
    momo, lea = mechanic_of(dora), mechanic_of(name="Léa")
    services.start_clock(actor=dora, task_id=tasks[0].pk)
    services.start_clock(actor=dora, task_id=tasks[0].pk, mechanic_id=lea.pk)
    assert TimeEntry.objects.filter(ended_at=None).count() == 2
    with pytest.raises(IntegrityError):
        TimeEntry.objects.create(task=tasks[1], mechanic=momo)


def test_stop_and_done(tasks, dora):
    mechanic_of(dora)
    services.start_clock(actor=dora, task_id=tasks[0].pk)
    assert services.stop_clock(actor=dora).ended_at
    assert services.stop_clock(actor=dora) is None
    services.start_clock(actor=dora, task_id=tasks[0].pk)
    services.finish_task(actor=dora, task_id=tasks[0].pk)
    services.finish_task(actor=dora, task_id=tasks[0].pk)
    tasks[0].refresh_from_db()
    assert tasks[0].status == "FAITE"
    assert not TimeEntry.objects.filter(ended_at=None).exists()
    services.reopen_task(actor=dora, task_id=tasks[0].pk)
    services.strike_task(actor=dora, task_id=tasks[0].pk, reason="déjà fait")
    tasks[0].refresh_from_db()
    assert (tasks[0].status, tasks[0].struck_reason) == ("RAYEE", "déjà fait")


def test_refusals(order, tasks, alice, charlie, dora):
    task = tasks[0].pk
    with pytest.raises(rules.NoMechanic):
        services.start_clock(actor=dora, task_id=task)
    with pytest.raises(Invalid):
        services.start_clock(actor=dora, task_id=task, mechanic_id=999)
    with pytest.raises(Invalid):
        services.strike_task(actor=dora, task_id=task, reason="")
    with pytest.raises(Forbidden):
        services.start_clock(actor=alice, task_id=task)
    with pytest.raises(NotFound):
        services.start_clock(actor=charlie, task_id=task)
    with pytest.raises(NotFound):
        services.start_clock(actor=dora, task_id=99_999)
    with pytest.raises(Forbidden):
        services.stop_clock(actor=alice)
    RepairOrder.objects.update(status="OUVERT")
    with pytest.raises(rules.NotHere):
        services.start_clock(actor=dora, task_id=task, mechanic_id=mechanic_of().pk)


def test_a_task_of_the_garages_own(order, dora):
    task = services.add_task(actor=dora, order_id=order.pk, description="Essai routier", planned_hours="0.25")
    assert (task.position, task.planned_hours) == (2, Decimal("0.25"))
    for wrong in ({"description": " "}, {"description": "x", "planned_hours": "NaN"}, {"description": "x", "planned_hours": "1e9"}):
        with pytest.raises(Invalid):
            services.add_task(actor=dora, order_id=order.pk, **wrong)


def test_a_forgotten_clock_stops_at_closing_time_and_is_marked(tasks, dora):
    OpeningHours.objects.bulk_create(
        OpeningHours(weekday=day, opens=time(8), closes=time(18)) for day in range(7)
    )
    momo = mechanic_of()
    nine = timezone.make_aware(datetime(2026, 3, 2, 9))
    entry = TimeEntry.objects.create(task=tasks[0], mechanic=momo, started_at=nine)
    assert services.stop_forgotten_clocks(now=nine.replace(hour=18, minute=20)) == 0, "half an hour of grace"
    assert services.stop_forgotten_clocks(now=nine.replace(hour=18, minute=31)) == 1
    assert services.stop_forgotten_clocks(now=nine.replace(hour=19)) == 0
    entry.refresh_from_db()
    assert (entry.ended_at, entry.forgotten) == (nine.replace(hour=18), True)
    services.correct_time(actor=dora, entry_id=entry.pk, started_at=nine, ended_at=nine.replace(hour=12))
    entry.refresh_from_db()
    assert (entry.ended_at, entry.forgotten) == (nine.replace(hour=12), False)
    with pytest.raises(Invalid):
        services.correct_time(actor=dora, entry_id=entry.pk, started_at=nine, ended_at=nine)


def test_a_clock_started_after_closing_time_ends_at_midnight(tasks):
    momo = mechanic_of()
    late = timezone.make_aware(datetime(2026, 3, 2, 22))
    entry = TimeEntry.objects.create(task=tasks[0], mechanic=momo, started_at=late)
    assert services.stop_forgotten_clocks(now=late.replace(hour=23, minute=59)) == 0
    assert services.stop_forgotten_clocks(now=late + timedelta(hours=9)) == 1
    entry.refresh_from_db()
    assert timezone.localtime(entry.ended_at) == late + timedelta(hours=2)


def test_hours_on_the_clock(order, tasks):
    momo, now = mechanic_of(), timezone.now()
    TimeEntry.objects.create(
        task=tasks[0], mechanic=momo, started_at=now - timedelta(hours=3), ended_at=now - timedelta(hours=2)
    )
    TimeEntry.objects.create(task=tasks[0], mechanic=momo, started_at=now - timedelta(minutes=30))
    [found, none] = queries.clocked_hours(list(queries.detailed(SYSTEM, order.pk).tasks.all()), now).values()
    assert (found, none) == (Decimal("1.50"), 0)


def test_a_new_mechanic_gets_the_tasks_nobody_began(order, tasks, dora):
    momo = mechanic_of()
    services.start_clock(actor=dora, task_id=tasks[0].pk, mechanic_id=momo.pk)
    lea = mechanic_of(name="Léa")
    services.assign(actor=dora, order_id=order.pk, mechanic_id=lea.pk)
    assert [task.mechanic for task in order.tasks.all()] == [momo, lea]
