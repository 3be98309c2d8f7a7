"""A return as the timeline partial shows it."""

from typing import Any

from django.utils.translation import gettext as _

from shop.returns.models import Return

Status = Return.Status


def _title(status: str) -> str:
    return {
        Status.DEMANDE: _("Return asked for"), Status.ACCEPTE: _("Accepted: bring or send it back to the shop"),
        Status.REFUSE: _("Not accepted"), Status.RECU: _("Received back by the shop"), Status.REMBOURSE: _("Refunded"),
    }[Status(status)]


def _coming(status: str) -> list[str]:
    return {
        Status.DEMANDE: [_("We look at it and answer"), _("You bring or send it back"), _("We refund you")],
        Status.ACCEPTE: [_("We receive it"), _("We refund you")], Status.RECU: [_("We refund you")],
    }.get(Status(status), [])


def timeline(back: Return) -> list[dict[str, Any]]:
    """Oldest first, then what follows; a return read by queries.with_details."""
    rows = [
        {
            "at": change.at, "by": change.by.get_short_name() if change.by else None,
            "title": _title(change.to_status), "detail": change.reason or None,
            "state": "stop" if change.to_status == Status.REFUSE else "done",
        }
        for change in back.history.all()
    ]
    coming = [{"title": title, "state": "next"} for title in _coming(back.status)]
    if rows and coming:
        rows[-1]["state"] = "current"
    return rows + coming
