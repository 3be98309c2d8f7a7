"""A repair order as its pages show it: timeline, sketch, checklist."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from garage.quotes.models import Quote, QuoteChange
from garage.workshop import checklists
from garage.workshop.models import Inspection, RepairOrder, RepairTask
from garage.workshop.queries import repairs as queries

Status = RepairOrder.Status


def _title(status: str, staff: bool) -> str:
    awaited = _("Waiting for the client's consent") if staff else _("Waiting for your answer")
    return {
        Status.OUVERT: _("Repair order opened"), Status.RECU: _("Vehicle received"),
        Status.EN_COURS: _("Work in progress"), Status.ATTENTE_ACCORD: awaited,
        Status.ATTENTE_PIECES: _("Waiting for parts"), Status.PRET: _("Ready"),
        Status.RENDU: _("Handed over"), Status.ANNULE: _("Cancelled"),
    }[Status(status)]


def _coming(order: RepairOrder) -> list[str]:
    steps = [_("Vehicle received"), _("Work in progress"), _("Ready"), _("Handed over")]
    passed = {Status.OUVERT: 0, Status.RECU: 1, Status.PRET: 3, Status.RENDU: 4, Status.ANNULE: 4}
    return steps[passed.get(Status(order.status), 2):]


def _quote_title(change: QuoteChange) -> str | None:
    number = {"number": change.subject.number}
    return {
        Quote.Status.ENVOYE: _("Extra work proposed: %(number)s") % number,
        Quote.Status.ACCEPTE: _("Extra work accepted: %(number)s") % number,
        Quote.Status.REFUSE: _("Extra work declined: %(number)s") % number,
        Quote.Status.EXPIRE: _("Extra work not answered: %(number)s") % number,
    }.get(Quote.Status(change.to_status))


def _row(at: datetime, title: str, by: Any = None, detail: str = "", stop: bool = False) -> dict[str, Any]:
    return {
        "at": at, "title": title, "by": by.get_short_name() if by else None, "detail": detail or None,
        "state": "stop" if stop else "done",
    }


def timeline(order: RepairOrder, *, staff: bool) -> list[dict[str, Any]]:
    """Oldest first, then what follows; an order read by queries.with_details. Staff also see each task and the
    reasons, which are words between them."""
    rows = [
        _row(
            change.at, _title(change.to_status, staff), change.by if staff else None, change.reason if staff else "",
            change.to_status == Status.ANNULE,
        )
        for change in order.history.all()
    ]
    changes = QuoteChange.objects.filter(subject__in=queries.extra_quotes(order)).select_related("subject")
    for change in changes:
        if title := _quote_title(change):
            rows.append(_row(change.at, title))
    if staff:
        for task in order.tasks.all():
            if task.done_at:
                struck = task.status == RepairTask.Status.RAYEE
                words = _("Struck off: %(task)s") if struck else _("Done: %(task)s")
                rows.append(_row(
                    task.done_at, words % {"task": task.description}, None, task.struck_reason, struck
                ) | {"by": task.mechanic.name if task.mechanic else None})
    rows.sort(key=lambda row: row["at"])
    coming = [{"title": title, "state": "next"} for title in _coming(order)]
    if rows and coming:
        rows[-1]["state"] = "current"
    return rows + coming


def sketch(order: RepairOrder) -> list[dict[str, Any]]:
    """Each view of the vehicle's sketch with the marks on it, numbered through."""
    kind = order.vehicle.kind
    views: list[dict[str, Any]] = [
        {"code": code, "name": checklists.VIEWS[code], "symbol": f"{kind}-{'LEFT' if code == 'RIGHT' else code}",
         "turned": code == "RIGHT", "marks": []}
        for code in checklists.VIEWS_OF[kind]
    ]
    places = {view["code"]: view["marks"] for view in views}
    for rank, mark in enumerate(order.damage, 1):
        if mark["x"] is not None and mark["view"] in places:
            places[mark["view"]].append({"rank": rank, "x": mark["x"], "y": mark["y"] / 2, "text": mark["y"] / 2 + 15})
    return views


def marks(order: RepairOrder) -> list[str]:
    """The marks in words."""
    return [
        " · ".join(str(part) for part in (
            checklists.VIEWS.get(mark["view"], mark["view"]), checklists.DAMAGE.get(mark["kind"], mark["kind"]),
            mark["note"],
        ) if part)
        for mark in order.damage
    ]


def progress(points: list[Inspection]) -> dict[str, int]:
    """How many points are red, amber, green, and not looked at."""
    counts = dict.fromkeys(Inspection.State.values, 0)
    for point in points:
        counts[point.state] += 1
    seen = len(points) - counts[Inspection.State.NON_VU]
    return {
        "all": len(points), "seen": seen, "percent": round(100 * seen / len(points)) if points else 0,
        "red": counts[Inspection.State.ROUGE], "amber": counts[Inspection.State.ORANGE],
        "green": counts[Inspection.State.VERT],
    }
