"""Reads, rights and locks of returns."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, QuerySet, Sum
from django.utils import timezone

from config.lib.actors import Actor, System
from config.lib.errors import Forbidden, NotFound
from config.lib.money import ZERO
from delivery.deliveries.models import Delivery
from shop.orders import queries as orders
from shop.orders.models import Order, OrderLine
from shop.returns import rules
from shop.returns.models import Return, ReturnChange, ReturnLine, ReturnPhoto

Status = Return.Status
UNDER_WAY = (Status.DEMANDE, Status.ACCEPTE, Status.RECU)


@dataclass(frozen=True)
class Returnable:
    """A line of an order: the pieces that may still come back, and what they are worth together (euros incl. VAT)."""

    line: OrderLine
    left: int
    worth: Decimal


def own_order(actor: Any, order_id: int) -> Order:
    """The customer's own order. NotFound for strangers, Forbidden for staff: only the buyer sends back."""
    order = orders.get_for(actor, order_id)
    if isinstance(actor, System) or order.user_id != actor.pk:
        raise Forbidden
    return order


def locked_order(actor: Actor, order_id: int) -> Order:
    """The order of a return, locked: two requests for the same pieces wait for each other here."""
    return orders.locked_for(actor, order_id)


def delivered_at(order: Order) -> datetime | None:
    """When the customer had it, by the order's history; a moment earlier, by that of its delivery."""
    if order.status == Order.Status.LIVREE:
        step = order.history.filter(to_status=Order.Status.LIVREE).order_by("pk").last()
        return step.at if step else None
    delivery = order.delivery
    if order.status == Order.Status.EXPEDIEE and delivery and delivery.status == Delivery.Status.LIVREE:
        return delivery.delivered_at
    return None


def window_end(order: Order) -> datetime | None:
    """Until when this order may come back; None while it was not delivered."""
    received = delivered_at(order)
    return rules.window_end(received, settings.RETURN_DAYS) if received else None


def returnable(order: Order) -> list[Returnable]:
    """Every line of an order less what was refunded, and less what is on its way back (refused returns do not
    count). A piece is thus paid back once, by a return or by hand."""
    rows = ReturnLine.objects.filter(line__order_id=order.pk, goods_return__status__in=UNDER_WAY).order_by()
    coming = {
        pk: (pieces, due)
        for pk, pieces, due in rows.values_list("line_id").annotate(n=Sum("quantity"), due=Sum("amount"))
    }
    lines = {line.pk: line for line in order.lines.all()}
    result = []
    for share in orders.shares(order):
        if share.line_id is not None:
            pieces, due = coming.get(share.line_id, (0, ZERO))
            result.append(
                Returnable(lines[share.line_id], max(share.pieces - pieces, 0), max(share.left - due, ZERO))
            )
    return result


def can_ask(order: Order) -> bool:
    end = window_end(order)
    return bool(end and timezone.now() < end and any(row.left for row in returnable(order)))


def with_details(returns: QuerySet[Return]) -> QuerySet[Return]:
    """Everything a return's JSON or page shows, in a fixed number of queries."""
    return returns.select_related("order").prefetch_related(
        Prefetch("lines", ReturnLine.objects.select_related("line")), "photos",
        Prefetch("history", ReturnChange.objects.select_related("by")),
    )


def of_order(order: Order) -> QuerySet[Return]:
    """The returns of an order, newest first."""
    return with_details(Return.objects.filter(order_id=order.pk)).order_by("-pk")


def detailed(pk: int) -> Return:
    return with_details(Return.objects.filter(pk=pk)).get()


def locked_for_staff(actor: Actor, pk: int) -> Return:
    """A return locked, its order before it. NotFound (also for a stranger), Forbidden for the customer."""
    order_id = Return.objects.filter(pk=pk).values_list("order_id", flat=True).first()
    if order_id is None:
        raise NotFound
    order = orders.locked_for(actor, order_id, orders.STAFF)
    found = Return.objects.select_for_update(of=("self",)).get(pk=pk)
    found.order = order
    return found


def photo_for(reader: Any, order_id: int, pk: int) -> ReturnPhoto:
    """A photo, for the customer and the shop's staff. NotFound."""
    orders.get_for(reader, order_id)
    photo = ReturnPhoto.objects.filter(pk=pk, goods_return__order_id=order_id).first()
    if photo is None:
        raise NotFound
    return photo


def waiting() -> QuerySet[Return]:
    """What staff should do something about, oldest first."""
    return Return.objects.filter(status__in=UNDER_WAY).order_by("pk")


def section(user: Any) -> list[dict[str, Any]]:
    """For the export of a person's data."""
    return [
        {
            "number": row.number, "order": row.order.number, "status": row.status, "reason": row.reason,
            "note": row.note, "lines": [str(line) for line in row.lines.all()], "refunded": str(row.refunded),
            "created_at": row.created_at.isoformat(),
        }
        for row in with_details(Return.objects.filter(order__user=user)).order_by("pk")
    ]
