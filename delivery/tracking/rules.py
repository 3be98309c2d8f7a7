"""Pure rules of tracking: what a usable point is, which point is out of line, when the courier may arrive.

Units: degrees (WGS 84), metres, seconds, m/s. Nothing here touches the database or the clock.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext_lazy as _

from config.lib.errors import Conflict, Invalid
from delivery.places.rules import DETOUR, duration_s, straight_m
from delivery.places.rules import Point as Place

RETENTION = timedelta(days=60)
OLDEST = timedelta(days=2)
AHEAD = timedelta(days=1)
MAX_ITEMS = 1000
MAX_SEQ = 2**63 - 1

# Fastest plausible speed of each vehicle, m/s.
SPEED_CAPS = {"PIED": 4.0, "VELO": 15.0, "SCOOTER": 25.0, "VOITURE": 45.0, "UTILITAIRE": 45.0}
DEFAULT_CAP = 45.0
NEIGHBOURS = 2  # points looked at on each side
NEIGHBOUR_SPAN = timedelta(minutes=10)
DEFAULT_ACCURACY = 15.0
MAX_SLACK = 100.0
# Kilometres: what a courier did not tell is not counted, nor the trembling of a phone at rest.
TRACK_GAP = timedelta(minutes=5)
STILL_M = 25.0

SERVICE_S = 120  # parking, door, code
ETA_EVERY_S = 30
WATCH_EVERY = timedelta(minutes=10)


class OffShift(Conflict):
    code = "off_shift"
    message = _("You are off shift: nothing is recorded.")


class TooMany(Invalid):
    code = "too_many_points"
    message = _("Send at most 1000 points at a time.")


class BadPoint(ValueError):
    """A point that cannot be used. `code` is part of the API: bad_point, bad_seq, bad_position, bad_time, too_old,
    in_future, bad_value."""

    def __init__(self, code: str, field: str):
        self.code = code
        self.field = field
        super().__init__(code)


@dataclass(slots=True, frozen=True)
class Point:
    """One fix of a courier's phone; `recorded_at` is UTC, cut to the millisecond."""

    seq: int
    recorded_at: datetime
    lat: float
    lon: float
    accuracy: float | None = None
    speed: float | None = None
    heading: float | None = None


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _optional(item: dict[str, Any], field: str, highest: float) -> float | None:
    """A measure that a phone may not have: absent, null or -1 mean unknown."""
    value = item.get(field)
    if value is None:
        return None
    number = _number(value)
    if number == -1:
        return None
    if number is None or not 0 <= number <= highest:
        raise BadPoint("bad_value", field)
    return number


def parse_time(value: Any) -> datetime:
    """ISO 8601 → UTC, cut to the millisecond (the grain of the duplicate check). A time without zone is UTC."""
    if not isinstance(value, str) or len(value) > 40 or "T" not in value.upper().replace(" ", "T"):
        raise BadPoint("bad_time", "recorded_at")
    try:
        at = datetime.fromisoformat(value)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadPoint("bad_time", "recorded_at")
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def read_seq(item: Any) -> int | None:
    """The `seq` of an item, so that even a bad point can be named in its error; None when it has no usable one."""
    seq = item.get("seq") if isinstance(item, dict) else None
    usable = isinstance(seq, int) and not isinstance(seq, bool) and 0 <= seq <= MAX_SEQ
    return seq if usable else None


def parse_point(item: Any, *, now: datetime) -> Point:
    """Check one item of the API. BadPoint names what is wrong with it.

    A clock that is days off (phones that lost theirs report 1901 or 1970) is refused: the point would be stored
    where nobody looks for it. A clock slightly ahead is accepted, see `marker_time`.
    """
    if not isinstance(item, dict):
        raise BadPoint("bad_point", "")
    seq = read_seq(item)
    if seq is None:
        raise BadPoint("bad_seq", "seq")
    lat, lon = _number(item.get("lat")), _number(item.get("lon"))
    if lat is None or not -90 <= lat <= 90:
        raise BadPoint("bad_position", "lat")
    if lon is None or not -180 <= lon <= 180:
        raise BadPoint("bad_position", "lon")
    if lat == 0 and lon == 0:
        raise BadPoint("bad_position", "lat")  # what a receiver without a fix reports
    at = parse_time(item.get("recorded_at"))
    if at < now - OLDEST:
        raise BadPoint("too_old", "recorded_at")
    if at > now + AHEAD:
        raise BadPoint("in_future", "recorded_at")
    heading = _optional(item, "heading", 360)
    return Point(
        seq=seq, recorded_at=at, lat=lat, lon=lon,
        accuracy=_optional(item, "accuracy", 100_000), speed=_optional(item, "speed", 400),
        heading=None if heading is None else heading % 360,
    )


