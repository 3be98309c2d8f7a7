"""Storing positions: what is acknowledged is stored, once; the marker moves forward only."""

import random
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.lib import live
from delivery.couriers.rules import NotACourier
from delivery.tracking.models import CourierPosition
from delivery.tracking.rules import OffShift, TooMany
from delivery.tracking.services import record_points
from delivery.tracking.tests.factories import RIVOLI, courier_on_shift, delivery_of, point, ride

pytestmark = pytest.mark.django_db


@pytest.fixture
def courier(carla):
    return courier_on_shift(carla)


@pytest.fixture
def pushed(monkeypatch):
    """What went to the sockets: (group, message) in order."""
    sent = []
    monkeypatch.setattr(live, "push", lambda group, message: sent.append((group, message)))
    return sent


def stored(courier):
    return list(
        CourierPosition.objects.filter(courier=courier).order_by("recorded_at").values_list(
            "recorded_at", "lat", "lon", "seq", "is_outlier"
        )
    )


def forget(courier):
    CourierPosition.objects.all().delete()
    type(courier).objects.update(lat=None, lon=None, heading=None, position_at=None)


def marker(courier):
    courier.refresh_from_db()
    return courier.lat, courier.lon, courier.position_at


def test_a_batch_is_stored_and_acknowledged_with_its_last_seq(courier):
    result = record_points(actor=courier.user, items=ride(10))
    assert (result.ack, result.stored, result.ignored, result.errors) == (10, 10, 0, [])
    assert CourierPosition.objects.count() == 10
    assert marker(courier)[0] == pytest.approx(RIVOLI[0] + 9 * 0.00004)


def test_a_batch_sent_again_changes_nothing(courier, pushed, django_capture_on_commit_callbacks):
    delivery_of(courier)
    items = ride(5)
    with django_capture_on_commit_callbacks(execute=True):
        record_points(actor=courier.user, items=items)
    before, at, told = stored(courier), marker(courier), len(pushed)
    with django_capture_on_commit_callbacks(execute=True):
        again = record_points(actor=courier.user, items=items)
    assert (again.ack, again.stored, again.ignored) == (5, 0, 5)
    assert (stored(courier), marker(courier), len(pushed)) == (before, at, told)


def test_an_old_point_is_stored_but_does_not_move_the_marker_back(courier, pushed, django_capture_on_commit_callbacks):
    delivery_of(courier)
    record_points(actor=courier.user, items=[point(2, ago_s=5)])
    before = marker(courier)
    pushed.clear()
    with django_capture_on_commit_callbacks(execute=True):
        late = record_points(actor=courier.user, items=[point(1, ago_s=300, lat=48.858)])
    assert (late.ack, late.stored) == (1, 1)
    assert marker(courier) == before
    assert pushed == []


def test_nothing_is_recorded_off_shift(carla):
    courier = courier_on_shift(carla, on_shift=False)
    with pytest.raises(OffShift) as refusal:
        record_points(actor=carla, items=[point()])
    assert refusal.value.code == "off_shift"
    assert not CourierPosition.objects.filter(courier=courier).exists()


def test_only_an_approved_courier_may_send(alice):
    with pytest.raises(NotACourier):
        record_points(actor=alice, items=[point()])


def test_a_batch_is_limited(courier):
    with pytest.raises(TooMany):
        record_points(actor=courier.user, items=[{}] * 1001)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"lat": 91}, "bad_position"),
        ({"lon": -180.5}, "bad_position"),
        ({"lat": 0, "lon": 0}, "bad_position"),
        ({"lat": float("nan")}, "bad_position"),
        ({"lat": "48.85"}, "bad_position"),
        ({"lat": None}, "bad_position"),
        ({"lat": True}, "bad_position"),
        ({"lat": 10**400}, "bad_position"),
        ({"recorded_at": "1901-12-13T20:45:52.2073437Z"}, "too_old"),
        ({"recorded_at": "2999-01-01T00:00:00Z"}, "in_future"),
        ({"recorded_at": "yesterday"}, "bad_time"),
        ({"recorded_at": "0001-01-01T00:00:00+14:00"}, "bad_time"),
        ({"recorded_at": 1700000000}, "bad_time"),
        ({"accuracy": -5}, "bad_value"),
        ({"heading": 400}, "bad_value"),
        ({"speed": "fast"}, "bad_value"),
    ],
)
def test_a_bad_point_is_refused_alone_and_named(courier, change, code):
    result = record_points(actor=courier.user, items=[point(1, ago_s=2), point(2) | change, point(3, ago_s=1)])
    assert [(e["seq"], e["code"]) for e in result.errors] == [(2, code)]
    assert (result.ack, result.stored, result.ignored) == (3, 2, 1)


@pytest.mark.parametrize("bad", [None, 3, "x", [], {}, {"seq": "1"}, {"seq": True}, {"seq": -1}, {"seq": 2**63}])
def test_a_point_without_a_usable_seq_is_refused(courier, bad):
    result = record_points(actor=courier.user, items=[bad])
    assert (result.ack, result.stored) == (None, 0)
    assert result.errors[0]["code"] in ("bad_point", "bad_seq")


