"""Opening repair orders, from an accepted quote or by hand, and calling them off."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from config.lib.actors import Actor
from config.lib.errors import Invalid
from garage.clients import queries as clients
from garage.quotes import queries as quotes
from garage.quotes.models import LineKind, Quote
from garage.quotes.rules import WorkDone
from garage.vehicles import queries as vehicles
from garage.workshop import rules_repairs as rules
from garage.workshop.models import Appointment, RepairOrder, RepairPart, RepairTask
from garage.workshop.queries import appointments
from garage.workshop.queries import repairs as queries
from shop.catalogue.models import StockReason
from shop.catalogue.services import put_back_stock, take_available

Status = RepairOrder.Status
WAITING = (Status.ATTENTE_ACCORD, Status.ATTENTE_PIECES)


@transaction.atomic
def open_for_quote(*, quote: Quote, actor: Actor) -> RepairOrder:
    """The work of a quote just accepted, in the acceptance's transaction: parts leave the shop's stock, what lacks is
    to be ordered, and the repair order opens. Extra work joins the order of the quote it supplements and ends its wait
    for the client's consent. OrderEnded when that order is over."""
    order = locked_or_adopted(quote)
    if order is not None and order.status == Status.ANNULE and order.quote_id == quote.pk:
        # Withdrawn, changed and accepted after all: a new order takes the place of the cancelled one.
        order.quote = None
        order.save(update_fields=["quote"])
        order = None
    if order is not None and order.status in queries.ENDED:
        raise rules.OrderEnded
    if order is None:
        appointment = queries.appointment_of(quote)
        order = _new_order(
            actor=actor, client_id=quote.client_id, vehicle_id=quote.vehicle_id, quote=quote, appointment=appointment,
        )
    work = _work_of(quotes.with_hours(quote.lines.exclude(accepted=False)).order_by("position", "pk"))
    add_tasks(order=order, tasks=work.tasks)
    reserve(actor=actor, order=order, parts=work.parts)
    if order.status in (Status.ATTENTE_ACCORD, Status.PRET):
        go_on(actor=actor, order=order)
    return order


@transaction.atomic
def open_order(
    *, actor: Actor, vehicle_id: int, complaint: str = "", appointment: Appointment | None = None,
) -> RepairOrder:
    """Open an order by hand (staff): a diagnosis, or a client at the counter. Quotes made for it later add the work.
    Forbidden; Invalid on `vehicle`."""
    clients.require_staff(actor)
    vehicle = vehicles.visible_to(actor).filter(pk=vehicle_id).first()
    if vehicle is None:
        raise Invalid(errors={"vehicle": [_("This vehicle does not exist.")]})
    return _new_order(
        actor=actor, client_id=vehicle.client_id, vehicle_id=vehicle.pk, appointment=appointment,
        complaint=complaint.strip(),
    )


@transaction.atomic
def open_for_appointment(*, actor: Actor, appointment_id: int) -> RepairOrder:
    """The vehicle of an appointment is here (staff): the order of that appointment or of its quote, or a new one that
    says what the client asked for. An appointment that was awaited has arrived. Asked again it is the same order.

    NotFound, Forbidden, IllegalMove (a cancelled appointment). Locks the quote, its order, then the appointment.
    """
    quote_id = appointments.get_for(actor, appointment_id, "write").quote_id
    quote = quotes.locked(quote_id) if quote_id else None
    order = queries.locked_of_quote(quote) if quote else None
    appointment = appointments.locked(appointment_id)
    if appointment.status != Appointment.Status.ARRIVE:
        appointment.move(Appointment.Status.ARRIVE, actor=actor)
    opened = RepairOrder.objects.filter(appointment=appointment).first()
    if opened is not None:
        return opened
    if order is not None and order.status not in queries.ENDED:
        order.appointment = appointment
        order.save(update_fields=["appointment", "updated_at"])
        return order
    awaited = quote if quote and order is None and quote.status == Quote.Status.ENVOYE else None
    return _new_order(
        actor=actor, client_id=appointment.client_id, vehicle_id=appointment.vehicle_id, quote=awaited,
        appointment=appointment, complaint=appointment.reason,
    )


def locked_or_adopted(quote: Quote) -> RepairOrder | None:
    """The order that the work of this quote belongs to, locked. The first quote for a vehicle whose order was opened
    by hand becomes that order's own, so that one visit is one order."""
    order = queries.locked_of_quote(quote)
    if order is None and not quote.supplements_id:
        order = queries.locked_without_quote(quote)
        if order is not None:
            order.quote = quote
            order.save(update_fields=["quote", "updated_at"])
    return order


def _new_order(
    *, actor: Actor, client_id: int, vehicle_id: int, quote: Quote | None = None,
    appointment: Appointment | None = None, complaint: str = "",
) -> RepairOrder:
    counter = queries.locked_counter(timezone.localdate().year)
    counter.last += 1
    counter.save(update_fields=["last"])
    order = RepairOrder.objects.create(
        number=rules.number(counter.year, counter.last), client_id=client_id, vehicle_id=vehicle_id, quote=quote,
        appointment=appointment, complaint=complaint[:500],
        mechanic=appointment.mechanic if appointment else None,
        promised_at=appointment.ends_at if appointment else None,
    )
    order.record(actor=actor)
    return order


