"""Reads of tracking: who may watch what, the points near a point, what a watcher is told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from config.lib.errors import NotFound
from delivery.auctions.models import Bid
from delivery.couriers.models import Courier, Shift
from delivery.deliveries.models import Delivery
from delivery.deliveries.queries import Audience, audience_of, delivery_for_token, open_near, with_people
from delivery.deliveries.rules import APPROACH_S, STOP_S, commission_of
from delivery.deliveries.timeline import events
from delivery.places.rules import Point as Place
from delivery.places.rules import one_line
from delivery.tracking import rules
from delivery.tracking.models import CourierPosition, Watch
from delivery.tracking.rules import NEIGHBOURS

Status = Delivery.Status
UNDER_WAY = (Status.ATTRIBUEE, Status.COLLECTEE)
LINK = "LINK"


def delivery_group(delivery_id: int) -> str:
    """Everyone entitled to this delivery."""
    return f"delivery.{delivery_id}"


def sender_group(delivery_id: int) -> str:
    """Its sender and the staff, who also see bids and the courier coming to the pickup."""
    return f"delivery.{delivery_id}.sender"


def courier_group(user_id: int) -> str:
    """The phone of one courier."""
    return f"courier.{user_id}"


@dataclass(slots=True, frozen=True)
class View:
    """A delivery and how somebody looks at it: as one of its people, as staff, or through the signed link (LINK)."""

    delivery: Delivery
    audience: str
    user: Any = None

    @property
    def is_sender(self) -> bool:
        return self.audience in (Audience.SENDER, Audience.STAFF)

    @property
    def sees_position(self) -> bool:
        """From its pickup to its end; the sender, who waits with the parcel, already from the award."""
        if self.delivery.status == Status.COLLECTEE:
            return True
        return self.delivery.status == Status.ATTRIBUEE and (self.is_sender or self.audience == Audience.COURIER)

    @property
    def groups(self) -> list[str]:
        groups = [delivery_group(self.delivery.pk)]
        return [*groups, sender_group(self.delivery.pk)] if self.is_sender else groups


def watchable(user: Any, delivery_id: int, token: str = "") -> View:
    """The delivery seen by its sender, recipient, courier, staff, a member of the paying company, or a signed link.

    Somebody who is signed in and belongs to it sees it as himself, whatever link he came by. NotFound for others.
    """
    delivery = with_people(Delivery.objects.filter(pk=delivery_id)).first()
    if delivery is None:
        raise NotFound
    audience = audience_of(user, delivery) if user is not None and user.is_authenticated else None
    if audience is not None:
        return View(delivery, audience, user)
    linked = delivery_for_token(token) if token else None
    if linked is None or linked.pk != delivery.pk:
        raise NotFound
    return View(delivery, LINK)


# --- Storing points ---------------------------------------------------------------------------------------------
def locked_couriers(user_ids: Iterable[int]) -> list[Courier]:
    """The couriers' rows, locked in order of key: points of one courier are judged one batch after the other."""
    fields = ("user_id", "status", "on_shift", "vehicle", "lat", "lon", "heading", "position_at")
    rows = Courier.objects.select_for_update(of=("self",)).only(*fields).filter(user_id__in=list(user_ids))
    return list(rows.order_by("pk"))


_COLUMNS = "id, courier_id, recorded_at, lat, lon, accuracy, speed, heading, is_outlier"
_NEAR = """
SELECT {columns} FROM (
  SELECT * FROM {table} WHERE courier_id = {id} AND recorded_at < {low} ORDER BY recorded_at DESC LIMIT {margin}
) AS before
UNION ALL SELECT {columns} FROM {table} WHERE courier_id = {id} AND recorded_at BETWEEN {low} AND {high}
UNION ALL SELECT {columns} FROM (
  SELECT * FROM {table} WHERE courier_id = {id} AND recorded_at > {high} ORDER BY recorded_at LIMIT {margin}
) AS after
"""