def test_unknown_measures_are_accepted(courier):
    record_points(actor=courier.user, items=[point(accuracy=None, speed=-1, heading=360)])
    row = CourierPosition.objects.get()
    assert (row.accuracy, row.speed, row.heading) == (None, None, 0)


def test_a_jump_is_kept_flagged_and_does_not_move_the_marker(courier):
    items = ride(6)
    items[3] |= {"lat": RIVOLI[0] + 0.2}
    for item in items[:4]:
        record_points(actor=courier.user, items=[item])
    assert marker(courier)[0] == pytest.approx(items[2]["lat"])
    for item in items[4:]:
        record_points(actor=courier.user, items=[item])
    assert [row[4] for row in stored(courier)] == [False, False, False, True, False, False]
    assert marker(courier)[0] == pytest.approx(items[5]["lat"])


def test_a_wrong_first_point_locks_nobody_out(courier):
    items = ride(4)
    items[0] |= {"lat": RIVOLI[0] + 0.2}
    for item in items:
        record_points(actor=courier.user, items=[item])
    assert [row[4] for row in stored(courier)] == [True, False, False, False]
    assert marker(courier)[0] == pytest.approx(items[3]["lat"])


def test_a_clock_that_runs_ahead_does_not_hold_the_marker(courier):
    record_points(actor=courier.user, items=[point(1, ago_s=-7200)])
    moved = point(2, lat=RIVOLI[0] + 0.0001)
    record_points(actor=courier.user, items=[moved])
    assert marker(courier)[0] == pytest.approx(moved["lat"])
    record_points(actor=courier.user, items=[point(3, ago_s=-3600, lat=48.86)])
    assert marker(courier)[0] == pytest.approx(moved["lat"])


def test_the_position_goes_to_whoever_may_see_it(courier, pushed, django_capture_on_commit_callbacks):
    carried, fetched = delivery_of(courier), delivery_of(courier, status="ATTRIBUEE")
    delivery_of(courier, status="LIVREE")
    with django_capture_on_commit_callbacks(execute=True):
        record_points(actor=courier.user, items=ride(30))
    positions = [(group, message["lat"]) for group, message in pushed if message["type"] == "position"]
    latest = pytest.approx(RIVOLI[0] + 29 * 0.00004)
    assert positions == [(f"delivery.{carried.pk}", latest), (f"delivery.{fetched.pk}.sender", latest)]
    etas = {group: message for group, message in pushed if message["type"] == "eta"}
    near, far = etas[f"delivery.{carried.pk}"], etas[f"delivery.{fetched.pk}.sender"]
    assert near["p20"] < near["p50"] < near["p80"]
    assert far["p50"] > near["p50"]


def test_one_point_costs_a_fixed_number_of_queries(courier, django_assert_max_num_queries):
    delivery_of(courier)
    record_points(actor=courier.user, items=ride(200, ago_s=400))
    with django_assert_max_num_queries(7):
        record_points(actor=courier.user, items=[point(500)])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_order_and_repetition_gives_the_same_points_and_marker(courier, data):
    """The jump in the middle is drawn too. The last two points agree, as they do once a ride goes on."""
    forget(courier)
    items = ride(data.draw(st.integers(2, 9), label="points"), ago_s=90)
    if len(items) > 4 and data.draw(st.booleans(), label="jump"):
        where = data.draw(st.integers(0, len(items) - 3), label="where")
        items[where] |= {"lat": 48.95, "speed": None}
    record_points(actor=courier.user, items=items)
    in_order, latest = stored(courier), marker(courier)

    forget(courier)
    sent = items + data.draw(st.lists(st.sampled_from(items), max_size=6), label="repeated")
    random.Random(data.draw(st.integers(0, 10**6), label="order")).shuffle(sent)
    while sent:
        size = data.draw(st.integers(1, len(sent)), label="batch")
        batch, sent = sent[:size], sent[size:]
        seen = marker(courier)[2]
        record_points(actor=courier.user, items=batch)
        assert seen is None or marker(courier)[2] >= seen
    assert stored(courier) == in_order
    assert marker(courier) == latest
    assert latest[2] == in_order[-1][0] == datetime.fromisoformat(items[-1]["recorded_at"]).replace(
        microsecond=datetime.fromisoformat(items[-1]["recorded_at"]).microsecond // 1000 * 1000
    )


def test_positions_are_erased_after_sixty_days(courier):
    from django.utils import timezone

    from delivery.tracking.tasks import purge_positions

    record_points(actor=courier.user, items=ride(3))
    CourierPosition.objects.filter(seq=1).update(received_at=timezone.now() - timedelta(days=61))
    assert purge_positions() == 1
    assert list(CourierPosition.objects.order_by("seq").values_list("seq", flat=True)) == [2, 3]
