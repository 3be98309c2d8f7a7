"""Reads of imported addresses and zones."""

from typing import Any

from django.db.models import Q, QuerySet

from delivery.places.models import AddressPoint, Zone
from delivery.places.rules import Line, Located, Point, city_key, normalise, parse_line, straight_m

EXACT, SAME_NUMBER, NEIGHBOUR, STREET = 1.0, 0.95, 0.7, 0.4
SUGGESTIONS = 10


def in_town(points: QuerySet[AddressPoint], *, postal_code: str, city: str) -> QuerySet[AddressPoint]:
    """Points of a town. A point whose file gave no postal code is found by the town's name alone."""
    if postal_code:
        points = points.filter(postal_code__in=[postal_code, ""])
    if city_key(city):
        return points.filter(city_key=city_key(city))
    return points.exclude(postal_code="") if postal_code else points


def _nearest_number(points: QuerySet[AddressPoint], line: Line) -> tuple[AddressPoint, float] | None:
    rows = list(points[:2000])
    if not rows:
        return None
    if line.number is None:
        rows.sort(key=lambda p: (p.number, p.suffix, p.pk))
        return rows[len(rows) // 2], STREET
    exact = [p for p in rows if p.number == line.number]
    for point in exact:
        if point.suffix == line.suffix:
            return point, EXACT
    if exact:
        return min(exact, key=lambda p: (p.suffix, p.pk)), SAME_NUMBER
    # The same side of the street first, then the smallest gap.
    wanted = line.number
    best = min(rows, key=lambda p: ((p.number - wanted) % 2, abs(p.number - wanted), p.pk))
    return best, NEIGHBOUR if abs(best.number - wanted) <= 20 else STREET


def imported_point(place: dict[str, Any]) -> Located | None:
    """The imported address nearest to what is written: its number, else a neighbour, else the street."""
    line = parse_line(str(place.get("line1", "")))
    if not line.street_key:
        return None
    points = in_town(
        AddressPoint.objects.filter(street_key=line.street_key),
        postal_code=str(place.get("postal_code") or ""), city=str(place.get("city") or ""),
    ).order_by("pk")
    found = _nearest_number(points, line)
    if found is None:
        return None
    point, confidence = found
    return Located(point.lat, point.lon, confidence, str(point))


def suggestions(text: str) -> list[AddressPoint]:
    """Imported addresses for what has been typed so far, best first; at least three letters are needed."""
    line = parse_line(text)
    key = line.street_key
    if len(key) < 3:
        return []
    points = AddressPoint.objects.all()
    if line.number is not None:
        points = points.filter(number=line.number)
        if line.suffix:
            points = points.filter(suffix=line.suffix)
    starts = list(points.filter(street_key__startswith=key).order_by("street", "number", "suffix")[:SUGGESTIONS])
    if len(starts) == SUGGESTIONS:
        return starts
    words = Q()
    for word in key.split() + normalise(text).split()[-1:]:
        if not word.isdecimal():
            words &= Q(search__contains=word)
    more = points.filter(words).exclude(pk__in=[p.pk for p in starts])
    return starts + list(more.order_by("street", "number", "suffix")[: SUGGESTIONS - len(starts)])


def zones_at(*points: Point) -> list[Zone]:
    """Active zones that hold one of the points, each once."""
    return [
        zone for zone in Zone.objects.filter(is_active=True)
        if any(straight_m(Point(zone.lat, zone.lon), point) <= zone.radius_m for point in points)
    ]


