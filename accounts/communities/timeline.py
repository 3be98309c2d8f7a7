"""A request's history as the events of the timeline partial: what was, what is, what follows."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.communities.models import Community, SpendingRequest
from accounts.communities.queries import name_in
from accounts.communities.rules import REASONS, still_missing

Status = SpendingRequest.Status
STOPPED = {Status.REFUSEE, Status.EXPIREE, Status.ANNULEE}


def _title(status: str) -> str:
    return {
        Status.OUVERTE: _("Asked, open to votes"),
        Status.PAYEE: _("Approved and paid"),
        Status.REFUSEE: _("Refused"),
        Status.EXPIREE: _("Not decided in time"),
        Status.ANNULEE: _("Withdrawn"),
    }[Status(status)]


def events(community: Community, request: Any) -> list[dict[str, Any]]:
    """What the timeline partial draws, oldest first. A decision by vote bears no name."""
    rows = []
    for change in sorted(request.history.all(), key=lambda row: row.pk):
        state = "stop" if change.to_status in STOPPED else "done"
        if change.to_status == request.status == Status.OUVERTE:
            state = "current"
        rows.append({
            "at": change.at, "by": name_in(community, change.by) if change.by else None, "state": state,
            "title": _title(change.to_status),
            "detail": str(REASONS.get(change.reason, change.reason)) or None,
        })
    if request.status == Status.OUVERTE:
        rows.append({
            "state": "next", "title": _("Votes close"), "at": request.closes_at,
            "detail": still_missing(request.needed, request.approvals),
        })
    return rows