def near_positions(spans: Sequence[tuple[int, datetime, datetime]]) -> dict[int, list[CourierPosition]]:
    """For each (courier id, first, last): the stored points between, and on either side as many as a new flag can
    depend on. One query on PostgreSQL; SQLite, which has no network to wait for, gets one per courier."""
    if not spans:
        return {}
    names = {"columns": _COLUMNS, "table": CourierPosition._meta.db_table, "margin": 2 * NEIGHBOURS}
    adapt = connection.ops.adapt_datetimefield_value
    found: dict[int, list[CourierPosition]] = {}
    if connection.vendor == "postgresql":
        near = _NEAR.format(**names, id="span.id", low="span.low", high="span.high")
        rows = ", ".join(["(%s, %s, %s)"] * len(spans))
        sql = f"SELECT near.* FROM (VALUES {rows}) AS span (id, low, high), LATERAL ({near}) AS near"
        asked = [(sql, [value for pk, low, high in spans for value in (pk, adapt(low), adapt(high))])]
    else:
        sql = _NEAR.format(**names, id="%s", low="%s", high="%s")
        asked = [
            (sql, [pk, adapt(low), pk, adapt(low), adapt(high), pk, adapt(high)]) for pk, low, high in spans
        ]
    for sql, values in asked:
        for row in CourierPosition.objects.raw(sql, values):
            found.setdefault(row.courier_id, []).append(row)
    return found


def ridden_m(courier_id: int, since: datetime, until: datetime, *, vehicle: str, not_before: datetime) -> int:
    """Metres that a courier rode from `since` until before `until`, as his phone told; the way to the first point is
    known by those just before, but none from before `not_before` (he was in another vehicle)."""
    start = max(since - rules.TRACK_GAP, not_before)
    rows = CourierPosition.objects.filter(
        courier_id=courier_id, recorded_at__gte=start, recorded_at__lt=until, is_outlier=False
    ).order_by("recorded_at")
    points = rows.values_list("recorded_at", "lat", "lon", "accuracy", "speed", named=True)
    return round(rules.travelled_m(list(points), rules.speed_cap(vehicle), since))


def days_on_shift(courier_id: int, since: datetime, until: datetime) -> set[date]:
    """The days, as the shop counts them, on which a courier was on shift between two moments."""
    shifts = Shift.objects.filter(Q(closed_at=None) | Q(closed_at__gt=since), courier=courier_id, opened_at__lt=until)
    days = set()
    for opened, closed in shifts.values_list("opened_at", "closed_at"):
        first = timezone.localdate(max(opened, since))
        last = timezone.localdate(min(closed or until, until))
        days |= {first + timedelta(days=n) for n in range((last - first).days + 1)}
    return days


def later_position_exists(courier_id: int, after: datetime) -> bool:
    return CourierPosition.objects.filter(courier_id=courier_id, recorded_at__gt=after, is_outlier=False).exists()


def under_way(courier_ids: Iterable[int]) -> list[dict[str, Any]]:
    """What these couriers carry or are about to fetch, as far as a live position needs it."""
    fields = ("id", "courier_id", "status", "pickup_lat", "pickup_lon", "dropoff_lat", "dropoff_lon")
    rows = Delivery.objects.filter(courier_id__in=list(courier_ids), status__in=UNDER_WAY)
    return list(rows.order_by("id").values(*fields))


def watching_group(delivery_id: int, status: str) -> str:
    """Who sees the courier move: everyone once the parcel is on its way, before that the sender and the staff."""
    return delivery_group(delivery_id) if status == Status.COLLECTEE else sender_group(delivery_id)


def eta_from(place: tuple[float, float], delivery: dict[str, Any], vehicle: str, now: datetime) -> dict[str, datetime]:
    """Arrival at the drop-off (p20, p50, p80), by way of the pickup when the parcel is still there."""
    pickup = (delivery["pickup_lat"], delivery["pickup_lon"])
    dropoff = (delivery["dropoff_lat"], delivery["dropoff_lon"])
    stops = [place, dropoff] if delivery["status"] == Status.COLLECTEE else [place, pickup, dropoff]
    return rules.eta_times(now, rules.travel_s(stops, vehicle))


# --- What a watcher is told -------------------------------------------------------------------------------------
def trail_of(delivery: Delivery, limit: int = 5000) -> list[tuple[float, float, datetime]]:
    """(lat, lon, recorded_at) from pickup to end; empty before the pickup. Nothing of the courier's other time."""
    start = delivery.picked_up_at
    if start is None or delivery.courier_id is None:
        return []
    end = _ended_at(delivery) or timezone.now()
    rows = CourierPosition.objects.filter(
        courier_id=delivery.courier_id, recorded_at__gte=start, recorded_at__lte=end, is_outlier=False
    )
    return list(rows.order_by("recorded_at").values_list("lat", "lon", "recorded_at")[:limit])


