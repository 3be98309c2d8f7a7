"""The vehicle comes in: what its owner and we saw on it, signed, with photos."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from config.lib.actors import Actor, actor_user
from config.lib.errors import Invalid
from delivery.deliveries import evidence
from garage.quotes.strokes import clean as clean_strokes
from garage.vehicles.models import Source
from garage.vehicles.services import record_reading
from garage.workshop import checklists
from garage.workshop import rules_repairs as rules
from garage.workshop.models import Appointment, Inspection, RepairOrder, RepairPhoto
from garage.workshop.queries import appointments
from garage.workshop.queries import repairs as queries

MOST_AT_ONCE, MOST_OF_ORDER = 12, 80


def receive_vehicle(
    *, actor: Actor, order_id: int, odometer_km: int, fuel: int | None = None, damage: list[Any] | None = None,
    belongings: str = "", signed_by: str = "", strokes: list[Any] | None = None, photos: Sequence[Any] = (),
) -> RepairOrder:
    """Staff take the vehicle in: odometer in km, fuel or charge in eighths, marks on the sketch, the owner's strokes.
    The checklist of its kind is laid out, and the reading kept with its source; one that cannot be right is set aside
    there and does not stop the intake.

    NotFound, Forbidden, IllegalMove, Invalid on the field. Pictures are made small before the transaction begins.
    """
    queries.get_for(actor, order_id, "write")
    errors = {}
    if not 0 <= odometer_km <= rules.MOST_KM:
        errors["odometer_km"] = [_("Give the kilometres on the dashboard.")]
    if fuel is not None and not 0 <= fuel <= 8:
        errors["fuel"] = [_("Choose from empty to full.")]
    if strokes and not signed_by.strip():
        errors["signed_by"] = [_("Write the name of who signs.")]
    if errors:
        raise Invalid(errors=errors)
    marks = rules.clean_damage(damage or [])
    drawn = clean_strokes(strokes)
    return _receive(
        actor=actor, order_id=order_id, pictures=_small(photos), values={
            "odometer_km": odometer_km, "fuel": fuel, "damage": marks, "intake_strokes": drawn,
            "belongings": rules.clean_text(belongings, 300), "intake_signed_by": rules.clean_text(signed_by, 120),
        },
    )


@transaction.atomic
def _receive(*, actor: Actor, order_id: int, values: dict[str, Any], pictures: list[bytes]) -> RepairOrder:
    order = queries.locked_for_staff(actor, order_id)
    order.move(RepairOrder.Status.RECU, actor=actor, received_at=timezone.now(), **values)
    _note_arrival(actor=actor, order=order)
    _keep(actor=actor, order=order, pictures=pictures)
    lay_out_checklist(order=order)
    record_reading(
        actor=actor, vehicle_id=order.vehicle_id, km=values["odometer_km"], read_on=timezone.localdate(),
        source=Source.ATELIER, note=order.number,
    )
    return order


def _note_arrival(*, actor: Actor, order: RepairOrder) -> None:
    """Its appointment, or the one of its quote that nobody has seen arrive, has come."""
    gone = order.appointment is None or order.appointment.status == Appointment.Status.ANNULE
    if gone and order.quote is not None:
        order.appointment = queries.appointment_of(order.quote)
        order.save(update_fields=["appointment", "updated_at"])
    if order.appointment_id:
        appointment = appointments.locked(order.appointment_id)
        if appointment.can_move(Appointment.Status.ARRIVE):
            appointment.move(Appointment.Status.ARRIVE, actor=actor)


def lay_out_checklist(*, order: RepairOrder) -> None:
    """The points to look at on this kind of vehicle, once."""
    points = checklists.POINTS[order.vehicle.kind]
    Inspection.objects.bulk_create(
        [Inspection(order=order, position=n, code=code, label=str(name)) for n, (code, name) in enumerate(points)],
        ignore_conflicts=True,
    )


# --- Photos -----------------------------------------------------------------------------------------------------
def add_photos(
    *, actor: Actor, order_id: int, photos: Sequence[Any], note: str = "", inspection_id: int | None = None,
) -> list[RepairPhoto]:
    """Staff keep pictures of the vehicle, or of a point of its checklist, as JPEG without the phone's metadata.

    NotFound, Forbidden, OrderEnded, Invalid on `photos`.
    """
    queries.get_for(actor, order_id, "write")
    if not photos:
        raise Invalid(errors={"photos": [_("Choose a photo.")]})
    pictures = _small(photos)
    with transaction.atomic():
        order = queries.locked_for_staff(actor, order_id)
        if order.status in queries.ENDED:
            raise rules.OrderEnded
        point = None
        if inspection_id is not None:
            point = order.inspections.filter(pk=inspection_id).first()
            if point is None:
                raise Invalid(errors={"inspection": [_("This is not a point of the checklist.")]})
        return _keep(actor=actor, order=order, pictures=pictures, note=note, point=point)


@transaction.atomic
def remove_photo(*, actor: Actor, order_id: int, photo_id: int) -> None:
    """Staff take a picture away while the vehicle is here; its file goes too. NotFound, Forbidden, OrderEnded."""
    order = queries.locked_for_staff(actor, order_id)
    if order.status in queries.ENDED:
        raise rules.OrderEnded
    photo = queries.photo_for(actor, order_id, photo_id)
    file = photo.file
    photo.delete()
    transaction.on_commit(lambda: file.delete(save=False))


def _small(photos: Sequence[Any]) -> list[bytes]:
    if len(photos) > MOST_AT_ONCE:
        raise Invalid(errors={"photos": [_("At most %d photos at once.") % MOST_AT_ONCE]})
    try:
        return [evidence.photo(upload).data for upload in photos]
    except Invalid as error:
        raise Invalid(errors={"photos": error.errors["photo"]}) from error


def _keep(
    *, actor: Actor, order: RepairOrder, pictures: list[bytes], note: str = "", point: Inspection | None = None,
) -> list[RepairPhoto]:
    if pictures and RepairPhoto.objects.filter(order=order).count() + len(pictures) > MOST_OF_ORDER:
        raise Invalid(errors={"photos": [_("At most %d photos of one repair.") % MOST_OF_ORDER]})
    kept = []
    for data in pictures:
        photo = RepairPhoto(order=order, inspection=point, note=rules.clean_text(note, 200), by=actor_user(actor))
        photo.file.save(f"{order.pk}-{uuid4().hex}.jpg", ContentFile(data), save=False)
        photo.save()
        kept.append(photo)
    return kept
