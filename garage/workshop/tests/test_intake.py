from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from config.lib.actors import SYSTEM
from config.lib.errors import Forbidden, IllegalMove, Invalid, NotFound
from garage.vehicles.services import record_reading
from garage.workshop import checklists, services
from garage.workshop.models import RepairOrder, RepairPhoto
from garage.workshop.rules_repairs import NotHere, OrderEnded
from garage.workshop.tests.factories import order_of, picture, received

pytestmark = pytest.mark.django_db
MARK = {"view": "LEFT", "kind": "SCRATCH", "x": 120, "y": 300, "note": "porte"}
STROKES = [[[10, 10], [20, 30]], [[40, 40], [50, 50]]]


@pytest.fixture(autouse=True)
def _private(tmp_path, settings):
    settings.PRIVATE_ROOT = tmp_path


def test_staff_take_the_vehicle_in(alice, dora):
    order = order_of(alice)
    services.receive_vehicle(
        actor=dora, order_id=order.pk, odometer_km=42_000, fuel=3, damage=[MARK], belongings=" Siège enfant ",
        signed_by="Alice Martin", strokes=STROKES, photos=[picture(), picture()],
    )
    order.refresh_from_db()
    assert (order.status, order.odometer_km, order.fuel) == (RepairOrder.Status.RECU, 42_000, 3)
    assert (order.damage, order.belongings, order.intake_strokes) == ([MARK], "Siège enfant", STROKES)
    assert order.received_at
    assert order.photos.count() == 2
    order.vehicle.refresh_from_db()
    assert order.vehicle.odometer_km == 42_000
    assert order.vehicle.readings.get().source == "ATELIER"


def test_pictures_are_small_and_tell_nothing_of_the_phone(alice, dora):
    received(order := order_of(alice), photos=[picture()])
    with Image.open(order.photos.get().file) as image:
        assert max(image.size) <= 1600
        assert not image.getexif()


def test_a_reading_that_cannot_be_right_does_not_stop_the_intake(alice):
    order = order_of(alice)
    record_reading(
        actor=SYSTEM, vehicle_id=order.vehicle_id, km=90_000, source="FACTURE",
        read_on=timezone.localdate() - timedelta(days=30),
    )
    received(order)
    order.refresh_from_db()
    assert order.status == RepairOrder.Status.RECU
    order.vehicle.refresh_from_db()
    assert order.vehicle.odometer_km == 90_000
    assert order.vehicle.readings.get(source="ATELIER").status == "ECARTEE"


@pytest.mark.parametrize("field,values", [
    ("odometer_km", {"odometer_km": -1}), ("odometer_km", {"odometer_km": 10**9}), ("fuel", {"fuel": 9}),
    ("signed_by", {"strokes": STROKES}), ("damage", {"damage": [{"view": "ROOF", "kind": "DENT"}]}),
    ("damage", {"damage": ["x"]}), ("damage", {"damage": [MARK] * 100}), ("signature", {"strokes": [["x"]], "signed_by": "A"}),
    ("photos", {"photos": [SimpleUploadedFile("a.jpg", b"<html>")]}), ("photos", {"photos": [None] * 13}),
])
def test_bad_input_is_named_and_changes_nothing(alice, field, values):
    order = order_of(alice)
    with pytest.raises(Invalid) as refused:
        services.receive_vehicle(**{"actor": SYSTEM, "order_id": order.pk, "odometer_km": 1, **values})
    assert field in refused.value.errors
    order.refresh_from_db()
    assert order.status == RepairOrder.Status.OUVERT
    assert not order.vehicle.readings.exists()


def test_a_mark_without_a_place_is_kept(alice):
    order = order_of(alice)
    received(order, damage=[{"view": "TOP", "kind": "DENT", "x": "3", "y": None, "note": "a\x00b"}])
    order.refresh_from_db()
    assert order.damage == [{"view": "TOP", "kind": "DENT", "note": "ab", "x": None, "y": None}]


def test_only_staff_and_only_once(alice, charlie, dora):
    order = order_of(alice)
    for person, refusal in ((alice, Forbidden), (charlie, NotFound)):
        with pytest.raises(refusal):
            services.receive_vehicle(actor=person, order_id=order.pk, odometer_km=1)
    received(order)
    with pytest.raises(IllegalMove):
        services.receive_vehicle(actor=dora, order_id=order.pk, odometer_km=1)


def test_the_checklist_is_that_of_the_kind(alice):
    order = order_of(alice)
    type(order.vehicle).objects.update(kind="DEUX_ROUES")
    received(order)
    codes = [point.code for point in order.inspections.all()]
    assert codes == [code for code, _name in checklists.POINTS["DEUX_ROUES"]]
    assert "chain" in codes
    assert "wipers" not in codes


def test_points_are_noted_with_photos(alice, dora, charlie):
    order = order_of(alice)
    received(order)
    point = order.inspections.first()
    services.note_point(actor=dora, point_id=point.pk, state="ROUGE", note="usé", photos=[picture()])
    services.note_point(actor=dora, point_id=point.pk, state="ORANGE")
    point.refresh_from_db()
    assert (point.state, point.note, point.by, point.photos.count()) == ("ORANGE", "usé", dora, 1)
    for person, refusal in ((alice, Forbidden), (charlie, NotFound)):
        with pytest.raises(refusal):
            services.note_point(actor=person, point_id=point.pk, state="VERT")
    with pytest.raises(Invalid):
        services.note_point(actor=dora, point_id=point.pk, state="BLEU")
    RepairOrder.objects.update(status="RENDU")
    with pytest.raises(NotHere):
        services.note_point(actor=dora, point_id=point.pk, state="VERT")


def test_photos_are_added_and_taken_away(alice, dora, tmp_path, commit):
    order, other = order_of(alice), 999
    [photo] = services.add_photos(actor=dora, order_id=order.pk, photos=[picture()], note="roue")
    assert len(list(tmp_path.rglob("*.jpg"))) == 1
    with pytest.raises(Invalid):
        services.add_photos(actor=dora, order_id=order.pk, photos=[picture()], inspection_id=other)
    with commit():
        services.remove_photo(actor=dora, order_id=order.pk, photo_id=photo.pk)
    assert not RepairPhoto.objects.exists()
    assert not list(tmp_path.rglob("*.jpg"))
    RepairOrder.objects.update(status="RENDU")
    with pytest.raises(OrderEnded):
        services.add_photos(actor=dora, order_id=order.pk, photos=[picture()])
