"""Couriers who send a point a second over the product's socket, each watched by one other socket.

One daphne process with Redis, production settings. Every point is acknowledged after its commit and seen by its
watcher; the time from sending to seeing is what a customer waits for the marker to move.
"""

import asyncio
import json
import os
import statistics
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone
from websockets.asyncio.client import connect

from accounts.users.services.sessions import issue_token
from accounts.wallet.queries import wallet_of
from bench.processes import cpu_seconds, serving
from bench.report import Report
from config.lib.money import from_cents
from delivery.couriers.models import Courier, Shift, Vehicle
from delivery.deliveries.models import Delivery
from delivery.deliveries.queries import public_token
from delivery.tracking.models import CourierPosition

COURIERS = int(os.environ.get("BENCH_COURIERS", "200"))
SECONDS = 20
LAT, LON = 48.86, 2.37
A_SECOND_NORTH = 0.00004  # degrees, about 4.5 m: a bicycle


@dataclass
class Ride:
    courier: str
    delivery: int
    watcher: str
    sent: dict[int, float] = field(default_factory=dict)
    acked: dict[int, float] = field(default_factory=dict)
    seen: dict[int, float] = field(default_factory=dict)


def run(report: Report) -> None:
    rides = [ride(i) for i in range(COURIERS)]
    before = CourierPosition.objects.count()
    log = Path(os.environ["VAR_DIR"], "sockets.log")
    daphne = ("daphne", "-p", "{port}", "config.asgi:application")
    with serving(*daphne, log=log, ready="/api/schema") as (process, port):
        share = asyncio.run(play(port, rides, process.pid))
    sent = sum(len(r.sent) for r in rides)
    report.figure("couriers, each with a watcher, a point a second", f"{COURIERS}, for {SECONDS} s: {sent} points")
    report.figure("share of one core taken by the server", f"{share:.2f}")
    for what, of in (("acknowledged", "acked"), ("seen by the watcher", "seen")):
        waits = sorted(getattr(r, of)[n] - r.sent[n] for r in rides for n in getattr(r, of))
        cuts = statistics.quantiles(waits, n=100)
        report.figure(f"sent → {what}", f"p50 {cuts[49] * 1000:.0f} ms, p99 {cuts[98] * 1000:.0f} ms")
    acked = sum(len(r.acked) for r in rides)
    report.goal("points not acknowledged", sent - acked, at_most=0)
    report.goal("points not seen by the watcher", sent - sum(len(r.seen) for r in rides), at_most=0)
    stored = CourierPosition.objects.count() - before
    report.goal("acknowledged points missing in the database", acked - stored, at_most=0)


def ride(number: int) -> Ride:
    """A courier on shift with a parcel under way. Past the services: their rules are not what is measured here."""
    stamp = time.time_ns()
    user = get_user_model().objects.create(email=f"courier{stamp}@bench.test")
    courier = Courier.objects.create(user=user, vehicle=Vehicle.VELO, status="ACTIF", on_shift=True)
    Shift.objects.create(courier=courier)
    here, there = {"lat": LAT, "lon": LON}, {"lat": LAT + 0.02, "lon": LON}
    place = {"name": "Bench", "phone": "", "line1": "", "postal_code": "75011", "city": "Paris", "country": "FR"}
    delivery = Delivery.objects.create(
        sender=user, courier=courier, payer_account=wallet_of(user), status=Delivery.Status.COLLECTEE,
        pickup={**place, **here}, pickup_lat=here["lat"], pickup_lon=here["lon"],
        dropoff={**place, **there}, dropoff_lat=there["lat"], dropoff_lon=there["lon"],
        parcels=[], distance_m=2200, duration_s=600, estimate=from_cents(900), max_price=from_cents(900),
        agreed_price=from_cents(800), commission_percent=15, closes_in_s=60, closes_at=timezone.now(),
        picked_up_at=timezone.now(),
    )
    token = public_token(delivery)
    return Ride(issue_token(user=user).token, delivery.pk, f"/ws/deliveries/{delivery.pk}?token={token}")


async def play(port: int, rides: list[Ride], pid: int) -> float:
    """Open all sockets, ride, wait for the last answers. The server's share of one core while riding."""
    base = f"ws://127.0.0.1:{port}"
    opened = [
        (
            await connect(f"{base}/ws/courier", additional_headers={"Authorization": f"Token {ride.courier}"}),
            await connect(base + ride.watcher),
        )
        for ride in rides
    ]
    readers = [
        asyncio.create_task(task)
        for ride, (courier, watcher) in zip(rides, opened, strict=True)
        for task in (read_acks(ride, courier), read_positions(ride, watcher))
    ]
    await asyncio.sleep(1)
    start, cpu = time.perf_counter(), cpu_seconds(pid)
    await asyncio.gather(
        *(send(ride, courier, i / len(rides)) for i, (ride, (courier, _)) in enumerate(zip(rides, opened, strict=True)))
    )
    share = (cpu_seconds(pid) - cpu) / (time.perf_counter() - start)
    await asyncio.sleep(3)
    for task in readers:
        task.cancel()
    await asyncio.gather(*(socket.close() for pair in opened for socket in pair), return_exceptions=True)
    return share


async def send(ride: Ride, socket: Any, offset: float) -> None:
    """A point a second; couriers are spread over the second as they are in life."""
    await asyncio.sleep(offset)
    for seq in range(1, SECONDS + 1):
        begin = time.perf_counter()
        ride.sent[seq] = begin
        await socket.send(json.dumps({
            "type": "position", "seq": seq, "lat": round(LAT + seq * A_SECOND_NORTH, 6), "lon": LON, "accuracy": 5,
            "speed": 4.5, "heading": 0, "recorded_at": datetime.now(UTC).isoformat(),
        }))  # fmt: skip
        await asyncio.sleep(max(0, begin + 1 - time.perf_counter()))


async def read_acks(ride: Ride, socket: Any) -> None:
    async for text in socket:
        message = json.loads(text)
        if message["type"] == "ack":
            for seq in range(1, message["seq"] + 1):  # one ack may stand for several points
                ride.acked.setdefault(seq, time.perf_counter())


async def read_positions(ride: Ride, socket: Any) -> None:
    async for text in socket:
        message = json.loads(text)
        if message["type"] == "position":
            ride.seen[round((message["lat"] - LAT) / A_SECOND_NORTH)] = time.perf_counter()
