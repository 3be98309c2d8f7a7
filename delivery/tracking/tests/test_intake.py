"""Points of many sockets share a transaction: each courier gets his own answer."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.db import DatabaseError

from delivery.couriers.rules import NotACourier
from delivery.tracking import services
from delivery.tracking.intake import Intake, intake
from delivery.tracking.models import CourierPosition
from delivery.tracking.rules import OffShift, TooMany
from delivery.tracking.tests.factories import courier_on_shift, delivery_of, point, ride
from delivery.tracking.tests.sockets import connected

pytestmark = pytest.mark.django_db(transaction=True)


def team(person):
    on, other, off = (person(name) for name in ("carla", "karim", "lea"))
    courier_on_shift(on)
    courier_on_shift(other)
    courier_on_shift(off, on_shift=False)
    return on, other, off, person("alice")


async def test_what_is_refused_to_one_does_not_harm_the_others(person):
    on, other, off, alice = await sync_to_async(team)(person)
    answers = await asyncio.gather(
        intake().record(on.pk, ride(3)), intake().record(off.pk, ride(3)), intake().record(alice.pk, ride(3)),
        intake().record(other.pk, [{}] * 1001), intake().record(other.pk, [point(8), {"seq": 9}]),
        intake().record(on.pk, ride(2, ago_s=30, first_seq=50)), return_exceptions=True,
    )
    assert [type(answer) for answer in answers[1:4]] == [OffShift, NotACourier, TooMany]
    assert [(a.ack, a.stored) for a in (answers[0], answers[4], answers[5])] == [(3, 3), (8, 1), (51, 2)]
    assert await CourierPosition.objects.acount() == 6


async def test_batches_that_come_together_are_stored_together(person, monkeypatch):
    on, other, *_rest = await sync_to_async(team)(person)
    calls = []
    real = services.record_batches

    def counted(*, batches):
        calls.append(len(batches))
        return real(batches=batches)

    monkeypatch.setattr(services, "record_batches", counted)
    own = Intake()
    await asyncio.gather(own.record(on.pk, ride(1)), own.record(other.pk, ride(1)), own.record(on.pk, ride(1, ago_s=9)))
    assert calls == [2, 1]


async def test_a_database_that_fails_costs_an_error_and_no_ack(person, monkeypatch):
    on, *_rest = await sync_to_async(team)(person)

    def fail(*, batches):
        raise DatabaseError("disk full")

    async with connected("/ws/courier", on) as socket:
        with monkeypatch.context() as broken:
            broken.setattr(services, "record_batches", fail)
            await socket.send_json_to({"type": "position", **point(4)})
            answer = await socket.receive_json_from()
        assert (answer["type"], answer["code"], answer["seq"]) == ("error", "unavailable", 4)
        await socket.send_json_to({"type": "position", **point(4)})
        assert (await socket.receive_json_from())["type"] == "ack"


def test_twenty_couriers_cost_as_many_statements_as_one(person, django_assert_num_queries):
    from django.db import connection

    couriers = [courier_on_shift(person(f"rider{i}")) for i in range(20)]
    for courier in couriers:
        delivery_of(courier)
    per_courier = 0 if connection.vendor == "postgresql" else len(couriers)
    # lock, near (SQLite asks once per courier), insert, markers, deliveries, and begin and commit
    with django_assert_num_queries(7 + max(0, per_courier - 1)):
        services.record_batches(batches=[(courier.user_id, ride(1)) for courier in couriers])

