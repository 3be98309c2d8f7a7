"""A vehicle's history: one list of what every feature of the garage knows of it, and who may read how much.

A feature above registers a function in `GarageConfig.ready()`: `timeline.register(function)`. It is given the vehicle
and gives its entries, in any order, with as many queries for one as for many.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from garage.vehicles.models import ReadingStatus, Source, Status, Vehicle

KINDS = {
    "ODOMETER": gettext_lazy("Odometer"), "VEHICLE": gettext_lazy("Vehicle"), "OWNER": gettext_lazy("Owner"),
    "FILE": gettext_lazy("File"), "APPOINTMENT": gettext_lazy("Appointment"), "QUOTE": gettext_lazy("Quote"),
    "REPAIR": gettext_lazy("Repair"), "INSPECTION": gettext_lazy("Inspection"), "INVOICE": gettext_lazy("Invoice"),
}


@dataclass(frozen=True)
class Entry:
    """What happened on a day. `title` and `public` tell nothing of persons and money: with `public` set, whoever has
    a shared link, or buys the vehicle, reads the title and that text. All else is for staff and for the client
    concerned: the one named by `client_id`, else the owner of that day."""

    day: date
    kind: str  # of KINDS
    title: str
    detail: str = ""
    by: str = ""
    url: str = ""  # a page that its client may open
    staff_url: str = ""
    client_id: int | None = None
    public: str | None = None
    stopped: bool = False  # drawn as something that came to nothing
    turn: int = 0  # order within a day


@dataclass(frozen=True)
class Reader:
    """Who looks. `times`: from when until before when the vehicle was his."""

    is_staff: bool = False
    clients: frozenset[int] = frozenset()
    times: Sequence[tuple[date, date | None]] = ()

    @property
    def left_on(self) -> date | None:
        """The day on which it ceased to be his; None for the present owner and for who never had it."""
        ends = [until for _since, until in self.times]
        return max((end for end in ends if end), default=None) if ends and None not in ends else None


ANYBODY = Reader()
Source_ = Callable[[Vehicle], Iterable[Entry]]
_sources: list[Source_] = []


def register(function: Source_) -> None:
    if function not in _sources:
        _sources.append(function)


def seen_by(reader: Reader, entry: Entry) -> Entry | None:
    """The entry as this reader may read it, None when not at all."""
    if reader.is_staff:
        return replace(entry, url=entry.staff_url or entry.url)
    if entry.client_id is not None:
        concerned = entry.client_id in reader.clients
    else:
        concerned = any(since <= entry.day and (until is None or entry.day < until) for since, until in reader.times)
    if concerned:
        return entry
    if entry.public is None or (reader.left_on and entry.day >= reader.left_on):
        return None
    return Entry(day=entry.day, kind=entry.kind, title=entry.title, detail=entry.public, turn=entry.turn)


def history(vehicle: Vehicle, reader: Reader) -> list[Entry]:
    """What this reader may know, newest first."""
    found = chain.from_iterable(source(vehicle) for source in (_of_vehicle, *_sources))
    seen = [entry for entry in (seen_by(reader, each) for each in found) if entry]
    return sorted(seen, key=lambda entry: (entry.day, entry.turn), reverse=True)


def events(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """The same for `components/_timeline.html`."""
    return [
        {
            "title": format_html('<a href="{}">{}</a>', entry.url, entry.title) if entry.url else entry.title,
            "expected": date_format(entry.day, "DATE_FORMAT"), "by": entry.by, "detail": entry.detail,
            "state": "stop" if entry.stopped else "done",
        }
        for entry in entries
    ]


# --- What the vehicles' own feature knows -----------------------------------------------------------------------
def _of_vehicle(vehicle: Vehicle) -> Iterable[Entry]:
    yield from _readings(vehicle)
    yield from _owners(vehicle)
    for change in vehicle.history.select_related("by"):
        if change.from_status:
            title = {Status.ACTIF: _("In use again"), Status.VENDU: _("Sold"), Status.DETRUIT: _("Scrapped")}
            yield Entry(
                timezone.localdate(change.at), "VEHICLE", title[Status(change.to_status)], detail=change.reason,
                by=_name(change.by), public="", turn=1,
            )
    for file in vehicle.files.select_related("by"):
        yield Entry(
            timezone.localdate(file.created_at), "FILE", _("Added: %(name)s") % {"name": file.name}, by=_name(file.by),
            detail=file.get_kind_display(), client_id=file.client_id,
        )


def _readings(vehicle: Vehicle) -> Iterable[Entry]:
    """Each reading of the odometer; of the daily estimates the last of each month."""
    months: set[tuple[int, int]] = set()
    for reading in vehicle.readings.select_related("by"):
        month = (reading.read_on.year, reading.read_on.month)
        if reading.source == Source.GPS and (reading.status == ReadingStatus.ECARTEE or month in months):
            continue
        if reading.source == Source.GPS:
            months.add(month)
        kept = reading.status == ReadingStatus.RETENUE
        told = " · ".join(text for text in (reading.get_source_display(), reading.note, reading.refusal) if text)
        km = number_format(reading.km, force_grouping=True)
        yield Entry(
            reading.read_on, "ODOMETER", _("%(km)s km on the odometer") % {"km": km}, detail=told, by=_name(reading.by),
            public=reading.get_source_display() if kept else None, stopped=not kept,
        )


def _owners(vehicle: Vehicle) -> Iterable[Entry]:
    for number, owned in enumerate(vehicle.ownerships.select_related("client").order_by("since", "pk")):
        yield Entry(
            owned.since, "OWNER", _("New owner") if number else _("Known to the garage"), detail=str(owned.client),
            client_id=owned.client_id, public="",
        )


def _name(user: Any) -> str:
    return user.get_short_name() if user else ""
