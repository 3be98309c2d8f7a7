"""A delivery's history as the events of the timeline partial: what was, what is, what follows."""

from typing import Any

from django.utils.translation import gettext as _

from delivery.deliveries.models import Delivery, FailReason
from delivery.deliveries.rules import REASONS

Status = Delivery.Status
STOPPED = {Status.ANNULEE, Status.EXPIREE, Status.ECHOUEE}


def _title(to_status: str, reason: str, repeated: bool) -> str:
    if repeated:
        return _("Handover unlocked") if reason == "unlocked" else _("Changed")
    return {
        Status.PUBLIEE: _("Offered at a fixed price"),
        Status.EN_ENCHERE: _("Open for bids"),
        Status.ATTRIBUEE: _("Courier chosen"),
        Status.COLLECTEE: _("Picked up"),
        Status.LIVREE: _("Handed over"),
        Status.ECHOUEE: _("Attempt failed"),
        Status.RETOURNEE: _("Returned to the sender"),
        Status.ANNULEE: _("Cancelled"),
        Status.EXPIREE: _("Expired without a courier"),
    }[Status(to_status)]


def reason_text(reason: str) -> str:
    """A reason code of the history in the reader's language; free text stays as it is."""
    if reason in REASONS:
        return str(REASONS[reason])
    if reason in FailReason.values:
        return str(FailReason(reason).label)
    return {"unlocked": "", "reattempt": _("One more attempt.")}.get(reason, reason)


def _next(delivery: Delivery) -> list[dict[str, Any]]:
    """The steps still to come. A promised time is said instead of a time that is not known."""
    steps: list[dict[str, Any]] = []
    if delivery.status in Delivery.OPEN:
        steps.append({"title": _("A courier is chosen"), "at": delivery.closes_at})
    if delivery.status in (*Delivery.OPEN, Status.ATTRIBUEE):
        steps.append({"title": _("Pickup"), "expected": delivery.pickup.get("line1", "")})
    if delivery.status in (*Delivery.OPEN, Status.ATTRIBUEE, Status.COLLECTEE):
        late = delivery.promised_at
        steps.append({"title": _("Handover"), "at": late, "expected": delivery.dropoff.get("line1", "")})
    return [{"state": "next", **step} for step in steps]


def events(delivery: Delivery) -> list[dict[str, Any]]:
    """What the timeline partial draws, oldest first."""
    changes = list(delivery.history.select_related("by").order_by("pk"))
    rows = []
    for i, change in enumerate(changes):
        last = i == len(changes) - 1
        state = "stop" if change.to_status in STOPPED else "done"
        if last and state == "done" and delivery.status not in Delivery.ENDED:
            state = "current"
        rows.append({
            "at": change.at, "by": change.by.get_short_name() if change.by else None, "state": state,
            "title": _title(change.to_status, change.reason, change.from_status == change.to_status),
            "detail": reason_text(change.reason) or None,
        })
    return rows + _next(delivery)
