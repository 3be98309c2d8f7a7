"""Drive couriers over the real websockets, so that the map moves while one looks."""

import asyncio
import logging
import signal
from argparse import ArgumentParser
from typing import Any

import httpx
from django.core.management import BaseCommand, CommandError

from accounts.users.services import issue_token
from delivery.couriers.models import Courier
from delivery.tracking.gpx import UnreadableTrace, read_gpx
from delivery.tracking.queries import simulated
from delivery.tracking.simulator import Count, Rider


class Command(BaseCommand):
    help = (
        "Drive approved couriers over the websocket of a running server: each goes to the pickup or drop-off of what "
        "he carries, else wanders near. Ctrl-C ends it. A shift that was closed is closed again at the end."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--count", type=int, default=3, help="how many couriers (default 3)")
        parser.add_argument("--speed", type=float, default=1.0, help="times faster than real (default 1)")
        parser.add_argument("--gpx", help="replay this GPX file instead, its times moved to now")
        parser.add_argument("--url", default="ws://localhost:8000", help="the server (default ws://localhost:8000)")
        parser.add_argument("--duration", type=float, default=0, help="seconds; 0 until Ctrl-C")
        parser.add_argument("--interval", type=float, default=1.0, help="seconds between points (default 1)")
        parser.add_argument("--courier", action="append", default=[], help="e-mail of a courier to drive (repeatable)")

    def handle(self, *args: Any, **options: Any) -> None:
        logging.getLogger("httpx").setLevel(logging.WARNING)  # a line per request would hide what matters
        if options["count"] < 1 or options["speed"] <= 0 or options["interval"] <= 0:
            raise CommandError("--count, --speed and --interval must be above zero.")
        if not options["url"].startswith(("ws://", "wss://", "http://", "https://")):
            raise CommandError("--url must be like ws://localhost:8000.")
        trace = []
        if options["gpx"]:
            try:
                trace = read_gpx(options["gpx"])
            except (OSError, UnreadableTrace) as error:
                raise CommandError(f"{options['gpx']}: {error}")
            self.stdout.write(f"{options['gpx']}: {len(trace)} points, {trace[-1].at_s:.0f} s")
        couriers = simulated(emails=options["courier"], limit=options["count"])
        if not couriers:
            raise CommandError("No approved courier: `manage.py demo` makes three.")
        if len(couriers) < options["count"] and not options["courier"]:
            self.stdout.write(f"Only {len(couriers)} approved couriers are there.")
        riders = [self.rider(courier, i, trace, options) for i, courier in enumerate(couriers)]
        total = asyncio.run(self.drive(riders, options["duration"]))
        refused = ", ".join(f"{code} {n}" for code, n in sorted(total.codes.items()))
        self.stdout.write(
            f"{len(riders)} couriers: {total.sent} points sent, {total.acked} acknowledged, {total.lost} lost, "
            f"{total.refused} refused{f' ({refused})' if refused else ''}, {total.reconnects} reconnections"
        )

    def rider(self, courier: Courier, index: int, trace: list, options: dict[str, Any]) -> Rider:
        here = None if courier.lat is None or courier.lon is None else (courier.lat, courier.lon)
        return Rider(
            url=options["url"], name=courier.user.get_short_name(), vehicle=courier.vehicle, at=here,
            token=issue_token(user=courier.user, device_name="simulate_couriers").token, trace=trace,
            speed=options["speed"], interval_s=options["interval"], say=self.stdout.write, seed=index,
        )

    async def drive(self, riders: list[Rider], duration: float) -> Count:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, stop.set)
        if duration > 0:
            loop.call_later(duration, stop.set)
        self.stdout.write(f"{len(riders)} couriers on the road. Ctrl-C ends it.")
        report = asyncio.create_task(self.report(riders))
        ends = await asyncio.gather(*(rider.run(stop) for rider in riders), return_exceptions=True)
        report.cancel()
        total = Count()
        for rider, end in zip(riders, ends, strict=True):
            total.add(rider.count)
            if isinstance(end, httpx.HTTPError):
                self.stderr.write(f"{rider.name}: {end}")
            elif isinstance(end, BaseException):
                raise end
        return total

    async def report(self, riders: list[Rider]) -> None:
        while True:
            await asyncio.sleep(10)
            total = Count()
            for rider in riders:
                total.add(rider.count)
            waiting = sum(len(rider.unsent) for rider in riders)
            self.stdout.write(f"{total.acked} acknowledged, {waiting} waiting")
