"""Reads, rights and locks of repair orders. Locks go from the order to its parts, tasks and mechanics; the counter
and the shop's stock come last."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Prefetch, Q, QuerySet
from django.utils import timezone

from config.lib.errors import NotFound
from config.lib.money import ZERO
from garage.billing import queries as bills
from garage.clients import queries as clients
from garage.quotes.models import LineKind, Quote
from garage.quotes.opening import Dial, Progress
from garage.vehicles import queries as vehicles
from garage.vehicles.models import OdometerReading, Source, Vehicle
from garage.vehicles.models import Status as InUse
from garage.vehicles.rules import Reason
from garage.workshop.models import (
    Appointment,
    Inspection,
    RepairOrder,
    RepairOrderChange,
    RepairOrderCounter,
    RepairPart,
    RepairPhoto,
    RepairTask,
    Resource,
    TimeEntry,
)

Status = RepairOrder.Status
ENDED = (Status.RENDU, Status.ANNULE)


# --- Rights -----------------------------------------------------------------------------------------------------
def visible_to(user: Any) -> QuerySet[RepairOrder]:
    """Staff see all; a client those of his own vehicles, cancelled ones left out."""
    rows = RepairOrder.objects.select_related("client", "vehicle", "mechanic", "quote")
    if clients.works_here(user):
        return rows
    return rows.filter(client__in=clients.visible_to(user)).exclude(status=Status.ANNULE)


def get_for(user: Any, pk: Any, right: str = "read") -> RepairOrder:
    """One order with the right to "read" or "write" (staff) it. NotFound for a stranger, else Forbidden."""
    row = visible_to(user).filter(pk=pk).first()
    if row is None:
        raise NotFound
    if right == "write":
        clients.require_staff(user)
    return row


def locked(pk: int) -> RepairOrder:
    return RepairOrder.objects.select_for_update().get(pk=pk)


def locked_for_staff(user: Any, pk: Any) -> RepairOrder:
    """The order, locked, for one who may write it. NotFound, Forbidden."""
    return locked(get_for(user, pk, "write").pk)


def _child_for_staff(model: Any, user: Any, pk: Any) -> Any:
    """A task, part or point, its order locked before it. NotFound, Forbidden."""
    order_id = model.objects.filter(pk=pk).values_list("order_id", flat=True).first()
    if order_id is None:
        raise NotFound
    order = locked_for_staff(user, order_id)
    row = model.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        raise NotFound
    row.order = order
    return row


def child_for(model: Any, user: Any, pk: Any) -> Any:
    """A task, part or point of an order this person may write. NotFound, Forbidden."""
    row = model.objects.filter(pk=pk).first()
    if row is None:
        raise NotFound
    get_for(user, row.order_id, "write")
    return row


def child_of(order_id: int, model: Any, pk: Any) -> None:
    """NotFound when the task, part or point is not of this order."""
    if not model.objects.filter(pk=pk, order_id=order_id).exists():
        raise NotFound


def entry_for(user: Any, pk: Any) -> TimeEntry:
    """A clock's run, for staff. NotFound, Forbidden."""
    clients.require_staff(user)
    entry = TimeEntry.objects.select_related("task").filter(pk=pk).first()
    if entry is None:
        raise NotFound
    return entry


def task_for_staff(user: Any, pk: Any) -> RepairTask:
    return _child_for_staff(RepairTask, user, pk)


def part_for_staff(user: Any, pk: Any) -> RepairPart:
    return _child_for_staff(RepairPart, user, pk)


def locked_tasks(order: RepairOrder) -> QuerySet[RepairTask]:
    """The tasks of a locked order, locked as they are read."""
    return RepairTask.objects.select_for_update().filter(order=order).order_by("pk")


def point_for_staff(user: Any, pk: Any) -> Inspection:
    return _child_for_staff(Inspection, user, pk)


