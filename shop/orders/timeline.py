"""An order's history, with that of its delivery, as the events of the timeline partial."""

from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from config.lib.templatetags.ui import money
from shop.orders import queries
from shop.orders.models import Order

Status = Order.Status
STOPPED = {Status.ANNULEE}


def _title(order: Order, status: str) -> str:
    shipped = _("Handed to the couriers") if order.by_courier else _("Ready at the counter")
    received = pgettext("order", "Delivered") if order.by_courier else pgettext("order", "Picked up")
    return {
        Status.CREE: _("Order placed"), Status.VALIDEE: _("Confirmed by the shop"),
        Status.PAYEE: pgettext("order", "Paid"),
        Status.EXPEDIEE: shipped, Status.LIVREE: received, Status.ANNULEE: pgettext("order", "Cancelled"),
        Status.REMBOURSEE: pgettext("order", "Refunded"),
    }[Status(status)]


def _delivery_title(status: str) -> str | None:
    return {
        "EN_ENCHERE": _("Couriers are bidding"), "PUBLIEE": _("Offered to the couriers"),
        "ATTRIBUEE": _("Courier chosen"), "COLLECTEE": _("On its way to you"), "ECHOUEE": _("Attempt failed"),
        "RETOURNEE": _("Returned to the shop"), "EXPIREE": _("No courier yet, we keep looking"),
        "ANNULEE": _("Delivery cancelled"),
    }.get(status)


def _delivery_events(order: Order) -> list[dict[str, Any]]:
    """The steps of the order's delivery, and of those before it that did not arrive."""
    rows = []
    changes = queries.delivery_changes_of(order) if order.delivery_id else ()
    for change in changes:
        title = _delivery_title(change.to_status) if change.from_status != change.to_status else None
        if title:
            stopped = change.to_status in ("ECHOUEE", "RETOURNEE", "ANNULEE")
            by = change.by.first_name if change.by and change.to_status in ("COLLECTEE", "ECHOUEE") else None
            rows.append({"at": change.at, "title": title, "by": by, "state": "stop" if stopped else "done"})
    return rows


def _refund_events(order: Order) -> list[dict[str, Any]]:
    """What was given back while the order went on; the refund that ended it is told by its history. They stand
    beside the way of the order: `aside`."""
    given = list(order.refunds.all())
    if order.status in (Status.REMBOURSEE, Status.ANNULEE):
        given = given[:-1]
    return [
        {
            "at": refund.created_at, "by": None, "state": "done", "detail": refund.reason or None, "aside": True,
            "title": _("%(amount)s refunded") % {"amount": money(refund.amount)},
        }
        for refund in given
    ]


def _coming(order: Order) -> list[dict[str, Any]]:
    """What follows, in words."""
    steps: list[dict[str, Any]] = []
    if order.status in Order.UNPAID:
        until = order.expires_at and date_format(localtime(order.expires_at), "TIME_FORMAT")
        steps.append({"title": _("Payment"), "expected": _("before %(time)s") % {"time": until} if until else None})
    if order.status in (*Order.UNPAID, Status.PAYEE):
        steps.append({"title": _title(order, Status.EXPEDIEE)})
    if order.status in (*Order.UNPAID, Status.PAYEE, Status.EXPEDIEE):
        steps.append({"title": _title(order, Status.LIVREE)})
    return [{"state": "next", **step} for step in steps]


def headline(order: Order, events: list[dict[str, Any]]) -> str:
    """Where the order stands, in a few words: what is awaited, or else the last stop behind it."""
    if order.status in Order.UNPAID:
        return _("Not paid in time") if order.is_expired else _("To be paid")
    if order.status == Status.PAYEE:
        return _("The shop is packing your order")
    return [event for event in events if event["state"] != "next" and not event.get("aside")][-1]["title"]


def standing(order: Order) -> str:
    """The headline without the history: for a line in a list."""
    on_the_road = _delivery_title(order.delivery.status) if order.delivery else None
    if order.status == Status.EXPEDIEE and on_the_road:
        return on_the_road
    return headline(order, [{"state": "done", "title": _title(order, order.status)}])


def _between(eta: dict[str, Any] | None) -> str | None:
    if not eta or not eta.get("p20") or not eta.get("p80"):
        return None
    times = [date_format(localtime(eta[name]), "TIME_FORMAT") for name in ("p20", "p80")]
    return _("between %(from)s and %(to)s") % {"from": times[0], "to": times[1]}


def events(order: Order, eta: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """Oldest first; an order read by queries.with_details. `eta` (p20, p80) is said of the arrival."""
    rows = []
    for change in order.history.all():
        if change.from_status == change.to_status:
            continue  # the delivery was offered again, which the delivery's own steps tell
        by = change.by.get_short_name() if change.by else None
        rows.append({
            "at": change.at, "by": by, "title": _title(order, change.to_status), "detail": change.reason or None,
            "state": "stop" if change.to_status in STOPPED else "done",
        })
    rows += _refund_events(order)
    shipped = [row.at for row in order.history.all() if row.to_status == Status.EXPEDIEE != row.from_status]
    # The delivery is offered just before the order is marked as shipped: to a reader it follows.
    later = [(max([row["at"], *shipped]), 1, row) for row in _delivery_events(order)]
    timed = sorted([(row["at"], 0, row) for row in rows] + later, key=lambda item: item[:2])
    rows = [row for _at, _rank, row in timed]
    coming = _coming(order)
    way = [row for row in rows if not row.get("aside")]
    if way and coming and way[-1]["state"] == "done":
        way[-1]["state"] = "current"
    if coming and (arrival := _between(eta)):
        coming[-1]["expected"] = arrival
    return rows + coming
