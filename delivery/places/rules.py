"""Arithmetic of places: addresses as text that compares, distances, travel times. No table."""

import math
import re
import unicodedata
from dataclasses import dataclass
from typing import Any, NamedTuple

import phonenumbers
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Invalid

EARTH_RADIUS_M = 6_371_008.8
DETOUR = 1.35  # streets against a straight line, measured on French towns (FACTS: routing)
# Mean speeds in town, stops at lights included, in m/s.
SPEEDS = {"PIED": 1.3, "VELO": 4.2, "SCOOTER": 6.5, "VOITURE": 5.5, "UTILITAIRE": 5.0}
DEFAULT_VEHICLE = "VELO"

FIRST_WORDS = {"r": "rue", "p": "place", "c": "cours"}
WORDS = {
    "all": "allee", "av": "avenue", "ave": "avenue", "bd": "boulevard", "bld": "boulevard", "blvd": "boulevard",
    "boul": "boulevard", "bvd": "boulevard", "ch": "chemin", "che": "chemin", "chem": "chemin", "crs": "cours",
    "dr": "docteur", "fbg": "faubourg", "fg": "faubourg", "gal": "general", "imp": "impasse", "lot": "lotissement",
    "mal": "marechal", "pass": "passage", "pge": "passage", "pl": "place", "pr": "professeur", "qu": "quai",
    "res": "residence", "rte": "route", "sq": "square", "st": "saint", "ste": "sainte", "vc": "voie",
}
ARTICLES = {"a", "au", "aux", "d", "de", "des", "du", "l", "la", "le", "les"}
SUFFIXES = {"b": "bis", "t": "ter", "q": "quater", "c": "c", "bis": "bis", "ter": "ter", "quater": "quater"}
# A letter beside the number is its suffix; after a space only a to h, as `14 r. Commines` is a street.
NUMBER = re.compile(
    r"^\s*(\d{1,5})(?:\s*(bis|ter|quater)\b|([a-z])\b|\s+([a-h])\b(?!['’.]))?[\s,]*(.*)$", re.IGNORECASE
)

TEXT_LIMITS = {
    "name": 120, "phone": 32, "line1": 160, "postal_code": 12, "city": 100, "country": 2, "instructions": 300,
}


class AddressNotFound(Invalid):
    code = "address_not_found"
    message = _("This address was not found. Check it, or give its coordinates.")


class Point(NamedTuple):
    lat: float
    lon: float


class Located(NamedTuple):
    """An address on the map. `confidence` 1 is the exact number, below 0.9 a neighbour or the street."""

    lat: float
    lon: float
    confidence: float
    label: str


@dataclass(frozen=True)
class Line:
    """A first address line taken apart."""

    number: int | None
    suffix: str
    street_key: str


def normalise(text: str) -> str:
    """Lower case, without accents and punctuation, abbreviations of streets written out."""
    text = text.replace("œ", "oe").replace("Œ", "oe").replace("æ", "ae")
    flat = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", " ", flat).split()
    if words:
        words[0] = FIRST_WORDS.get(words[0], words[0])
    return " ".join(WORDS.get(word, word) for word in words)


def street_key(street: str) -> str:
    """What two spellings of one street have in common: `Bd. du Temple` and `boulevard Temple`."""
    words = normalise(street).split()
    return " ".join(word for i, word in enumerate(words) if i == 0 or word not in ARTICLES)


def city_key(city: str) -> str:
    """`Paris 3e Arrondissement`, `PARIS 03` and `Paris Cedex 03` are `paris`."""
    return re.sub(r"\b(cedex|arrondissement|\d+(e|er|eme)?)\b", " ", normalise(city)).strip()


def suffix_key(suffix: str) -> str:
    flat = normalise(suffix).replace(" ", "")
    return SUFFIXES.get(flat, flat)


def parse_line(line: str) -> Line:
    """`24b, r. des Gravilliers` → number 24, suffix bis, street `rue gravilliers`."""
    found = NUMBER.match(line)
    if not found:
        return Line(None, "", street_key(line))
    number, word, beside, apart, street = found.groups()
    return Line(int(number), suffix_key(word or beside or apart or ""), street_key(street))


def straight_m(a: Point, b: Point) -> float:
    """Great-circle distance in metres (haversine)."""
    lat1, lat2 = math.radians(a[0]), math.radians(b[0])
    half_lat, half_lon = (lat2 - lat1) / 2, math.radians(b[1] - a[1]) / 2
    h = math.sin(half_lat) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, h)))


def distance_m(a: Point, b: Point) -> int:
    """Estimated metres along streets."""
    return round(straight_m(a, b) * DETOUR)


def duration_s(distance: float, vehicle: str = DEFAULT_VEHICLE) -> int:
    """Estimated seconds for `distance` metres along streets."""
    return round(distance / SPEEDS.get(vehicle, SPEEDS[DEFAULT_VEHICLE]))


def around(lat: float, lon: float, radius_m: float) -> tuple[float, float, float, float]:
    """A box (south, north, west, east) that holds every point within `radius_m`; clipped at the poles."""
    d_lat = math.degrees(radius_m / EARTH_RADIUS_M)
    cos = math.cos(math.radians(min(89.9, abs(lat) + d_lat)))
    d_lon = min(180.0, d_lat / max(cos, 1e-3))
    return max(-90.0, lat - d_lat), min(90.0, lat + d_lat), lon - d_lon, lon + d_lon


def one_line(place: dict[str, Any]) -> str:
    """A place as one line of text."""
    town = f"{place.get('postal_code', '')} {place.get('city', '')}".strip()
    return ", ".join(part for part in (str(place.get("line1", "")), town) if part)


def _coordinate(value: Any, limit: float) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) and abs(number) <= limit else None


def _phone(text: str) -> str | None:
    try:
        number = phonenumbers.parse(text, "FR")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def clean_place(data: Any) -> tuple[dict[str, Any], dict[str, list]]:
    """A place of the API contract in its stored form, and what is wrong with it by field."""
    if not isinstance(data, dict):
        return {}, {"": [_("Describe the place: line1, postal_code, city.")]}
    place: dict[str, Any] = {}
    errors: dict[str, list] = {}
    for field, limit in TEXT_LIMITS.items():
        text = " ".join(str(data.get(field) or "").replace("\x00", "").split())
        if len(text) > limit:
            errors[field] = [_("At most %(limit)s characters.") % {"limit": limit}]
        place[field] = text[:limit]
    place["country"] = (place["country"] or "FR").upper()
    if place["phone"]:
        phone = _phone(place["phone"])
        if phone is None:
            errors["phone"] = [_("Enter a valid phone number, such as 06 12 34 56 78.")]
        place["phone"] = phone or ""
    given = [data.get("lat"), data.get("lon")]
    place["lat"], place["lon"] = _coordinate(given[0], 90), _coordinate(given[1], 180)
    if any(value not in (None, "") for value in given):
        for field in ("lat", "lon"):
            if place[field] is None:
                errors[field] = [_("Enter coordinates in degrees.")]
    if not place["line1"]:
        errors["line1"] = [_("Enter the number and the street.")]
    if not place["city"] and not place["postal_code"]:
        errors["city"] = [_("Enter the town or its postal code.")]
    return place, errors
