"""The workshop in the demo: a car being repaired with extra work to answer, a scooter that is ready."""

import io
from datetime import datetime, time, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw

from config.demo.people import Cast
from config.lib.actors import SYSTEM
from config.lib.holidays import working_day
from garage.quotes import services as quotes
from garage.vehicles.models import Vehicle
from garage.workshop import services
from garage.workshop.models import RepairOrder, Resource
from garage.workshop.services.resources import save_resource
from shop.catalogue.models import Product

STROKES = [
    [[120, 620], [180, 300], [240, 640], [300, 420], [360, 600]], [[400, 560], [520, 500], [640, 580], [860, 430]],
]
CAR_POINTS = [
    ("lights", "VERT", ""), ("tyres_front", "ORANGE", "3 mm, à prévoir avant l’hiver"), ("tyres_rear", "VERT", ""),
    ("brakes_front", "ROUGE", "plaquettes à 2 mm"), ("battery", "VERT", ""), ("wipers", "VERT", ""),
]


def _photo(colour: str) -> SimpleUploadedFile:
    """A flat drawing of a dented door."""
    image = Image.new("RGB", (640, 480), colour)
    pen = ImageDraw.Draw(image)
    pen.rectangle((80, 60, 560, 430), outline="#1F2933", width=6)
    pen.ellipse((260, 220, 380, 300), fill="#1F2933")
    out = io.BytesIO()
    image.save(out, "JPEG")
    return SimpleUploadedFile("photo.jpg", out.getvalue(), content_type="image/jpeg")


def _order(plate: str, signed_by: str, lines: list[dict]) -> RepairOrder:
    vehicle = Vehicle.objects.get(plate=plate)
    quote = quotes.create_quote(actor=SYSTEM, client_id=vehicle.client_id, vehicle_id=vehicle.pk, lines=lines)
    quotes.accept_quote(
        actor=SYSTEM, quote_id=quote.pk, signed_by=signed_by, reused_parts=False, channel="COMPTOIR",
        signature=STROKES,
    )
    return RepairOrder.objects.get(quote=quote)


def _labour(description: str, skill: str, hours: str) -> dict:
    return {"kind": "MAIN_OEUVRE", "description": description, "skill": skill, "quantity": hours}


def _part(sku: str, quantity: int) -> dict:
    return {"kind": "PIECE", "product_id": Product.objects.get(sku=sku).pk, "quantity": quantity}


def _mechanic() -> Resource:
    found = Resource.objects.filter(kind=Resource.Kind.MECANICIEN, is_active=True).order_by("position", "pk").first()
    return found or save_resource(actor=SYSTEM, kind=Resource.Kind.MECANICIEN, name="Mohamed Haddad")


def repairs(cast: Cast) -> None:
    """Charlie's car in the middle of its repair; Karim's scooter ready to be fetched."""
    _car(_mechanic())
    _scooter(_mechanic())


def _evening() -> datetime:
    """Five o'clock on a day of work the day after tomorrow or later."""
    day = working_day(timezone.localdate() + timedelta(days=2))
    return timezone.make_aware(datetime.combine(day, time(17)))


def _car(mechanic: Resource) -> None:
    order = _order("AB-123-CD", "Charlie Nguyen", [
        _labour("Révision des 70 000 km", "T1", "1.50"), _labour("Remplacement du kit d’embrayage", "T2", "4.50"),
        _part("F-002", 1), _part("F-003", 1),
        {"kind": "PIECE", "description": "Kit d’embrayage", "quantity": "1", "unit_price": "289.00"},
    ])
    about = {"actor": SYSTEM, "order_id": order.pk}
    services.receive_vehicle(
        **about, odometer_km=68_640, fuel=3, belongings="Siège enfant, badge de parking", signed_by="Charlie Nguyen",
        strokes=STROKES, photos=[_photo("#A9513B"), _photo("#5E93B3")],
        damage=[
            {"view": "LEFT", "kind": "DENT", "x": 460, "y": 560, "note": "porte avant"},
            {"view": "REAR", "kind": "SCRATCH", "x": 640, "y": 740, "note": "pare-chocs"},
        ],
    )
    services.assign(**about, mechanic_id=mechanic.pk)
    services.promise(**about, promised_at=_evening())
    for code, state, note in CAR_POINTS:
        point = order.inspections.get(code=code)
        services.note_point(actor=SYSTEM, point_id=point.pk, state=state, note=note)
    services.mark_ordered(
        actor=SYSTEM, part_ids=[part.pk for part in order.parts.filter(to_order__gt=0)], supplier="Autodistrib Paris",
        expected_on=timezone.localdate() + timedelta(days=1),
    )
    first, _second = order.tasks.all()
    services.start_clock(actor=SYSTEM, task_id=first.pk, mechanic_id=mechanic.pk)
    for part in order.parts.filter(reserved__gt=0):
        services.issue_part(actor=SYSTEM, part_id=part.pk)
    services.propose_extra_work(**about, lines=[
        _labour("Plaquettes avant à remplacer", "T2", "1.00"), _part("F-001", 1),
    ])


def _scooter(mechanic: Resource) -> None:
    order = _order("FG-456-HJ", "Karim Benali", [_labour("Révision du scooter", "T1", "1.00"), _part("F-008", 1)])
    services.receive_vehicle(
        actor=SYSTEM, order_id=order.pk, odometer_km=8_420, fuel=5, signed_by="Karim Benali", strokes=STROKES
    )
    for point in order.inspections.all():
        services.note_point(actor=SYSTEM, point_id=point.pk, state="VERT")
    for part in order.parts.all():
        services.issue_part(actor=SYSTEM, part_id=part.pk)
    for task in order.tasks.all():
        services.finish_task(actor=SYSTEM, task_id=task.pk)
    services.mark_ready(actor=SYSTEM, order_id=order.pk)