def _ended_at(delivery: Delivery) -> datetime | None:
    if delivery.delivered_at or delivery.status in UNDER_WAY:
        return delivery.delivered_at
    return delivery.history.order_by("-pk").values_list("at", flat=True).first()


def trail_feature(view: View) -> dict[str, Any]:
    """The trail as GeoJSON. The recipient's side sees it while the parcel is on its way, the others also later."""
    shown = view.sees_position or view.is_sender or view.audience == Audience.COURIER
    trail = trail_of(view.delivery) if shown else []
    line = {"type": "LineString", "coordinates": [[lon, lat] for lat, lon, _at in trail]}
    return {
        "type": "Feature",
        "geometry": line if len(trail) > 1 else None,
        "properties": {"delivery": view.delivery.pk, "times": [at for _lat, _lon, at in trail]},
    }


def snapshot(view: View, now: datetime | None = None) -> dict[str, Any]:
    """All that a watcher sees at this moment: status, position and arrival if under way, places, timeline.

    No phone number, instruction or code: those are on the pages of the people concerned.
    """
    delivery, courier = view.delivery, view.delivery.courier
    position = eta = None
    if (
        view.sees_position and courier is not None and courier.lat is not None and courier.lon is not None
        and _seen_on_this_run(delivery, courier)
    ):
        position = {
            "lat": courier.lat, "lon": courier.lon, "heading": courier.heading, "recorded_at": courier.position_at,
        }
        ends = {field: getattr(delivery, field) for field in (*_ENDS, "status")}
        eta = eta_from((courier.lat, courier.lon), ends, courier.vehicle, now or timezone.now())
    return {
        "delivery": delivery.pk,
        "reference": delivery.reference,
        "status": delivery.status,
        "status_label": str(delivery.get_status_display()),
        "position": position,
        "eta": eta,
        "pickup": stop(delivery.pickup),
        "dropoff": stop(delivery.dropoff),
        "courier": {"first_name": courier.user.first_name, "vehicle": courier.vehicle} if courier else None,
        "timeline": timeline(delivery),
    }


_ENDS = ("pickup_lat", "pickup_lon", "dropoff_lat", "dropoff_lon")
_STOP_FIELDS = ("name", "line1", "postal_code", "city", "country", "lat", "lon")


def stop(place: dict[str, Any]) -> dict[str, Any]:
    """A place as a watcher sees it."""
    return {field: place.get(field) or "" for field in _STOP_FIELDS[:5]} | {"lat": place["lat"], "lon": place["lon"]}


def _seen_on_this_run(delivery: Delivery, courier: Courier) -> bool:
    """A position from before the award tells nothing about this delivery, and is none of the watcher's business."""
    if courier.lat is None or courier.position_at is None:
        return False
    return delivery.awarded_at is None or courier.position_at >= delivery.awarded_at


def timeline(delivery: Delivery) -> list[dict[str, Any]]:
    """The public steps of a delivery, oldest first; no names."""
    labels = dict(Status.choices)
    rows = delivery.history.order_by("pk").values_list("to_status", "at")
    return [{"status": status, "title": str(labels.get(status, status)), "at": at} for status, at in rows]


def map_of(view: View, token: str = "") -> dict[str, Any]:
    """What `components/_map.html` needs to draw the delivery live."""
    now = snapshot(view)
    socket = f"/ws/deliveries/{view.delivery.pk}" + (f"?{urlencode({'token': token})}" if token else "")
    ended = view.delivery.status in Delivery.ENDED
    trail = trail_of(view.delivery) if view.sees_position else []
    return {
        "ws": "" if ended else socket,
        "pickup": now["pickup"] | {"line": one_line(now["pickup"])},
        "dropoff": now["dropoff"] | {"line": one_line(now["dropoff"])},
        "position": now["position"],
        "eta": now["eta"],
        "trail": [[lat, lon] for lat, lon, _at in trail] or None,
    }


def public_events(delivery: Delivery) -> list[dict[str, Any]]:
    """The steps for `components/_timeline.html` as anybody with the link may see them: without names and notes."""
    return [{key: row[key] for key in row.keys() - {"by", "detail"}} for row in events(delivery)]


