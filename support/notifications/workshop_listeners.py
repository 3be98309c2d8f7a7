"""What is told of appointments, repairs and alerts of the garage."""

from collections import Counter
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from garage.alerts.events import alert_raised
from garage.alerts.models import OF_OWNERS, Alert
from garage.clients import queries as clients
from garage.clients.models import Agreement
from garage.quotes.models import Quote
from garage.vehicles.models import Status as VehicleStatus
from garage.vehicles.models import Vehicle
from garage.workshop.events import appointment_moved, appointment_reminder_due, repair_order_moved, repair_slips
from garage.workshop.models import Appointment, AppointmentChange, RepairOrder, RepairOrderChange
from support.notifications.garage_people import name_of, staff, tell_garage
from support.notifications.wording import shown

REPAIRS_TOLD = (
    RepairOrder.Status.RECU, RepairOrder.Status.PRET, RepairOrder.Status.RENDU, RepairOrder.Status.ANNULE,
)


def _appointment(row: Appointment) -> dict[str, Any]:
    return {"at": row.starts_at, "vehicle": name_of(row.vehicle), "reason": row.reason}


def _file(vehicle: Vehicle) -> str:
    return reverse("garage:vehicle", args=[vehicle.pk])


def _repair(order: RepairOrder) -> str:
    return reverse("garage:my_repair", args=[order.pk])


@appointment_moved.listener
def tell_of_appointment(*, appointment_id: int, from_status: str, to_status: str, change_id: int) -> None:
    """Nothing about one that is over: it was only noted. Nor of another lift or mechanic: only a new time says when it
    was before (workshop.services.move_appointment)."""
    change = AppointmentChange.objects.select_related("subject__client__user", "subject__vehicle", "by").get(
        pk=change_id
    )
    row = change.subject
    if to_status == Appointment.Status.CONFIRME:
        news = "changed" if from_status else "new"
    else:
        news = to_status
    if row.ends_at < timezone.now() or (news == "changed" and not change.reason):
        return
    by_client = change.by is not None and not clients.works_here(change.by)
    tell_garage(
        thing="appointment", status=news, key=str(change_id), client=row.client,
        people=staff() if by_client else [], page=reverse("garage:appointment", args=[row.pk]),
        staff_url=reverse("garage:appointment", args=[row.pk]), **_appointment(row),
    )


@appointment_reminder_due.listener
def remind_of_appointment(*, appointment_id: int) -> None:
    row = Appointment.objects.select_related("client__user", "vehicle").get(pk=appointment_id)
    if row.status == Appointment.Status.CONFIRME:
        key = f"{appointment_id}:{row.starts_at.timestamp():.0f}"
        page = reverse("garage:appointment", args=[row.pk])
        tell_garage(thing="appointment", status="reminder", key=key, client=row.client, page=page, **_appointment(row))


@repair_order_moved.listener
def tell_of_repair(*, repairorder_id: int, from_status: str, to_status: str, change_id: int) -> None:
    """The wait for consent is told by the quote of the extra work, the end of a withdrawn quote by its receipt."""
    change = RepairOrderChange.objects.select_related("subject__client__user", "subject__vehicle").get(pk=change_id)
    order = change.subject
    quote = Quote.objects.filter(pk=order.quote_id).first()
    withdrawn = to_status == RepairOrder.Status.ANNULE and quote is not None and quote.status == Quote.Status.REFUSE
    if to_status not in REPAIRS_TOLD or withdrawn:
        return
    promise: Any = ""
    if order.promised_at:
        promise = lazy(_promise, str)(order)
    tell_garage(
        thing="repair", status=to_status, key=str(change_id), client=order.client, number=order.number,
        vehicle=name_of(order.vehicle), page=_repair(order), at=order.received_at or change.at, promise=promise,
    )


def _promise(order: RepairOrder) -> str:
    return str(_("Promised for %(promised)s.")) % {"promised": shown(order.promised_at)}


@repair_slips.listener
def tell_of_slip(*, repairorder_id: int) -> None:
    order = RepairOrder.objects.select_related("client__user", "vehicle").get(pk=repairorder_id)
    if order.status in RepairOrder.HERE and order.promised_at and order.status != RepairOrder.Status.PRET:
        tell_garage(
            thing="repair", status="slips", key=f"{repairorder_id}:{order.promised_at.timestamp():.0f}",
            client=order.client, people=staff(), page=_repair(order), number=order.number,
            staff_url=reverse("garage:repair_order", args=[order.pk]), vehicle=name_of(order.vehicle),
            promised=order.promised_at,
        )


@alert_raised.listener
def tell_of_alert(*, alert_id: int, days: int) -> None:
    """The owner, who may have said that he wants no reminders. Staff get one message for all of a day
    (tell_alert_digest)."""
    alert = Alert.objects.select_related("vehicle__client__user", "item").get(pk=alert_id)
    vehicle = alert.vehicle
    if vehicle is None or alert.kind not in OF_OWNERS or alert.done_at or vehicle.status != VehicleStatus.ACTIF:
        return
    if not clients.agrees(vehicle.client, Agreement.RAPPELS):
        return
    by_km = alert.due_km is not None and (alert.by_km or alert.due_on is None)
    tell_garage(
        thing="alert", status=("soon" if days else "due") + ("_km" if by_km else ""), key=f"{alert_id}:{days}",
        client=vehicle.client, page=_file(vehicle), what=lazy(lambda: alert.title, str)(), vehicle=name_of(vehicle),
        day=alert.due_on or "", km=lazy(lambda: number_format(alert.due_km, force_grouping=True), str)(),
    )


def tell_alert_digest() -> int:
    """Tell staff in one message what came up since yesterday and is still open; returns how many alerts."""
    since = timezone.now() - timedelta(days=1)
    rows = Alert.objects.filter(steps__at__gte=since, done_at=None).distinct()
    counted = Counter(rows.values_list("kind", flat=True))
    if counted:
        labels = dict(Alert._meta.get_field("kind").flatchoices)
        kinds = lazy(lambda: ", ".join(f"{labels[kind]} {n}" for kind, n in counted.most_common()), str)()
        day = timezone.localdate().isoformat()
        tell_garage(
            thing="alerts", status="digest", key=day, people=staff(), count=sum(counted.values()), kinds=kinds
        )
    return sum(counted.values())
