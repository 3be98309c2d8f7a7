"""Writes of tracking: positions of couriers on shift, and the note of who looked at them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from config.lib import live
from config.lib.actors import Actor, actor_user
from config.lib.errors import DomainError
from delivery.couriers.models import Courier
from delivery.couriers.rules import NotACourier
from delivery.deliveries.queries import Audience
from delivery.tracking import queries, rules
from delivery.tracking.models import CourierPosition, Watch
from delivery.tracking.rules import BadPoint, OffShift, Point, TooMany

PURGE_BATCH = 5000
WATCHED_AS = {
    Audience.SENDER: Watch.As.EXPEDITEUR, Audience.RECIPIENT: Watch.As.DESTINATAIRE, Audience.STAFF: Watch.As.EQUIPE,
    queries.LINK: Watch.As.LIEN,
}


@dataclass(slots=True)
class Recorded:
    """What became of a batch. `ack`: highest seq that is now in the database (None: none is). `ignored` counts the
    items not stored now: already there, or refused and then named in `errors` with a code."""

    ack: int | None = None
    stored: int = 0
    ignored: int = 0
    errors: list[dict[str, Any]] = field(default_factory=list)


def record_points(*, actor: Actor, items: Sequence[Any]) -> Recorded:
    """Store the positions of a courier on shift; committed when it returns, so the answer may be acknowledged.

    Items as in the API: seq, lat, lon, recorded_at, and accuracy (m), speed (m/s), heading (degrees) where known.
    A bad item is refused alone. A point sent again changes nothing; a late one is stored but does not move the
    marker back. Raises NotACourier (403), OffShift (409), TooMany (422).
    """
    user = actor_user(actor)
    if user is None:
        raise NotACourier
    answer = record_batches(batches=[(user.pk, items)])[0]
    if isinstance(answer, DomainError):
        raise answer
    return answer


def record_batches(*, batches: Sequence[tuple[int, Sequence[Any]]]) -> list[Recorded | DomainError]:
    """`record_points` for several couriers at once (user id, items), each at most once, in one transaction.

    A commit costs more than a point: sockets gather theirs (intake.py), and a thousand couriers cost a few
    statements. What is refused for one batch is its answer and leaves the others alone.
    """
    now = timezone.now()
    read = [_read(items, now) for _user_id, items in batches]
    answers: list[Recorded | DomainError] = [TooMany() if one is None else one.result for one in read]
    wanted = {user_id: i for i, (user_id, _items) in enumerate(batches) if read[i] is not None}
    with transaction.atomic():
        couriers = {courier.user_id: courier for courier in queries.locked_couriers(wanted)}
        rides = []
        for user_id, i in wanted.items():
            courier = couriers.get(user_id)
            if courier is None or courier.status != Courier.Status.ACTIF:
                answers[i] = NotACourier()
            elif not courier.on_shift:
                answers[i] = OffShift()
            elif points := read[i].points:  # type: ignore[union-attr]
                rides.append(_Ride(courier, points, read[i].result))  # type: ignore[union-attr]
        _store(rides, now)
    for answer, (_user_id, items) in zip(answers, batches, strict=True):
        if isinstance(answer, Recorded):
            answer.ignored = len(items) - answer.stored
    return answers


@dataclass(slots=True)
class _Ride:
    """The points of one courier in order of time, and what the transaction makes of them."""

    courier: Courier
    points: list[Point]
    result: Recorded
    fresh: list[CourierPosition] = field(default_factory=list)
    changed: list[CourierPosition] = field(default_factory=list)

    def judge(self, near: list[CourierPosition], now: datetime) -> None:
        """Leave out what is stored already; set the flag of the fresh rows, and of the stored neighbours whose
        verdict they change."""
        known = {row.recorded_at for row in near}
        self.fresh = [_row(self.courier, p, now) for p in self.points if p.recorded_at not in known]
        self.result.stored = len(self.fresh)
        if not self.fresh:
            return
        rows = sorted([*near, *self.fresh], key=lambda row: row.recorded_at)
        new = {id(row) for row in self.fresh}
        places = [i for i, row in enumerate(rows) if id(row) in new]
        low, high = places[0] - rules.NEIGHBOURS, places[-1] + rules.NEIGHBOURS
        flags = rules.out_of_line(rows, rules.speed_cap(self.courier.vehicle))
        for i, (row, flag) in enumerate(zip(rows, flags, strict=True)):
            if low <= i <= high and row.is_outlier != flag:
                row.is_outlier = flag
                if row.pk:
                    self.changed.append(row)

    def latest(self, now: datetime) -> "Marker | None":
        """Where the marker goes, or None when it stays."""
        candidates = [row for row in [*self.fresh, *self.changed] if not row.is_outlier]
        if not candidates:
            return None
        row = max(candidates, key=lambda row: row.recorded_at)
        courier, at = self.courier, rules.marker_time(row.recorded_at, now)
        if courier.position_at is not None and courier.position_at >= at:
            return None
        if row.recorded_at > now and queries.later_position_exists(courier.pk, row.recorded_at):
            return None  # the phone's clock runs ahead: every point counts as "now", so ask for the order itself
        heading = row.heading
        if heading is None and courier.lat is not None and courier.lon is not None:
            moved = rules.metres(courier.lat, courier.lon, row.lat, row.lon)
            heading = rules.bearing(courier.lat, courier.lon, row.lat, row.lon) if moved > 5 else courier.heading
        return Marker(courier, row.lat, row.lon, heading, at, row.recorded_at)


@dataclass(slots=True, frozen=True)
class Marker:
    """A courier's new latest position. `at` orders markers, `recorded_at` is what the phone said."""

    courier: Courier
    lat: float
    lon: float
    heading: float | None
    at: datetime
    recorded_at: datetime


