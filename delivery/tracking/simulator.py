"""Simulated couriers: each is a client like a phone app, over REST and the real websocket.

Nothing here touches the database. A rider keeps what was not acknowledged and sends it again after a lost line, so
at the end "lost" counts points that the server never confirmed.
"""

import asyncio
import json
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlparse

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidHandshake, WebSocketException

from delivery.places.rules import SPEEDS
from delivery.tracking.gpx import Step, paced
from delivery.tracking.rules import bearing, metres

PARIS_3E = (48.8610, 2.3620)
WANDER_M = 600
JITTER_M = 2.5
REFRESH_S = 5.0
LAST_ACKS_S = 5.0
M_PER_DEGREE = 111_195


@dataclass
class Count:
    """What happened to the points of one rider or of all."""

    sent: int = 0
    acked: int = 0
    refused: int = 0
    lost: int = 0
    reconnects: int = 0
    codes: dict[str, int] = field(default_factory=dict)

    def add(self, other: "Count") -> None:
        for name in ("sent", "acked", "refused", "lost", "reconnects"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for code, number in other.codes.items():
            self.codes[code] = self.codes.get(code, 0) + number


def shifted(place: tuple[float, float], east_m: float, north_m: float) -> tuple[float, float]:
    lat = place[0] + north_m / M_PER_DEGREE
    return lat, place[1] + east_m / (M_PER_DEGREE * math.cos(math.radians(place[0])))


def street_way(start: tuple[float, float], end: tuple[float, float], dice: random.Random) -> list[tuple[float, float]]:
    """A plausible way through blocks: about 120 m between corners, each a little beside the straight line."""
    corners = max(1, int(metres(*start, *end) / 120))
    way = [start]
    for i in range(1, corners):
        part = i / corners
        middle = (start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part)
        way.append(shifted(middle, dice.uniform(-25, 25), dice.uniform(-25, 25)))
    return [*way, end]


class Way:
    """Where a rider is after so many seconds on a list of timed steps."""

    def __init__(self, steps: Sequence[Step]):
        self.steps = list(steps)
        self.index = 0

    @property
    def length_s(self) -> float:
        return self.steps[-1].at_s

    def at(self, seconds: float) -> tuple[float, float]:
        """Seconds must not go back."""
        while self.index + 1 < len(self.steps) and self.steps[self.index + 1].at_s <= seconds:
            self.index += 1
        here = self.steps[self.index]
        if self.index + 1 >= len(self.steps):
            return here.lat, here.lon
        ahead = self.steps[self.index + 1]
        part = min(1.0, max(0.0, (seconds - here.at_s) / (ahead.at_s - here.at_s)))
        return here.lat + (ahead.lat - here.lat) * part, here.lon + (ahead.lon - here.lon) * part


class Rider:
    """One courier with a token. `run()` drives until `stop` is set; `count` tells what became of the points."""

    def __init__(
        self, *, url: str, name: str, token: str, vehicle: str, at: tuple[float, float] | None, speed: float = 1.0,
        interval_s: float = 1.0, trace: Sequence[Step] = (), say: Callable[[str], None] = lambda text: None,
        seed: int = 0,
    ):
        parts = urlparse(url)
        secure = parts.scheme in ("wss", "https")
        self.socket_url = f"{'wss' if secure else 'ws'}://{parts.netloc}/ws/courier"
        self.headers = {"Authorization": f"Token {token}"}
        self.http = httpx.AsyncClient(
            base_url=f"{'https' if secure else 'http'}://{parts.netloc}", headers=self.headers, timeout=10
        )
        self.name, self.speed, self.interval_s, self.say = name, speed, interval_s, say
        self.pace = SPEEDS.get(vehicle, 4.2)
        self.dice = random.Random(seed)
        self.place_known = at is not None
        self.place = at or self.somewhere_near(PARIS_3E)
        self.trace = Way(trace) if trace else None
        self.way: Way | None = None
        self.goal: tuple[float, float] | None = None
        self.ridden_s = 0.0
        self.seq = int(datetime.now(UTC).timestamp() * 1000)  # goes on where an earlier run ended
        self.unsent: dict[int, dict[str, Any]] = {}
        self.count = Count()
        self.opened_shift = False
        self.news = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        try:
            await self.open_shift()
            watch = asyncio.create_task(self.watch_deliveries(stop))
            ride = asyncio.create_task(self.ride(stop))
            await self.stay_connected(stop)
            for task in (watch, ride):
                task.cancel()
            await asyncio.gather(watch, ride, return_exceptions=True)
            self.count.lost = len(self.unsent)
        finally:
            await self.leave()

    # --- REST -----------------------------------------------------------------------------------------------
    async def open_shift(self) -> None:
        state = await self.http.get("/api/users/me/courier")
        if state.is_success and state.json().get("on_shift"):
            return
        answer = await self.http.post("/api/tracking/shift", json={"on": True})
        answer.raise_for_status()
        self.opened_shift = True

    async def leave(self) -> None:
        """Close the shift that this run opened, and sign out."""
        try:
            if self.opened_shift:
                await self.http.post("/api/tracking/shift", json={"on": False})
            await self.http.post("/api/auth/logout")
        except httpx.HTTPError as error:
            self.say(f"{self.name}: could not sign out ({error})")
        await self.http.aclose()

    async def watch_deliveries(self, stop: asyncio.Event) -> None:
        """Ask what to carry every few seconds, and at once when the socket brings news."""
        while not stop.is_set():
            try:
                answer = await self.http.get("/api/deliveries", params={"role": "courier", "status": "running"})
                if answer.is_success:
                    self.choose(answer.json()["results"])
            except (httpx.HTTPError, ValueError, KeyError):
                pass  # the server restarts: ask again
            self.news.clear()
            try:
                await asyncio.wait_for(self.news.wait(), REFRESH_S)
            except TimeoutError:
                continue

    def choose(self, deliveries: list[dict[str, Any]]) -> None:
        """Carry what is picked up, else go to the next pickup, else wander. Oldest first."""
        if self.trace is not None:
            return
        carried = [d for d in deliveries if d["status"] == "COLLECTEE"]
        waiting = [d for d in deliveries if d["status"] == "ATTRIBUEE"]
        goal = None
        if carried and not self.place_known:
            self.place = (carried[-1]["pickup"]["lat"], carried[-1]["pickup"]["lon"])
        self.place_known = True
        if carried:
            goal = (carried[-1]["dropoff"]["lat"], carried[-1]["dropoff"]["lon"])
        elif waiting:
            goal = (waiting[-1]["pickup"]["lat"], waiting[-1]["pickup"]["lon"])
        if goal != self.goal:
            self.goal = goal
            self.head_for(goal) if goal else self.wander()

    def head_for(self, goal: tuple[float, float]) -> None:
        self.way = Way(paced(street_way(self.place, goal, self.dice), self.pace))
        self.ridden_s = 0.0

    def wander(self) -> None:
        self.head_for(self.somewhere_near(self.place))

    def somewhere_near(self, place: tuple[float, float]) -> tuple[float, float]:
        east, north = (self.dice.uniform(-WANDER_M, WANDER_M) for _ in range(2))
        return shifted(place, east, north)

    # --- Riding ---------------------------------------------------------------------------------------------
    async def ride(self, stop: asyncio.Event) -> None:
        """One point per interval. `speed` 10 rides ten times as far in it."""
        clock = asyncio.get_running_loop()
        begin = before = clock.time()
        while not stop.is_set():
            now = clock.time()
            self.unsent_point(self.move((now - begin) * self.speed, (now - before) * self.speed), now - before)
            before = now
            await asyncio.sleep(self.interval_s)

    def move(self, since_start_s: float, ridden_s: float) -> tuple[float, float]:
        if self.trace is not None:
            if since_start_s >= self.trace.length_s:
                return self.trace.at(self.trace.length_s)  # stays where the trace ends
            return self.trace.at(since_start_s)
        if self.way is None:
            self.wander()
        assert self.way is not None
        self.ridden_s += ridden_s
        if self.ridden_s > self.way.length_s and self.goal is None:
            self.wander()
        return self.way.at(self.ridden_s)

    def unsent_point(self, place: tuple[float, float], elapsed_s: float) -> None:
        moved = metres(*self.place, *place)
        seen = place
        if self.trace is None and moved > 0.5:
            seen = shifted(place, self.dice.gauss(0, JITTER_M), self.dice.gauss(0, JITTER_M))
        item: dict[str, Any] = {
            "seq": self.seq, "lat": round(seen[0], 7), "lon": round(seen[1], 7), "accuracy": 5,
            "recorded_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        }
        if elapsed_s > 0:
            item["speed"] = round(min(moved / elapsed_s, 400), 2)
        if moved > 1:
            item["heading"] = bearing(*self.place, *place)
        self.place = place
        self.unsent[self.seq] = item
        self.seq += 1

    # --- The socket -----------------------------------------------------------------------------------------
    async def stay_connected(self, stop: asyncio.Event) -> None:
        wait = 0.5
        while not stop.is_set():
            try:
                async with connect(self.socket_url, additional_headers=self.headers, open_timeout=10) as socket:
                    wait = 0.5
                    await self.talk(socket, stop)
            except (OSError, WebSocketException, InvalidHandshake) as error:
                if stop.is_set():
                    return
                self.count.reconnects += 1
                self.say(f"{self.name}: line lost ({error}), {len(self.unsent)} points kept")
                try:
                    await asyncio.wait_for(stop.wait(), wait)
                except TimeoutError:
                    wait = min(15.0, wait * 2)

    async def talk(self, socket: Any, stop: asyncio.Event) -> None:
        listen = asyncio.create_task(self.listen(socket))
        sent: set[int] = set()  # on this line
        try:
            end = None
            while end is None or (self.unsent and datetime.now(UTC) < end):
                fresh = [item for seq, item in self.unsent.items() if seq not in sent]
                for i in range(0, len(fresh), 200):
                    batch = fresh[i : i + 200]
                    one = len(batch) == 1
                    message = {"type": "position", **batch[0]} if one else {"type": "positions", "items": batch}
                    await socket.send(json.dumps(message))
                    sent.update(item["seq"] for item in batch)
                    self.count.sent += len(batch)
                if stop.is_set() and end is None:
                    end = datetime.now(UTC) + timedelta(seconds=LAST_ACKS_S)
                if listen.done():
                    listen.result()
                    return
                await asyncio.sleep(self.interval_s / 5)
        finally:
            listen.cancel()

    async def listen(self, socket: Any) -> None:
        async for text in socket:
            message = json.loads(text)
            kind = message["type"]
            if kind == "ack":
                for seq in [seq for seq in self.unsent if seq <= message["seq"]]:
                    del self.unsent[seq]
                    self.count.acked += 1
            elif kind == "error":
                self.refused(message)
            elif kind in ("assignment", "offer", "auction"):
                if kind == "assignment":
                    self.say(f"{self.name}: delivery {message.get('reference')} {message.get('status')}")
                self.news.set()

    def refused(self, message: dict[str, Any]) -> None:
        """A refused point is dropped, or it would block those after it."""
        code = message["code"]
        self.count.codes[code] = self.count.codes.get(code, 0) + 1
        if self.unsent.pop(message.get("seq"), None) is not None:
            self.count.refused += 1
        self.say(f"{self.name}: {code} for point {message.get('seq')}")
