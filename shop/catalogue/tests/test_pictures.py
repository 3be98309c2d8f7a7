"""Pictures: sizes are made by an owed job, and shown in the public list."""

from io import BytesIO

import pytest
from PIL import Image

from config.lib.actors import SYSTEM
from config.lib.jobs import JobState
from config.lib.testing import api, assert_max_queries
from shop.catalogue import services
from shop.catalogue.tests.factories import make_product

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def picture(width: int = 800, height: int = 400) -> bytes:
    output = BytesIO()
    Image.new("RGB", (width, height), "#0B6E4F").save(output, "PNG")
    return output.getvalue()


def test_sizes_are_made_by_a_job_and_listed(django_capture_on_commit_callbacks):
    product = make_product("Vélo")
    with django_capture_on_commit_callbacks(execute=True):
        image = services.add_image(actor=SYSTEM, product_id=product.pk, content=picture(), filename="velo.png")
    image.refresh_from_db()
    assert image.state == JobState.FAIT
    assert sorted(image.sizes) == ["320", "640"]
    shown = api().get(f"/api/catalog/products/{product.pk}").json()["images"]
    assert [(i["alt"], sorted(i["sizes"])) for i in shown] == [("Vélo", ["320", "640"])]
    assert shown[0]["url"] == shown[0]["sizes"]["640"]
    with assert_max_queries(1):
        api().get("/api/catalog/products")
    answer = api().get(shown[0]["url"])
    assert answer.status_code == 200
    assert Image.open(BytesIO(b"".join(answer.streaming_content))).size == (640, 320)
    assert api().get(f"/media/{image.original.name}").status_code == 404  # the original may hold where it was taken


def test_a_file_that_is_no_picture_fails_once_and_stays_out_of_the_list(django_capture_on_commit_callbacks):
    product = make_product()
    with django_capture_on_commit_callbacks(execute=True):
        image = services.add_image(actor=SYSTEM, product_id=product.pk, content=b"<svg onload=x>", filename="x.png")
    image.refresh_from_db()
    assert image.state == JobState.ECHEC
    assert "not a readable picture" in image.last_error
    assert api().get(f"/api/catalog/products/{product.pk}").json()["images"] == []


def test_the_job_run_twice_changes_nothing(django_capture_on_commit_callbacks):
    product = make_product()
    with django_capture_on_commit_callbacks(execute=True):
        image = services.add_image(actor=SYSTEM, product_id=product.pk, content=picture(), filename="velo.png")
    product.refresh_from_db()
    before = product.pictures
    services.make_image_sizes(image_id=image.pk)
    product.refresh_from_db()
    assert product.pictures == before
    services.remove_image(actor=SYSTEM, image_id=image.pk)
    product.refresh_from_db()
    assert product.pictures == []
