"""Writes of tracking: positions of couriers on shift, and the note of who looked at them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from config.lib import live
from config.lib.actors import Actor, actor_user
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
    if len(items) > rules.MAX_ITEMS:
        raise TooMany
    now = timezone.now()
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
    result.stored = _store(actor, sorted(points.values(), key=lambda p: p.recorded_at), now)
    result.ignored = len(items) - result.stored
    return result


@transaction.atomic
def _store(actor: Actor, points: list[Point], now: datetime) -> int:
    user = actor_user(actor)
    courier = queries.locked_courier(user.pk) if user is not None else None
    if courier is None or courier.status != Courier.Status.ACTIF:
        raise NotACourier
    if not courier.on_shift:
        raise OffShift
    if not points:
        return 0
    near = queries.near_positions(courier.pk, points[0].recorded_at, points[-1].recorded_at)
    known = {row.recorded_at for row in near}
    fresh = [_row(courier, point, now) for point in points if point.recorded_at not in known]
    if not fresh:
        return 0
    rows = sorted([*near, *fresh], key=lambda row: row.recorded_at)
    touched = _judge(rows, fresh, courier.vehicle)
    # The lock makes the check above sure; the constraint stands under it.
    CourierPosition.objects.bulk_create(fresh, ignore_conflicts=True)
    changed = [row for row in touched if row.pk]
    if changed:
        CourierPosition.objects.bulk_update(changed, ["is_outlier"])
    _move_marker(courier, [row for row in [*fresh, *changed] if not row.is_outlier], now)
    return len(fresh)


def _row(courier: Courier, point: Point, now: datetime) -> CourierPosition:
    return CourierPosition(
        courier_id=courier.pk, recorded_at=point.recorded_at, received_at=now, seq=point.seq, lat=point.lat,
        lon=point.lon, accuracy=point.accuracy, speed=point.speed, heading=point.heading,
    )


def _judge(rows: list[CourierPosition], fresh: list[CourierPosition], vehicle: str) -> list[CourierPosition]:
    """Set the flag of the fresh rows and of their neighbours, whose verdict they may change; returns those changed."""
    changed = []
    new = {id(row) for row in fresh}
    places = [i for i, row in enumerate(rows) if id(row) in new]
    low, high = places[0] - rules.NEIGHBOURS, places[-1] + rules.NEIGHBOURS
    flags = rules.out_of_line(rows, rules.speed_cap(vehicle))
    for i, (row, flag) in enumerate(zip(rows, flags, strict=True)):
        if low <= i <= high and row.is_outlier != flag:
            row.is_outlier = flag
            changed.append(row)
    return changed


def _move_marker(courier: Courier, candidates: list[CourierPosition], now: datetime) -> None:
    """Advance the courier's latest position, never back, and tell those who watch."""
    if not candidates:
        return
    latest = max(candidates, key=lambda row: row.recorded_at)
    at = rules.marker_time(latest.recorded_at, now)
    if courier.position_at is not None and courier.position_at >= at:
        return
    if latest.recorded_at > now and queries.later_position_exists(courier.pk, latest.recorded_at):
        return  # the phone's clock runs ahead: every point counts as "now", so ask for the order itself
    heading = latest.heading
    if heading is None and courier.lat is not None and courier.lon is not None:
        moved = rules.metres(courier.lat, courier.lon, latest.lat, latest.lon)
        heading = rules.bearing(courier.lat, courier.lon, latest.lat, latest.lon) if moved > 5 else courier.heading
    ahead = Courier.objects.filter(pk=courier.pk).exclude(position_at__gte=at)
    if ahead.update(lat=latest.lat, lon=latest.lon, heading=heading, position_at=at):
        _tell(courier, latest, heading, now)


def _tell(courier: Courier, latest: CourierPosition, heading: float | None, now: datetime) -> None:
    """One message per delivery under way, and now and then an arrival estimate. Straight to the sockets at commit,
    not as an event: it is news for nobody else, and the hottest path of the house. The fleet map reads by itself
    (consumers.DispatchConsumer), so it costs nothing here."""
    position = {
        "type": "position", "lat": latest.lat, "lon": latest.lon,
        "heading": heading, "recorded_at": latest.recorded_at,
    }
    with_eta = rules.eta_due(courier.position_at, now)
    for delivery in queries.under_way(courier.pk):
        group = queries.watching_group(delivery["id"], delivery["status"])
        transaction.on_commit(partial(live.push, group, position))
        if with_eta:
            eta = queries.eta_from((latest.lat, latest.lon), delivery, courier.vehicle, now)
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
