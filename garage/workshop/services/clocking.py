"""Tasks and the mechanics' clocks on them. A mechanic has one clock running at most: his row is locked before it is
started or stopped, and a constraint stands under it."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from config.lib.actors import Actor
from config.lib.errors import Invalid, NotFound
from garage.clients import queries as clients
from garage.workshop import rules_repairs as rules
from garage.workshop.models import RepairOrder, RepairTask, Resource, TimeEntry
from garage.workshop.queries import repair_times as times
from garage.workshop.queries import repairs as queries
from garage.workshop.services.opening import add_tasks

Status = RepairOrder.Status
WORKABLE = (Status.RECU, Status.EN_COURS, Status.ATTENTE_ACCORD, Status.ATTENTE_PIECES)


def _mechanic(actor: Actor, mechanic_id: int | None) -> Resource:
    """Whose clock it is, locked: the one named, else the actor's own. NoMechanic; Invalid on `mechanic`."""
    if mechanic_id is None:
        own = queries.mechanic_of(actor)
        if own is None:
            raise rules.NoMechanic
        mechanic_id = own.pk
    mechanic = queries.locked_mechanic(mechanic_id)
    if mechanic is None:
        raise Invalid(errors={"mechanic": [_("This mechanic does not exist.")]})
    return mechanic


def _end(entry: TimeEntry, at: datetime, *, forgotten: bool = False) -> None:
    entry.ended_at, entry.forgotten = max(at, entry.started_at), forgotten
    entry.save(update_fields=["ended_at", "forgotten"])


@transaction.atomic
def start_clock(*, actor: Actor, task_id: int, mechanic_id: int | None = None) -> TimeEntry:
    """A mechanic begins, or goes on with, a task; his clock on another one stops. The first start takes the order to
    work. Starting what runs already changes nothing. NotFound, Forbidden, NotHere, NoMechanic, Invalid."""
    task = queries.task_for_staff(actor, task_id)
    order = task.order
    if order.status not in WORKABLE:
        raise rules.NotHere
    mechanic = _mechanic(actor, mechanic_id)
    now = timezone.now()
    running = queries.running(mechanic.pk)
    if running is not None:
        if running.task_id == task.pk:
            return running
        _end(running, now)
    if task.status != RepairTask.Status.EN_COURS:
        task.status, task.done_at, task.struck_reason = RepairTask.Status.EN_COURS, None, ""
    task.mechanic = mechanic
    task.save(update_fields=["status", "done_at", "struck_reason", "mechanic"])
    if order.status == Status.RECU:
        order.move(Status.EN_COURS, actor=actor)
    return TimeEntry.objects.create(task=task, mechanic=mechanic, started_at=now)


@transaction.atomic
def stop_clock(*, actor: Actor, mechanic_id: int | None = None) -> TimeEntry | None:
    """Stop a mechanic's running clock; None when none runs. Forbidden, NoMechanic, Invalid."""
    clients.require_staff(actor)
    running = queries.running(_mechanic(actor, mechanic_id).pk)
    if running is not None:
        _end(running, timezone.now())
    return running


@transaction.atomic
def finish_task(*, actor: Actor, task_id: int) -> RepairTask:
    """The task is done; clocks on it stop. Twice is fine. NotFound, Forbidden, NotHere."""
    return _close(actor, task_id, RepairTask.Status.FAITE, "")


@transaction.atomic
def strike_task(*, actor: Actor, task_id: int, reason: str) -> RepairTask:
    """The task is not done, and why; clocks on it stop. NotFound, Forbidden, NotHere, Invalid on `reason`."""
    reason = rules.clean_text(reason, 300)
    if not reason:
        raise Invalid(errors={"reason": [_("Say why.")]})
    return _close(actor, task_id, RepairTask.Status.RAYEE, reason)


def _close(actor: Actor, task_id: int, status: str, reason: str) -> RepairTask:
    task = queries.task_for_staff(actor, task_id)
    if task.order.status not in WORKABLE:
        raise rules.NotHere
    close_task(task=task, status=status, reason=reason)
    return task


