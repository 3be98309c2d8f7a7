"""Import of address files: Base Adresse Locale 1.x and 1.5, and a plain list with lat and lon.

Real files are imperfect. A row that can be used is used and the repair is said; a row that cannot is refused with
its reason; no row stops the import. Format: https://aitf-sig-topo.github.io/voies-adresses/files/AITF_SIG_Topo_Format_Base_Adresse_Locale_v1.4.html
"""

import csv
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Invalid
from delivery.places.models import AddressPoint
from delivery.places.rules import city_key, normalise, street_key, suffix_key

BATCH = 1000
NO_NUMBER = 99999  # BAL: a place name without numbered addresses
POSITIONS = {
    "entree": "entrée", "delivrance postale": "délivrance postale", "batiment": "bâtiment",
    "cage d escalier": "cage d’escalier", "logement": "logement", "parcelle": "parcelle", "segment": "segment",
    "service technique": "service technique", "inconnue": "",
}
UPDATED = [
    "number", "suffix", "street", "postal_code", "city", "insee", "name", "lat", "lon", "source", "updated_on",
    "street_key", "city_key", "search", "imported_at",
]


@dataclass
class ImportReport:
    """What became of the rows; `remarks` are (line number, text)."""

    imported: int = 0
    updated: int = 0
    refused: int = 0
    remarks: list[tuple[int, str]] = field(default_factory=list)


class RowRefused(Exception):
    """Why a row cannot be used."""


def _number(text: str) -> tuple[int, str]:
    """(number, suffix) of `12`, `24b` or the `163,0000000000` of a spreadsheet."""
    found = re.fullmatch(r"\s*(\d{1,5})(?:[.,]0*)?\s*([a-z]+)?\s*", text, re.IGNORECASE)
    if not found:
        raise RowRefused(f"not a number: {text!r}")
    number = int(found[1])
    if number == NO_NUMBER:
        raise RowRefused("a place name without number")
    return number, suffix_key(found[2] or "")


def _coordinates(row: dict[str, str]) -> tuple[float, float]:
    texts = row.get("lat", ""), row.get("long") or row.get("lon", "")
    if not all(texts):
        raise RowRefused("no coordinates")
    try:
        lat, lon = (float(text.replace(",", ".")) for text in texts)
    except ValueError:
        raise RowRefused(f"coordinates are not numbers: {texts[0]!r}, {texts[1]!r}")
    if not (math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180) or lat == lon == 0:
        raise RowRefused(f"coordinates out of range: {texts[0]}, {texts[1]}")
    return lat, lon


def _suffix(row: dict[str, str], from_number: str, key: str) -> str:
    if row.get("suffixe"):
        return suffix_key(row["suffixe"])[:20]
    parts = key.split("_")
    last = normalise(parts[3]) if len(parts) > 3 else ""
    return from_number or (suffix_key(last) if last in ("bis", "ter", "quater") or len(last) == 1 else "")


def _date(text: str, remarks: list[str]) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        remarks.append(f"wrong date {text!r} left out")
        return None


def _position(text: str, remarks: list[str]) -> str:
    flat = normalise(text)
    if flat and flat not in POSITIONS:
        remarks.append(f"unknown position {text!r} left out")
    return POSITIONS.get(flat, "")


def _read_row(row: dict[str, str]) -> tuple[AddressPoint, list[str]]:
    """An unsaved point of one row, and what was repaired. Raises RowRefused."""
    remarks: list[str] = []
    street = row.get("toponyme") or row.get("voie_nom") or row.get("voie", "")
    city = row.get("commune_nom") or row.get("ville", "")
    key = row.get("cle_interop") or (f"osm:{row['osm']}" if row.get("osm") else "")
    for value, what in ((key, "no key"), (street, "no street"), (city, "no town")):
        if not value:
            raise RowRefused(what)
    text = row.get("numero", "")
    number, suffix = _number(text)
    if "," in text or "." in text:
        remarks.append(f"number {text!r} read as {number}")
    lat, lon = _coordinates(row)
    point = AddressPoint(
        key=key[:80], position=_position(row.get("position", ""), remarks), number=number,
        suffix=_suffix(row, suffix, key), street=street[:200], city=city[:100],
        postal_code=row.get("code_postal", "")[:12], insee=(row.get("commune_insee") or key.split("_")[0])[:5],
        name=row.get("nom", "")[:160], lat=lat, lon=lon, source=row.get("source", "")[:120],
        updated_on=_date(row.get("date_der_maj", ""), remarks),
    )
    if not re.fullmatch(r"(\d{2}|2[AB])\d{3}", point.insee):
        point.insee = ""
    point.street_key, point.city_key = street_key(street)[:200], city_key(city)[:100]
    point.search = f"{normalise(street)} {point.postal_code} {normalise(city)}"[:400]
    return point, remarks


def _rows(lines: Iterable[str]) -> Iterator[tuple[int, dict[str, str]]]:
    iterator = iter(lines)
    head = next(iterator, "").lstrip("\ufeff")
    delimiter = ";" if head.count(";") > head.count(",") else ","
    columns = [column.strip().strip('"').lower() for column in head.strip().split(delimiter)]
    if "numero" not in columns or not {"lat", "long", "lon"} & set(columns):
        raise Invalid(_("This is not an address file: the columns numero, lat and long are needed."))
    reader = csv.reader(iterator, delimiter=delimiter)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield reader.line_num + 1, {"": str(error)}
            continue
        if cells:
            clean = [cell.replace("\x00", "").strip() for cell in cells]
            yield reader.line_num + 1, dict(zip(columns, clean, strict=False))


@transaction.atomic
def _store(batch: dict[tuple[str, str], AddressPoint], report: ImportReport) -> None:
    keys = {key for key, _position in batch}
    known = set(AddressPoint.objects.filter(key__in=keys).values_list("key", "position"))
    fresh = sum(1 for identity in batch if identity not in known)
    AddressPoint.objects.bulk_create(
        batch.values(), update_conflicts=True, unique_fields=["key", "position"], update_fields=UPDATED
    )
    report.imported += fresh
    report.updated += len(batch) - fresh
    batch.clear()


def import_addresses(*, lines: Iterable[str]) -> ImportReport:
    """Import an address file given as lines of text. A key seen again (same position) updates its point.

    Raises Invalid when the first line does not name the columns that are needed.
    """
    report = ImportReport()
    batch: dict[tuple[str, str], AddressPoint] = {}
    for line, row in _rows(lines):
        try:
            if "" in row and "numero" not in row:
                raise RowRefused(row[""])
            point, remarks = _read_row(row)
        except RowRefused as why:
            report.refused += 1
            report.remarks.append((line, f"refused: {why}"))
            continue
        report.remarks += [(line, f"kept: {remark}") for remark in remarks]
        identity = (point.key, point.position)
        if identity in batch:
            report.updated += 1
            report.remarks.append((line, f"kept: {point.key} is repeated, the later row counts"))
        batch[identity] = point
        if len(batch) >= BATCH:
            _store(batch, report)
    if batch:
        _store(batch, report)
    return report