@dataclass(slots=True)
class _Read:
    points: list[Point]
    result: Recorded


def _read(items: Sequence[Any], now: datetime) -> _Read | None:
    """The usable points of a batch in order of time and what was wrong with the others; None: too many."""
    if len(items) > rules.MAX_ITEMS:
        return None
    result = Recorded()
    points: dict[datetime, Point] = {}
    for item in items:
        try:
            point = rules.parse_point(item, now=now)
        except BadPoint as error:
            result.errors.append({"seq": rules.read_seq(item), "code": error.code, "field": error.field})
            continue
        result.ack = point.seq if result.ack is None else max(result.ack, point.seq)
        points.setdefault(point.recorded_at, point)
    return _Read(sorted(points.values(), key=lambda p: p.recorded_at), result)


def _row(courier: Courier, point: Point, now: datetime) -> CourierPosition:
    return CourierPosition(
        courier_id=courier.pk, recorded_at=point.recorded_at, received_at=now, seq=point.seq, lat=point.lat,
        lon=point.lon, accuracy=point.accuracy, speed=point.speed, heading=point.heading,
    )


def _store(rides: list[_Ride], now: datetime) -> None:
    """Write what is new in one statement, move the markers in another. The couriers are locked."""
    near = queries.near_positions(
        [(ride.courier.pk, ride.points[0].recorded_at, ride.points[-1].recorded_at) for ride in rides]
    )
    for ride in rides:
        ride.judge(near.get(ride.courier.pk, []), now)
    fresh = [row for ride in rides for row in ride.fresh]
    if not fresh:
        return
    # The locks make sure that these are new; the constraint stands under them.
    CourierPosition.objects.bulk_create(fresh, ignore_conflicts=True)
    changed = [row for ride in rides for row in ride.changed]
    if changed:
        CourierPosition.objects.bulk_update(changed, ["is_outlier"])
    markers = [marker for ride in rides if (marker := ride.latest(now))]
    if markers:
        moved = _advance(markers)
        _tell([marker for marker in markers if marker.courier.pk in moved], now)


def _advance(markers: list[Marker]) -> set[int]:
    """Move the couriers' latest positions, never back; returns the couriers that moved. One statement, whose
    condition holds even if a lock were missing."""
    row = "(%s, CAST(%s AS double precision), CAST(%s AS double precision), CAST(%s AS double precision), %s)"
    table = Courier._meta.db_table
    sql = (
        f"WITH new (id, lat, lon, heading, at) AS (VALUES {', '.join([row] * len(markers))}) "
        f"UPDATE {table} SET lat = new.lat, lon = new.lon, heading = new.heading, position_at = new.at FROM new "
        f"WHERE {table}.id = new.id AND ({table}.position_at IS NULL OR {table}.position_at < new.at) "
        f"RETURNING {table}.id"
    )
    adapt = connection.ops.adapt_datetimefield_value
    values = [v for m in markers for v in (m.courier.pk, m.lat, m.lon, m.heading, adapt(m.at))]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return {pk for (pk,) in cursor.fetchall()}


def _tell(markers: list[Marker], now: datetime) -> None:
    """One message per delivery under way, and now and then an arrival estimate. Straight to the sockets at commit,
    not as an event: it is news for nobody else, and the hottest path of the house. The fleet map reads by itself
    (consumers.DispatchConsumer), so it costs nothing here."""
    by_courier = {marker.courier.pk: marker for marker in markers}
    for delivery in queries.under_way(by_courier):
        marker = by_courier[delivery["courier_id"]]
        group = queries.watching_group(delivery["id"], delivery["status"])
        position = {
            "type": "position", "lat": marker.lat, "lon": marker.lon,
            "heading": marker.heading, "recorded_at": marker.recorded_at,
        }
        transaction.on_commit(partial(live.push, group, position))
        if rules.eta_due(marker.courier.position_at, now):
            eta = queries.eta_from((marker.lat, marker.lon), delivery, marker.courier.vehicle, now)
            transaction.on_commit(partial(live.push, group, {"type": "eta", **eta}))


def note_watch(*, view: queries.View) -> Watch | None:
    """Write down that somebody looked at the courier's position: once per person, delivery and ten minutes.

    None when no position was to be seen, when the courier looked himself, or when it is written already.
    """
    courier_id, audience = view.delivery.courier_id, WATCHED_AS.get(view.audience)
    if courier_id is None or not view.sees_position or audience is None:
        return None
    seen = {"delivery": view.delivery, "watcher_id": getattr(view.user, "pk", None), "audience": audience}
    if queries.recently_watched(courier_id=courier_id, since=timezone.now() - rules.WATCH_EVERY, **seen):
        return None
    return Watch.objects.create(courier_id=courier_id, **seen)


@transaction.atomic
def note_fleet_watch(*, actor: Actor) -> int:
    """Write down that staff looked at the whole fleet; returns how many couriers that concerned."""
    user = actor_user(actor)
    since = timezone.now() - rules.WATCH_EVERY
    audience = Watch.As.EQUIPE
    fresh = [
        Watch(courier_id=row["courier"], watcher=user, audience=audience)
        for row in queries.fleet()
        if not queries.recently_watched(
            delivery=None, courier_id=row["courier"], watcher_id=user.pk, audience=audience, since=since
        )
    ]
    Watch.objects.bulk_create(fresh)
    return len(fresh)


def purge(*, now: datetime | None = None) -> int:
    """Erase positions and watches older than 60 days, in small transactions; returns how many positions went."""
    before = (now or timezone.now()) - rules.RETENTION
    erased = 0
    while ids := queries.outdated_positions(before, PURGE_BATCH):
        erased += CourierPosition.objects.filter(pk__in=ids).delete()[0]
    Watch.objects.filter(at__lt=before).delete()
    return erased