def close_task(*, task: RepairTask, status: str, reason: str) -> None:
    """End a locked task and the clocks on it."""
    now = timezone.now()
    for entry in task.entries.filter(ended_at=None):
        _end(entry, now)
    if task.status != status:
        task.status, task.struck_reason, task.done_at = status, reason, now
        task.save(update_fields=["status", "struck_reason", "done_at"])


@transaction.atomic
def reopen_task(*, actor: Actor, task_id: int) -> RepairTask:
    """Done or struck off by mistake: to do again. NotFound, Forbidden, NotHere."""
    task = queries.task_for_staff(actor, task_id)
    if task.order.status not in WORKABLE:
        raise rules.NotHere
    task.status, task.struck_reason, task.done_at = RepairTask.Status.A_FAIRE, "", None
    task.save(update_fields=["status", "struck_reason", "done_at"])
    return task


@transaction.atomic
def add_task(*, actor: Actor, order_id: int, description: str, planned_hours: Any = 0) -> RepairTask:
    """A task of the garage's own (a road test), not on any quote: what the client pays for is extra work.
    NotFound, Forbidden, OrderEnded, Invalid."""
    description = rules.clean_text(description, 200)
    if not description:
        raise Invalid(errors={"description": [_("Say what is to be done.")]})
    hours = rules.positive("planned_hours", planned_hours, rules.MOST_HOURS) if planned_hours else Decimal(0)
    order = queries.locked_for_staff(actor, order_id)
    if order.status in (*queries.ENDED, Status.PRET):
        raise rules.OrderEnded
    task = RepairTask(description=description, planned_hours=hours)
    add_tasks(order=order, tasks=[task])
    return task


@transaction.atomic
def assign(*, actor: Actor, order_id: int, mechanic_id: int | None) -> RepairOrder:
    """Who works on it: the order and its tasks that nobody has. NotFound, Forbidden, Invalid on `mechanic`."""
    order = queries.locked_for_staff(actor, order_id)
    mechanic = queries.mechanics().filter(pk=mechanic_id).first() if mechanic_id else None
    if mechanic_id and mechanic is None:
        raise Invalid(errors={"mechanic": [_("This mechanic does not exist.")]})
    order.mechanic = mechanic
    order.save(update_fields=["mechanic", "updated_at"])
    order.tasks.filter(status=RepairTask.Status.A_FAIRE).update(mechanic=mechanic)
    return order


@transaction.atomic
def correct_time(*, actor: Actor, entry_id: int, started_at: datetime, ended_at: datetime) -> TimeEntry:
    """Staff put a stopped clock right, a forgotten one above all. NotFound, Forbidden, Invalid on `ended_at`."""
    clients.require_staff(actor)
    entry = TimeEntry.objects.filter(pk=entry_id, ended_at__isnull=False).first()
    if entry is None:
        raise NotFound
    queries.locked_mechanic(entry.mechanic_id)
    if not started_at < ended_at <= timezone.now():
        raise Invalid(errors={"ended_at": [_("The end comes after the beginning, and has passed.")]})
    entry.started_at, entry.ended_at, entry.forgotten = started_at, ended_at, False
    entry.save(update_fields=["started_at", "ended_at", "forgotten"])
    return entry


def stop_forgotten_clocks(*, now: datetime | None = None) -> int:
    """Stop the clocks that ran past closing time, at that time, and mark them; how many. A job, safe to run twice."""
    now = timezone.localtime(now)
    return sum(_stop_forgotten(entry.pk, entry.mechanic_id, now) for entry in queries.running_clocks())


@transaction.atomic
def _stop_forgotten(pk: int, mechanic_id: int, now: datetime) -> bool:
    queries.locked_mechanic(mechanic_id)
    entry = queries.running(mechanic_id)
    if entry is None or entry.pk != pk:
        return False
    started = timezone.localtime(entry.started_at)
    ended = rules.stop_of_forgotten(started, times.closing_time(started.date(), mechanic_id), now)
    if ended is None:
        return False
    _end(entry, ended, forgotten=True)
    return True


__all__ = [
    "add_task", "assign", "close_task", "correct_time", "finish_task", "reopen_task", "start_clock", "stop_clock",
    "stop_forgotten_clocks", "strike_task",
]
