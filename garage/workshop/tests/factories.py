"""Repair orders for the tests."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from config.lib.actors import SYSTEM
from garage.clients.tests.factories import client_of
from garage.quotes.tests.factories import LABOUR, accept, part, quote_of
from garage.vehicles.tests.factories import vehicle_of
from garage.workshop import services
from garage.workshop.models import RepairOrder, Resource
from shop.catalogue.tests.factories import make_product


def mechanic_of(user=None, name="Momo"):
    return Resource.objects.create(kind="MECANICIEN", name=name, user=user)


def order_of(user=None, *, lines=None, vehicle=None) -> RepairOrder:
    """The order that an accepted quote opened: two tasks, no part."""
    lines = [LABOUR, {**LABOUR, "description": "Freins", "quantity": "2"}] if lines is None else lines
    quote = quote_of(user, lines=lines, vehicle=vehicle, sent=True)
    accept(quote)
    return RepairOrder.objects.get(quote=quote)


def order_with_part(user=None, *, stock=5, quantity=2, **values):
    """(order, part): one task and one part from the shop."""
    product = make_product(stock=stock, **values)
    order = order_of(user, lines=[LABOUR, part(product, quantity=quantity)])
    return order, order.parts.get()


def order_by_hand(user=None, **values) -> RepairOrder:
    vehicle = vehicle_of(client_of(user))
    return services.open_order(actor=SYSTEM, vehicle_id=vehicle.pk, **values)


def received(order: RepairOrder, **values) -> RepairOrder:
    return services.receive_vehicle(actor=SYSTEM, order_id=order.pk, odometer_km=42_000, **values)


def picture(name="vue.jpg"):
    """A photo as a phone makes it: large, with the place in its metadata."""
    image = Image.new("RGB", (2400, 1800), "#0B6E4F")
    exif = image.getexif()
    exif[0x010F] = "Maker"
    exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/jpeg")


def repair_world(client) -> dict:
    """One thing of each kind for the table of rights (config/tests/test_permissions.py)."""
    vehicle = vehicle_of(client, plate="RP-246-AR")
    order = received(order_of(vehicle=vehicle, lines=[LABOUR, part(make_product(stock=1))]), photos=[picture()])
    task = order.tasks.get()
    mechanic = mechanic_of()
    services.start_clock(actor=SYSTEM, task_id=task.pk, mechanic_id=mechanic.pk)
    entry = services.stop_clock(actor=SYSTEM, mechanic_id=mechanic.pk)
    return {
        "repair": order.pk, "repair_task": task.pk, "repair_part": order.parts.get().pk, "repair_time": entry.pk,
        "repair_point": order.inspections.first().pk, "repair_photo": order.photos.get().pk,
        "repair_verb": "reprendre", "task_verb": "terminer", "part_verb": "sortir",
    }