def photo_for(user: Any, order_id: int, pk: int) -> RepairPhoto:
    """A photo, for the client and staff. NotFound."""
    get_for(user, order_id)
    photo = RepairPhoto.objects.filter(pk=pk, order_id=order_id).first()
    if photo is None:
        raise NotFound
    return photo


# --- Opening ----------------------------------------------------------------------------------------------------
def locked_of_quote(quote: Quote) -> RepairOrder | None:
    """The order that the work of this quote belongs to: its own, or the one of the quote it supplements."""
    wanted = [quote.pk, quote.supplements_id] if quote.supplements_id else [quote.pk]
    return RepairOrder.objects.select_for_update().filter(quote_id__in=wanted).order_by("-pk").first()


def locked_without_quote(quote: Quote) -> RepairOrder | None:
    """The latest order of the quote's vehicle that has not ended and has no quote, or one that came to nothing."""
    free = Q(quote=None) | Q(quote__status__in=[Quote.Status.REFUSE, Quote.Status.EXPIRE])
    rows = RepairOrder.objects.filter(vehicle_id=quote.vehicle_id, client_id=quote.client_id).exclude(status__in=ENDED)
    pk = rows.filter(free).order_by("-pk").values_list("pk", flat=True).first()
    if pk is None:
        return None
    order = locked(pk)
    return order if rows.filter(free, pk=pk).exists() else None  # somebody may have been faster while we waited


def locked_counter(year: int) -> RepairOrderCounter:
    """The year's counter, locked until the transaction ends; only stock may be locked after it."""
    RepairOrderCounter.objects.get_or_create(year=year)  # house: allow writes, an empty counter says nothing
    return RepairOrderCounter.objects.select_for_update().get(year=year)


def appointment_of(quote: Quote) -> Appointment | None:
    """The next appointment made for this quote that has no order yet, its vehicle awaited or here."""
    rows = quote.appointments.filter(
        status__in=[Appointment.Status.CONFIRME, Appointment.Status.ARRIVE], repair_order__isnull=True
    )
    return rows.select_related("mechanic").order_by("starts_at").first()


def consent_awaited(order: RepairOrder) -> bool:
    """Whether the client still has a quote of this order to answer."""
    ours = Q(pk=order.quote_id) | Q(supplements=order.quote_id)
    return bool(order.quote_id) and Quote.objects.filter(ours, status=Quote.Status.ENVOYE).exists()


def extra_quotes(order: RepairOrder) -> QuerySet[Quote]:
    """The quotes that add work to this order, the oldest first."""
    if not order.quote_id:
        return Quote.objects.none()
    return Quote.objects.filter(supplements=order.quote_id).order_by("pk")


def vehicles_in_use(words: str) -> list[Vehicle]:
    """Up to two vehicles in use that fit: one is the one meant."""
    return list(vehicles.search(Vehicle.objects.filter(status=InUse.ACTIF), words).order_by("pk")[:2])


# --- Parts ------------------------------------------------------------------------------------------------------
def lacks_parts(order: RepairOrder) -> bool:
    return order.parts.filter(to_order__gt=0).exists()


def to_order(user: Any, words: str = "") -> QuerySet[RepairPart]:
    """What repairs wait for, by supplier and expected day; those nobody has ordered yet come first. Staff."""
    clients.require_staff(user)
    rows = RepairPart.objects.filter(to_order__gt=0).exclude(order__status__in=ENDED)
    if words:
        rows = rows.filter(
            Q(description__icontains=words) | Q(supplier__icontains=words) | Q(order__number__icontains=words)
            | Q(product__sku__icontains=words)
        )
    return rows.select_related("order__vehicle", "product").order_by(
        "supplier", F("expected_on").asc(nulls_first=True), "pk"
    )


def locked_to_order(pks: Iterable[int]) -> list[RepairPart]:
    """Missing parts, locked."""
    return list(RepairPart.objects.select_for_update().filter(pk__in=pks, to_order__gt=0).order_by("pk"))