def marker_time(recorded_at: datetime, now: datetime) -> datetime:
    """The time by which the marker advances: a clock that runs ahead must not hold the marker until we catch up."""
    return min(recorded_at, now)


def metres(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Distance in a straight line."""
    return straight_m(Place(lat_a, lon_a), Place(lat_b, lon_b))


def bearing(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Direction from a to b, degrees clockwise from north. Good for the short steps of a courier."""
    east = (lon_b - lon_a) * math.cos(math.radians(lat_a))
    return round(math.degrees(math.atan2(east, lat_b - lat_a)) % 360, 1)


def agree(a: Any, b: Any, cap: float) -> bool:
    """Could the courier have been at both points? Two signals must speak against it: faster than the vehicle can
    go, and far faster than the phone itself reported. Accuracy gives slack, so that jitter at rest never counts."""
    slack = min(MAX_SLACK, (a.accuracy or DEFAULT_ACCURACY) + (b.accuracy or DEFAULT_ACCURACY))
    gap = max(1.0, abs((b.recorded_at - a.recorded_at).total_seconds()))
    implied = max(0.0, metres(a.lat, a.lon, b.lat, b.lon) - slack) / gap
    reported = max(a.speed or 0.0, b.speed or 0.0)
    return implied <= cap or implied <= 3 * reported + 10


def out_of_line(points: Sequence[Any], cap: float) -> list[bool]:
    """For points in order of time: True where a point agrees with none of its two neighbours on either side.

    It looks at neighbours in recorded time, not at the last one received, so the verdict depends only on the set of
    points and late ones are judged too. Two that agree are believed, so one wrong first fix locks nobody out.
    """
    flags = []
    for i, point in enumerate(points):
        near = [
            other
            for other in [*points[max(0, i - NEIGHBOURS) : i], *points[i + 1 : i + 1 + NEIGHBOURS]]
            if abs(other.recorded_at - point.recorded_at) <= NEIGHBOUR_SPAN
        ]
        flags.append(bool(near) and not any(agree(point, other, cap) for other in near))
    return flags


def travelled_m(points: Sequence[Any], cap: float, since: datetime) -> float:
    """Metres along points in order of time, straight from one to the next; only moves that end at or after `since`
    count. A gap longer than TRACK_GAP and a jump faster than `cap` (m/s) count nothing; a move shorter than the
    phone's accuracy waits until it has grown beyond it."""
    total, anchor, previous = 0.0, None, None
    for point in points:
        if (point.accuracy or 0) > MAX_SLACK:
            continue
        known = previous is not None and point.recorded_at - previous.recorded_at <= TRACK_GAP
        if anchor is None or not known or not agree(previous, point, cap):
            anchor = point
        else:
            step = metres(anchor.lat, anchor.lon, point.lat, point.lon)
            slack = (anchor.accuracy or DEFAULT_ACCURACY) + (point.accuracy or DEFAULT_ACCURACY)
            if step >= max(STILL_M, min(MAX_SLACK, slack)):
                total += step if point.recorded_at >= since else 0
                anchor = point
        previous = point
    return total


def speed_cap(vehicle: str) -> float:
    return SPEED_CAPS.get(vehicle, DEFAULT_CAP)


def travel_s(stops: Sequence[tuple[float, float]], vehicle: str) -> float:
    """Seconds along `stops`: estimated riding, and the time spent at each stop after the first place."""
    way = sum(metres(*a, *b) for a, b in pairwise(stops)) * DETOUR
    return duration_s(way, vehicle) + SERVICE_S * (len(stops) - 1)


def eta_times(now: datetime, seconds: float) -> dict[str, datetime]:
    """When the courier may arrive: hardly earlier (p20), as likely before as after (p50), hardly later (p80)."""
    spread = {"p20": 0.8, "p50": 1.0, "p80": 1.35}
    return {name: (now + timedelta(seconds=seconds * factor)).replace(microsecond=0) for name, factor in spread.items()}


def eta_due(before: datetime | None, now: datetime) -> bool:
    """One arrival estimate per half minute is enough: true when a new half minute began since the last position."""
    return before is None or before.timestamp() // ETA_EVERY_S != now.timestamp() // ETA_EVERY_S
