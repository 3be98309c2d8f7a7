"""Reading GPX traces for replay, tolerant of what real devices write: no times, a clock in 1901, repeated times."""

from dataclasses import dataclass
from pathlib import Path

import gpxpy
from gpxpy.gpx import GPXException, GPXTrackPoint

from delivery.tracking.rules import metres


@dataclass(slots=True, frozen=True)
class Step:
    """A place on a replayed way, `at_s` seconds after its start."""

    at_s: float
    lat: float
    lon: float


class UnreadableTrace(ValueError):
    """The file is not GPX, or holds fewer than two usable points."""


def _usable(point: GPXTrackPoint) -> bool:
    lat, lon = point.latitude, point.longitude
    return -90 <= lat <= 90 and -180 <= lon <= 180 and (lat, lon) != (0, 0)


def paced(places: list[tuple[float, float]], speed: float) -> list[Step]:
    """Give times to a bare line: constant `speed` in m/s."""
    steps: list[Step] = []
    at = 0.0
    for lat, lon in places:
        if steps:
            at += max(0.05, metres(steps[-1].lat, steps[-1].lon, lat, lon) / speed)
        steps.append(Step(at, lat, lon))
    return steps


def _timed(points: list[GPXTrackPoint]) -> list[Step] | None:
    """Steps by the file's own clock, leaving out points that do not come after the one before; None when that
    clock tells nothing (missing, or most points at one moment)."""
    if any(p.time is None for p in points):
        return None
    steps: list[Step] = []
    start = points[0].time
    for point in points:
        at = (point.time - start).total_seconds()  # type: ignore[operator]
        if not steps or at - steps[-1].at_s >= 0.1:
            steps.append(Step(at, point.latitude, point.longitude))
    return steps if len(steps) >= max(2, len(points) / 2) else None


def read_gpx(path: str | Path, *, speed: float = 5.0, longest_gap_s: float = 60.0) -> list[Step]:
    """The way in a GPX file. `speed` (m/s) paces files without a usable clock; a pause is cut to `longest_gap_s`,
    or to what the way made during it takes at 10 m/s.

    Raises UnreadableTrace, or OSError when the file cannot be opened.
    """
    try:
        gpx = gpxpy.parse(Path(path).read_text(encoding="utf-8-sig", errors="replace"))
    except GPXException as error:
        raise UnreadableTrace(str(error))
    points = [p for track in gpx.tracks for segment in track.segments for p in segment.points if _usable(p)]
    points = points or [p for route in gpx.routes for p in route.points if _usable(p)]  # type: ignore[misc]
    if len(points) < 2:
        raise UnreadableTrace("fewer than two usable points")
    steps = _timed(points) or paced([(p.latitude, p.longitude) for p in points], speed)
    shortened: list[Step] = []
    cut = 0.0
    for before, step in zip([steps[0], *steps], steps, strict=False):
        kept = max(longest_gap_s, metres(before.lat, before.lon, step.lat, step.lon) / 10)
        cut += max(0.0, step.at_s - before.at_s - kept)
        shortened.append(Step(step.at_s - cut, step.lat, step.lon))
    return shortened
