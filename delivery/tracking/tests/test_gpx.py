"""Real traces, some broken, replayed sensibly. The files stay outside of the repository."""

import os
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings

from delivery.tracking.gpx import UnreadableTrace, read_gpx
from delivery.tracking.rules import metres
from delivery.tracking.services import record_points
from delivery.tracking.tests.factories import courier_on_shift

FOLDER = Path(os.environ.get("TRIPORTEUR_SAMPLE_DATA") or settings.BASE_DIR.parent / "shared" / "data")
TRACES = {
    "around-visnjan-with-car.gpx": 104, "cerknicko-jezero.gpx": 296, "Mojstrovka.gpx": 184,
    "andorra_for_map_matching.gpx": 21,
}


def trace(name):
    path = FOLDER / name
    if not path.exists():
        pytest.skip("the sample traces are not here (TRIPORTEUR_SAMPLE_DATA)")
    return path


def gpx(*points):
    body = "".join(
        f'<trkpt lat="{lat}" lon="{lon}">{f"<time>{time}</time>" if time else ""}</trkpt>' for lat, lon, time in points
    )
    return f'<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>{body}</trkseg></trk></gpx>'


@pytest.mark.parametrize("name", TRACES)
def test_real_traces_run_forward_at_human_speeds(name):
    steps = read_gpx(trace(name))
    assert len(steps) == TRACES[name]
    assert steps[0].at_s == 0
    speeds = []
    for before, step in pairwise(steps):
        way, took = metres(before.lat, before.lon, step.lat, step.lon), step.at_s - before.at_s
        assert 0 < took <= max(60, way / 10) + 1e-6, "pauses are cut"
        speeds.append(way / took)
    assert sorted(speeds)[len(speeds) // 2] < 20


@pytest.mark.django_db
@pytest.mark.parametrize("name", TRACES)
def test_a_replay_is_stored_and_its_marker_ends_where_the_trace_ends(name, carla):
    courier = courier_on_shift(carla, vehicle="VOITURE")
    steps = read_gpx(trace(name))
    start = datetime.now(UTC) - timedelta(seconds=steps[-1].at_s + 60)
    items = [
        {"seq": i, "lat": s.lat, "lon": s.lon, "recorded_at": (start + timedelta(seconds=s.at_s)).isoformat()}
        for i, s in enumerate(steps)
    ]
    result = record_points(actor=carla, items=items)
    assert result.stored == len(steps)
    courier.refresh_from_db()
    assert (courier.lat, courier.lon) == (steps[-1].lat, steps[-1].lon)
    assert courier.positions.filter(is_outlier=True).count() <= 2


def test_the_broken_clock_itself_is_refused(carla):
    courier_on_shift(carla)
    item = {"seq": 1, "lat": 46.43, "lon": 13.74, "recorded_at": "1901-12-13T20:45:52.2073437Z"}
    assert record_points(actor=carla, items=[item]).errors[0]["code"] == "too_old"


def test_repeated_times_are_left_out(tmp_path):
    path = tmp_path / "a.gpx"
    at = "2026-01-01T10:00:0{}Z".format
    path.write_text(gpx((48.1, 2.1, at(0)), (48.2, 2.1, at(0)), (48.1001, 2.1, at(5)), (48.1002, 2.1, at(9))))
    assert [step.at_s for step in read_gpx(path)] == [0, 5, 9]


def test_a_file_without_times_is_ridden_at_a_steady_pace(tmp_path):
    path = tmp_path / "a.gpx"
    path.write_text(gpx((48.1, 2.1, ""), (48.101, 2.1, ""), (0, 0, ""), (48.102, 2.1, "")))
    steps = read_gpx(path, speed=10)
    assert [round(step.at_s) for step in steps] == [0, 11, 22]


@pytest.mark.parametrize("text", ["", "not xml", "<gpx><trk>", gpx(), gpx((48, 2, "")), "<html></html>"])
def test_what_is_no_trace_is_refused(tmp_path, text):
    path = tmp_path / "a.gpx"
    path.write_text(text)
    with pytest.raises(UnreadableTrace):
        read_gpx(path)