# --- What the lines ask for -------------------------------------------------------------------------------------
@dataclass
class Work:
    tasks: list[RepairTask]
    parts: list[RepairPart]


def _work_of(lines: QuerySet[Any]) -> Work:
    """Unsaved tasks and parts of lines with their hours. A package shown as one line is its hours and its parts."""
    work = Work([], [])
    for line in lines:
        if line.kind == LineKind.PIECE:
            work.parts.append(RepairPart(
                line=line, product=line.product, description=line.description, quantity=line.quantity
            ))
            continue
        if line.kind == LineKind.FORFAIT and line.package is not None:
            work.parts += [
                RepairPart(
                    line=line, product=row.product, description=str(row)[:200], quantity=row.quantity * line.quantity
                )
                for row in line.package.lines.filter(kind=LineKind.PIECE).select_related("product")
            ]
        work.tasks.append(RepairTask(line=line, description=line.description, planned_hours=line.hours))
    return work


def add_tasks(*, order: RepairOrder, tasks: list[RepairTask]) -> None:
    """Put unsaved tasks behind those the order has."""
    behind = order.tasks.count()
    for position, task in enumerate(tasks):
        task.order, task.position = order, behind + position
    RepairTask.objects.bulk_create(tasks)


def reserve(*, actor: Actor, order: RepairOrder, parts: list[RepairPart]) -> None:
    """Save unsaved parts, taking from the shop's stock what there is; the rest is to be ordered. Locks stock: last."""
    wanted: dict[int, int] = {}
    for part in parts:
        part.order = order
        if part.product_id:
            wanted[part.product_id] = wanted.get(part.product_id, 0) + rules.whole(part.quantity)
    left = take_available(actor=actor, quantities=wanted, reference=order.number, reason=StockReason.ATELIER)
    for part in parts:
        if part.product_id:
            pieces = rules.whole(part.quantity)
            part.reserved = min(pieces, left.get(part.product_id, 0))
            left[part.product_id] = left.get(part.product_id, 0) - part.reserved
            part.to_order = Decimal(pieces - part.reserved)
        else:
            part.to_order = part.quantity
    RepairPart.objects.bulk_create(parts)


def release(*, actor: Actor, order: RepairOrder, parts: list[RepairPart]) -> None:
    """Give what was reserved and not issued back to the shop, and want no more of these parts. Saves the rows; locks
    stock: last."""
    back: dict[int, int] = {}
    for part in parts:
        spare = part.reserved - rules.whole(part.issued)
        if part.product_id and spare > 0:
            back[part.product_id] = back.get(part.product_id, 0) + spare
            part.reserved -= spare
        part.to_order = Decimal(0)
    RepairPart.objects.bulk_update([part for part in parts if part.pk], ["reserved", "to_order"])
    put_back_stock(actor=actor, quantities=back, reference=order.number, reason=StockReason.ATELIER)


def go_on(*, actor: Actor, order: RepairOrder, reason: str = "") -> None:
    """Back to work when nothing is waited for any more: consent first, then parts."""
    if queries.consent_awaited(order):
        to = Status.ATTENTE_ACCORD
    elif order.status in WAITING and queries.lacks_parts(order):
        to = Status.ATTENTE_PIECES
    else:
        to = Status.EN_COURS
    if to != order.status:
        order.move(to, actor=actor, reason=reason)


# --- Called off -------------------------------------------------------------------------------------------------
@transaction.atomic
def call_off(*, quote: Quote, actor: Actor) -> None:
    """An accepted quote is withdrawn: its parts go back to the shop and its order is cancelled, or, for extra work,
    goes on without it. The quote is free to be accepted again. WorkHasBegun, WorkDone."""
    order = queries.locked_of_quote(quote)
    if order is None or order.status == Status.ANNULE:
        return
    if order.status == Status.RENDU:
        raise WorkDone
    if order.quote_id == quote.pk:
        _cancel(actor=actor, order=order, reason=_("Quote %(number)s withdrawn") % {"number": quote.number})
        return
    tasks, parts = order.tasks.filter(line__quote=quote), order.parts.filter(line__quote=quote)
    if queries.begun(tasks, parts):
        raise rules.WorkHasBegun
    rows = list(parts)
    tasks.delete()
    release(actor=actor, order=order, parts=rows)
    parts.delete()
    if order.status in WAITING:
        go_on(actor=actor, order=order)


@transaction.atomic
def cancel_order(*, actor: Actor, order_id: int, reason: str) -> RepairOrder:
    """Staff: nothing is done on this vehicle. One with an accepted quote ends by the quote's withdrawal.

    NotFound, Forbidden, IllegalMove, WorkHasBegun, Invalid (no reason).
    """
    if not reason.strip():
        raise Invalid(errors={"reason": [_("Say why.")]})
    order = queries.locked_for_staff(actor, order_id)
    if order.quote is not None and order.quote.status in (Quote.Status.ACCEPTE, Quote.Status.FACTURE):
        raise rules.QuoteStands
    _cancel(actor=actor, order=order, reason=reason.strip())
    return order


def _cancel(*, actor: Actor, order: RepairOrder, reason: str) -> None:
    if queries.work_began(order):
        raise rules.WorkHasBegun
    order.move(Status.ANNULE, actor=actor, reason=reason)
    order.tasks.update(line=None)
    release(actor=actor, order=order, parts=list(order.parts.all()))
    order.parts.update(line=None)
