"""The geocoding port: from an address to coordinates.

Imported points answer first. With `GEOCODER_URL` a Photon server (`https://host/api`) or a Nominatim server
(`https://host/search`) is asked for what they do not know exactly; when it fails, the imported points' best guess
stands. The call leaves the machine: never inside a transaction.
"""

import logging
from typing import Any

import httpx
from django.conf import settings

from config.lib.errors import Invalid
from delivery.places import queries
from delivery.places.rules import AddressNotFound, Located, clean_place, one_line

logger = logging.getLogger(__name__)

TIMEOUT_S = 4.0
SURE = 0.9
ACCEPTED = 0.3  # below this a remote answer is another place


def _photon(client: httpx.Client, url: str, place: dict[str, Any]) -> Located | None:
    answer = client.get(url, params={"q": one_line(place), "limit": 1, "lang": "fr"})
    answer.raise_for_status()
    features = answer.json().get("features") or []
    if not features:
        return None
    lon, lat = features[0]["geometry"]["coordinates"][:2]
    known = features[0].get("properties") or {}
    label = ", ".join(str(known[k]) for k in ("name", "housenumber", "street", "postcode", "city") if known.get(k))
    return Located(float(lat), float(lon), 0.9 if known.get("housenumber") else 0.5, label)


def _nominatim(client: httpx.Client, url: str, place: dict[str, Any]) -> Located | None:
    answer = client.get(url, params={"q": one_line(place), "format": "jsonv2", "limit": 1, "addressdetails": 1})
    answer.raise_for_status()
    rows = answer.json() or []
    if not rows:
        return None
    exact = bool((rows[0].get("address") or {}).get("house_number"))
    return Located(
        float(rows[0]["lat"]), float(rows[0]["lon"]), 0.9 if exact else 0.5, str(rows[0].get("display_name", ""))
    )


def remote_point(place: dict[str, Any]) -> Located | None:
    """What the server at GEOCODER_URL knows; None when it knows nothing, is away or answers nonsense."""
    url = settings.GEOCODER_URL
    if not url:
        return None
    ask = _nominatim if url.rstrip("/").endswith("/search") else _photon
    headers = {"User-Agent": f"{settings.SITE_NAME} ({settings.SITE_URL})"}
    try:
        with httpx.Client(timeout=TIMEOUT_S, headers=headers) as client:
            found = ask(client, url, place)
    except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        logger.warning("geocoder %s did not answer: %s", url, error)
        return None
    if found is None or abs(found.lat) > 90 or abs(found.lon) > 180 or found.confidence < ACCEPTED:
        return None
    return found


def geocode(place: dict[str, Any]) -> Located:
    """Coordinates of a place `{line1, postal_code, city, …}`. Raises AddressNotFound (422)."""
    found = queries.imported_point(place)
    if found is not None and found.confidence >= SURE:
        return found
    better = remote_point(place)
    if better is not None and (found is None or better.confidence >= found.confidence):
        found = better
    if found is None:
        raise AddressNotFound(errors={"line1": [AddressNotFound.message]})
    return found


def resolve_places(**places: Any) -> list[dict[str, Any]]:
    """Every place checked, cleaned and with coordinates, in the order given.

    Raises Invalid with fields like `pickup.line1` for all places at once, else AddressNotFound.
    """
    cleaned: dict[str, dict[str, Any]] = {}
    errors: dict[str, list] = {}
    for name, data in places.items():
        cleaned[name], wrong = clean_place(data)
        errors.update({f"{name}.{field}".rstrip("."): texts for field, texts in wrong.items()})
    if errors:
        raise Invalid(errors=errors)
    for name, place in cleaned.items():
        if place["lat"] is not None and place["lon"] is not None:
            continue
        try:
            found = geocode(place)
        except AddressNotFound:
            errors[f"{name}.line1"] = [AddressNotFound.message]
        else:
            place.update(lat=round(found.lat, 6), lon=round(found.lon, 6))
    if errors:
        raise AddressNotFound(errors=errors)
    return list(cleaned.values())