# --- The courier's day ------------------------------------------------------------------------------------------
EVERYWHERE_M = 20_000_000
NEAR_M = 10_000


def run_of(courier: Courier) -> list[dict[str, Any]]:
    """What the courier has to do, in the order of the promises; each with its next stop."""
    rows = with_people(Delivery.objects.filter(courier=courier, status__in=Delivery.RUNNING))
    ordered = rows.order_by(F("promised_at").asc(nulls_last=True), "pk")
    return [{"delivery": delivery, "stop": courier_stop(delivery)} for delivery in ordered]


def courier_stop(delivery: Delivery) -> dict[str, Any]:
    """The place to go to now: the pickup before it, the drop-off after it."""
    fetch = delivery.picked_up_at is None
    place = delivery.pickup if fetch else delivery.dropoff
    return {**place, "fetch": fetch, "line": one_line(place), "geo": f"{place['lat']:.6f},{place['lon']:.6f}"}


def courier_share(delivery: Delivery) -> Any:
    """Euros that the courier gets of the agreed price."""
    if delivery.agreed_price is None:
        return None
    return delivery.agreed_price - commission_of(delivery.agreed_price, delivery.commission_percent)


def offers_near(courier: Courier) -> list[dict[str, Any]]:
    """Open deliveries near the courier's last position; all of them, without distance, while it is not known.
    Those he bids on are left out: they are in `bids_waiting`."""
    here = None if courier.lat is None or courier.lon is None else Place(courier.lat, courier.lon)
    radius = NEAR_M if here else EVERYWHERE_M
    rows = open_near(point=here or Place(0.0, 0.0), radius_m=radius, not_of=courier.user)
    mine = {bid.delivery_id for bid in bids_waiting(courier)}
    offers = [row | {"away_m": row["away_m"] if here else None} for row in rows if row["id"] not in mine]
    for row in offers:
        row["minutes"] = suggested_minutes(row["duration_s"])
    return offers


def bids_waiting(courier: Courier) -> list[Bid]:
    """The courier's bids that are not decided yet, the first to close first."""
    rows = Bid.objects.filter(courier=courier, status=Bid.Status.DEPOSEE, delivery__status__in=Delivery.OPEN)
    return list(rows.select_related("delivery").order_by("delivery__closes_at", "pk"))


def suggested_minutes(duration_s: int) -> int:
    """An honest promise: the estimate with both stops and the way to the pickup, rounded up to five minutes."""
    return -(-round((APPROACH_S + 2 * STOP_S + duration_s) / 60) // 5) * 5


def watchers_of(courier: Courier) -> QuerySet[Watch]:
    """Who looked at this courier's position, newest first."""
    return courier.watches.select_related("watcher", "delivery").order_by("-at", "-pk")


def fleet() -> list[dict[str, Any]]:
    """Couriers on shift with their latest position, for staff."""
    rows = Courier.objects.filter(on_shift=True).order_by("id")
    fields = ("id", "user__first_name", "user__last_name", "vehicle", "lat", "lon", "heading", "position_at")
    return [
        {
            "courier": pk, "name": f"{first} {last}".strip(), "vehicle": vehicle,
            "lat": lat, "lon": lon, "heading": heading, "recorded_at": at,
        }
        for pk, first, last, vehicle, lat, lon, heading, at in rows.values_list(*fields)
    ]


def outdated_positions(before: datetime, limit: int) -> Sequence[int]:
    return list(CourierPosition.objects.filter(received_at__lt=before).values_list("id", flat=True)[:limit])


def recently_watched(*, since: datetime, **who: Any) -> bool:
    """Is this look (courier_id, delivery, watcher_id, audience) written down already?"""
    return Watch.objects.filter(Q(**who), at__gt=since).exists()


def simulated(*, emails: Sequence[str], limit: int) -> list[Courier]:
    """Approved couriers to drive in a simulation: those named, else the first ones, carriers of parcels first."""
    rows = Courier.objects.filter(status=Courier.Status.ACTIF).select_related("user")
    if emails:
        return list(rows.filter(user__email__in=emails))
    carrying = Delivery.objects.filter(courier=OuterRef("pk"), status__in=UNDER_WAY)
    return list(rows.order_by(Exists(carrying).desc(), "pk")[:limit])