# --- Mechanics and clocks ---------------------------------------------------------------------------------------
def mechanic_of(user: Any) -> Resource | None:
    """The mechanic whose account this is."""
    if not getattr(user, "pk", None):
        return None
    return Resource.objects.filter(user_id=user.pk, kind=Resource.Kind.MECANICIEN, is_active=True).first()


def mechanics() -> QuerySet[Resource]:
    return Resource.objects.filter(kind=Resource.Kind.MECANICIEN, is_active=True)


def locked_mechanic(pk: int) -> Resource | None:
    """A mechanic in use, locked: his clock starts and stops one at a time."""
    return mechanics().select_for_update().filter(pk=pk).first()


def running(mechanic_id: int) -> TimeEntry | None:
    return TimeEntry.objects.filter(mechanic_id=mechanic_id, ended_at=None).select_related("task__order").first()


def running_clocks() -> QuerySet[TimeEntry]:
    return TimeEntry.objects.filter(ended_at=None).select_related("task", "mechanic").order_by("pk")


def work_began(order: RepairOrder) -> bool:
    """Whether somebody worked on it: a clock ran, a task was done, a part left the shelf."""
    return begun(order.tasks.all(), order.parts.all())


def begun(tasks: QuerySet[RepairTask], parts: QuerySet[RepairPart]) -> bool:
    return (
        tasks.filter(Q(entries__isnull=False) | Q(status=RepairTask.Status.FAITE)).exists()
        or parts.filter(issued__gt=0).exists()
    )


def clocked_hours(tasks: list[RepairTask], now: Any = None) -> dict[int, Decimal]:
    """Hours on the clock by task, running ones counted until now. Tasks read by `with_details`."""
    now = now or timezone.now()
    found: dict[int, Decimal] = {}
    for task in tasks:
        seconds = sum(((entry.ended_at or now) - entry.started_at).total_seconds() for entry in task.entries.all())
        found[task.pk] = Decimal(seconds / 3600).quantize(Decimal("0.01"))
    return found


def progress(quote: Quote) -> dict[int, Progress]:
    """How far the work of a quote is, by the id of its line."""
    tasks = list(RepairTask.objects.filter(line__quote=quote).prefetch_related("entries"))
    hours = clocked_hours(tasks)
    found = {
        task.line_id: Progress(task.status == RepairTask.Status.FAITE, hours[task.pk], task.planned_hours)
        for task in tasks if task.line_id
    }
    for part in RepairPart.objects.filter(line__quote=quote, line__kind=LineKind.PIECE):
        if part.line_id:
            found[part.line_id] = Progress(pieces=part.issued)
    return found


# --- Money ------------------------------------------------------------------------------------------------------
def owed(order: RepairOrder) -> Decimal:
    """What is still to pay for this repair in euros, invoiced or not; zero without an accepted quote."""
    quote = order.quote
    if quote is None or quote.status not in (Quote.Status.ACCEPTE, Quote.Status.FACTURE):
        return ZERO
    return max(bills.balance(quote), ZERO)


# --- Readings ---------------------------------------------------------------------------------------------------
def set_aside(order: RepairOrder) -> list[OdometerReading]:
    """Readings taken for this order that cannot be right."""
    rows = OdometerReading.objects.filter(vehicle_id=order.vehicle_id, source=Source.ATELIER, note=order.number)
    return [row for row in rows if row.status == "ECARTEE"]


def odometer(quote: Quote) -> Dial | None:
    """What the odometer said when this quote's repair was handed over, else when it came in; not what the garage has
    decided to be wrong since."""
    order = RepairOrder.objects.filter(quote=quote).exclude(status=Status.ANNULE).first()
    if order is None:
        return None
    for km, at in ((order.odometer_out_km, order.handed_over_at), (order.odometer_km, order.received_at)):
        if km is None or at is None:
            continue
        dial = Dial(km, timezone.localtime(at).date())
        noted = OdometerReading.objects.filter(
            vehicle_id=order.vehicle_id, source=Source.ATELIER, km=dial.km, read_on=dial.on
        )
        if not noted.filter(reason_code__in=[Reason.GARAGE, Reason.REMPLACEE]).exists():
            return dial
    return None


