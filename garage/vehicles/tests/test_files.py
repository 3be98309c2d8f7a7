from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from config.lib.testing import api, browser
from garage.clients.tests.factories import client_of
from garage.vehicles import services
from garage.vehicles.models import VehicleFile
from garage.vehicles.tests.factories import vehicle_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _private(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path


@pytest.fixture
def car(alice):
    return vehicle_of(client_of(alice))


def picture(name="IMG_001.jpg"):
    image, out = Image.new("RGB", (2400, 1200), "#0B6E4F"), BytesIO()
    exif = image.getexif()
    exif[0x010F] = "SecretPhone"
    image.save(out, "JPEG", exif=exif)
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/jpeg")


def pdf(name="carte grise.pdf"):
    return SimpleUploadedFile(name, b"%PDF-1.7 ...", content_type="application/pdf")


def send(user, vehicle, upload, kind="PHOTO", name=""):
    body = {"file": upload, "kind": kind, "name": name}
    return api(user).post(f"/api/garage/vehicles/{vehicle.pk}/files", body, format="multipart")


def test_a_photo_is_kept_small_and_without_what_the_phone_wrote_in_it(alice, dora, car):
    made = send(alice, car, picture())
    assert (made.status_code, made.json()["name"], made.json()["content_type"]) == (201, "IMG_001", "image/jpeg")
    url = f"/api/garage/vehicles/{car.pk}/files"
    for reader in (alice, dora):
        answer = api(reader).get(f"{url}/{made.json()['id']}")
        content = b"".join(answer.streaming_content)
        kept = Image.open(BytesIO(content))
        assert (kept.size, dict(kept.getexif())) == ((1600, 800), {})
        assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "private, max-age=3600")
    assert b"SecretPhone" not in content
    assert browser(alice).get(f"/garage/fichiers/{made.json()['id']}/").status_code == 200


def test_a_pdf_is_known_by_its_content(dora, car):
    assert send(dora, car, pdf(), "CARTE_GRISE").json()["content_type"] == "application/pdf"
    page = browser(dora).get(f"/garage/vehicles/{car.pk}/").content.decode()
    assert "carte grise" in page
    assert "Registration certificate" in page


@pytest.mark.parametrize("upload,kind,field", [
    (SimpleUploadedFile("x.pdf", b"MZ no pdf"), "AUTRE", "file"),
    (SimpleUploadedFile("x.jpg", b"<html><script>"), "PHOTO", "file"), (SimpleUploadedFile("x.jpg", b""), "PHOTO", "file"),
    (SimpleUploadedFile("x.pdf", b"%PDF-" + b"0" * (10 * 1024 * 1024)), "AUTRE", "file"),
    (pdf(), "ROMAN", "kind"),
])
def test_what_is_neither_is_refused(alice, car, upload, kind, field):
    answer = send(alice, car, upload, kind)
    assert answer.status_code == 422
    assert field in answer.json()["errors"]
    assert not VehicleFile.objects.exists()


def test_a_page_adds_and_erases(alice, charlie, car, commit):
    url = f"/garage/vehicles/{car.pk}/fichier/"
    assert browser(charlie).get(url).status_code == 404
    assert browser(alice).post(url, {"file": picture(), "kind": "PHOTO", "name": "Left door"}).status_code == 302
    row = VehicleFile.objects.get()
    assert row.file.storage.exists(row.file.name)
    assert browser(charlie).post(f"/garage/fichiers/{row.pk}/effacer/").status_code == 404
    with commit():
        assert browser(alice).post(f"/garage/fichiers/{row.pk}/effacer/").status_code == 302
    assert not VehicleFile.objects.exists()
    assert not row.file.storage.exists(row.file.name)


def test_a_client_does_not_erase_what_the_garage_added(alice, dora, car):
    made = send(dora, car, pdf(), "CONTROLE").json()
    url = f"/api/garage/vehicles/{car.pk}/files/{made['id']}"
    assert api(alice).get(url).status_code == 200
    assert api(alice).delete(url).status_code == 403
    assert api(dora).delete(url).status_code == 204


def test_the_buyer_does_not_see_the_sellers_papers(alice, bob, charlie, dora, car):
    made = send(alice, car, pdf(), "ASSURANCE").json()
    services.change_owner(actor=dora, vehicle_id=car.pk, client_id=client_of(bob, name="Bob").pk)
    url = f"/api/garage/vehicles/{car.pk}/files"
    assert api(bob).get(url).json()["count"] == 0
    assert [api(who).get(f"{url}/{made['id']}").status_code for who in (bob, charlie)] == [404, 404]
    assert api(alice).get(f"{url}/{made['id']}").status_code == 200
    assert send(alice, car, pdf()).status_code == 404