# --- Lists and pages --------------------------------------------------------------------------------------------
def search(rows: QuerySet[RepairOrder], words: str) -> QuerySet[RepairOrder]:
    """By number, client, plate, or what was asked for."""
    found = Q(number__icontains=words) | Q(client__name__icontains=words) | Q(vehicle__plate__icontains=words)
    return rows.filter(found | Q(complaint__icontains=words) | Q(vehicle__model__icontains=words))


def at_work(user: Any) -> QuerySet[RepairOrder]:
    """Vehicles that are here, and those at the counter: an order opened by hand that nobody has received yet. Staff."""
    clients.require_staff(user)
    at_counter = Q(status=Status.OUVERT, quote=None)
    rows = visible_to(user).filter(Q(status__in=RepairOrder.HERE) | at_counter)
    return with_progress(rows).order_by(F("promised_at").asc(nulls_last=True), "pk")


def tasks_of(mechanic: Resource) -> QuerySet[RepairTask]:
    """A mechanic's open tasks on vehicles that are here, those promised first at the top."""
    rows = RepairTask.objects.filter(
        mechanic=mechanic, order__status__in=RepairOrder.HERE,
        status__in=[RepairTask.Status.A_FAIRE, RepairTask.Status.EN_COURS],
    )
    return rows.select_related("order__vehicle").order_by(
        F("order__promised_at").asc(nulls_last=True), "order_id", "position"
    )


def mine(user: Any) -> QuerySet[RepairOrder]:
    """Of this person and his companies, also for staff."""
    linked = Q(client__user=user) | Q(client__company__in=user.memberships.values("company"))
    rows = RepairOrder.objects.filter(linked).exclude(status=Status.ANNULE)
    return rows.select_related("vehicle").order_by("-pk")


def with_progress(rows: QuerySet[RepairOrder]) -> QuerySet[RepairOrder]:
    """`tasks_in_all` and `tasks_done` on each row, for lists."""
    kept = ~Q(tasks__status=RepairTask.Status.RAYEE)
    return rows.annotate(
        tasks_in_all=Count("tasks", filter=kept, distinct=True),
        tasks_done=Count("tasks", filter=Q(tasks__status=RepairTask.Status.FAITE), distinct=True),
    )


def with_details(rows: QuerySet[RepairOrder]) -> QuerySet[RepairOrder]:
    """Everything an order's page or JSON shows, in a fixed number of queries."""
    return rows.select_related("client", "vehicle", "mechanic", "quote", "appointment").prefetch_related(
        Prefetch("tasks", RepairTask.objects.select_related("mechanic")),
        Prefetch("tasks__entries", TimeEntry.objects.select_related("mechanic").order_by("started_at")),
        Prefetch("parts", RepairPart.objects.select_related("product")),
        Prefetch("inspections", Inspection.objects.prefetch_related("photos")),
        Prefetch("photos", RepairPhoto.objects.filter(inspection__isnull=True)),
        Prefetch("history", RepairOrderChange.objects.select_related("by")),
    )


def detailed(user: Any, pk: Any, right: str = "read") -> RepairOrder:
    order = get_for(user, pk, right)
    return with_details(RepairOrder.objects.filter(pk=order.pk)).get()


def section(user: Any) -> list[dict[str, Any]]:
    """For the export of a person's data."""
    rows = RepairOrder.objects.filter(client__user=user).select_related("vehicle").prefetch_related("tasks")
    return [
        {
            "number": row.number, "vehicle": row.vehicle.plate, "status": row.status, "complaint": row.complaint,
            "odometer_km": row.odometer_km, "tasks": [task.description for task in row.tasks.all()],
            "created_at": row.created_at.isoformat(),
            "handed_over_at": row.handed_over_at and row.handed_over_at.isoformat(),
        }
        for row in rows.order_by("pk")
    ]
