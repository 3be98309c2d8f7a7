"""POST /api/orders/{id}/returns and the page: the buyer alone, delivered goods, in time, no more than he has."""

import io
import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts.users.tests.factories import make_user
from config.lib.testing import api, browser
from delivery.couriers.tests.factories import make_courier
from delivery.deliveries.tests.factories import award_to, delivered
from shop.catalogue.tests.factories import make_product
from shop.orders import services as orders
from shop.orders.models import Order
from shop.orders.tests.factories import fresh, paid_order, place_order
from shop.returns import services
from shop.returns.models import Return, ReturnChange, ReturnPhoto
from shop.returns.tests.factories import delivered_order, make_return, photo, received_days_ago

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path


def url(order):
    return f"/api/orders/{order.pk}/returns"


def body(order, quantity=1, **fields):
    return {"lines": [{"line_id": order.lines.first().pk, "quantity": quantity}], "reason": "DEFECTUEUX", **fields}


def test_it_is_asked_for_and_shown(alice, commit):
    tea, soap = make_product("Thé", price="6.00"), make_product("Savon", price="12.00")
    order = delivered_order(alice, (tea, 3), (soap, 1))
    lines = [{"product_id": tea.pk, "quantity": 2}, {"line_id": order.lines.last().pk, "quantity": 1}]
    with commit():
        answer = api(alice).post(url(order), {"lines": lines, "reason": "ABIME", "note": "Boîte cassée"})
    assert answer.status_code == 201, answer.content
    shown = answer.json()
    assert set(shown) >= {"id", "order_id", "status", "lines", "reason", "created_at", "history"}
    assert (shown["order_id"], shown["status"], shown["reason"], shown["note"]) == (order.pk, "DEMANDE", "ABIME", "Boîte cassée")
    assert [(x["name"], x["product_id"], x["quantity"], x["amount"]) for x in shown["lines"]] == [("Thé", tea.pk, 2, "12.00"), ("Savon", soap.pk, 1, "12.00")]
    assert (shown["amount"], shown["refunded"], shown["photos"]) == ("24.00", "0.00", [])
    assert [(h["status"], h["by"]) for h in shown["history"]] == [("DEMANDE", "Alice Martin")]
    assert ReturnChange.objects.get().announced_at is not None
    page = api(alice).get(url(order)).json()
    assert (page["count"], page["results"]) == (1, [shown])
    assert [(row["name"], row["left"]) for row in page["returnable"]] == [("Thé", 1), ("Savon", 0)]
    assert page["until"] > timezone.now().isoformat()


def test_others_cannot(alice, bob, dora):
    order = delivered_order(alice)
    for who, expected in ((None, 401), (bob, 404), (dora, 403)):
        assert api(who).post(url(order), body(order)).status_code == expected
    assert api(bob).get(url(order)).status_code == 404
    assert api().get(url(order)).status_code == 401
    assert api(dora).get(url(order)).status_code == 200
    page = reverse("shop:returns", args=[order.pk])
    assert browser(bob).get(page).status_code == 404
    assert browser().get(page).status_code == 302
    assert browser(dora).post(page, {f"line_{order.lines.first().pk}": 1, "reason": "AUTRE"}).status_code == 403
    assert not Return.objects.exists()


@pytest.mark.parametrize("make", [place_order, paid_order])
def test_what_was_not_delivered_cannot_come_back(alice, make):
    order = make(alice)
    answer = api(alice).post(url(order), body(order))
    assert (answer.status_code, answer.json()["code"]) == (409, "not_delivered")
    assert api(alice).get(url(order)).json()["until"] is None


def test_shipped_but_not_handed_over_is_not_delivered(alice, dora, carla):
    order = paid_order(alice, method="COURSIER")
    orders.ship(actor=dora, order_id=order.pk, award="MANUELLE")
    assert api(alice).post(url(order), body(order)).json()["code"] == "not_delivered"
    # The courier handed it over, the order has not heard of it yet.
    courier = make_courier(carla)
    delivered(award_to(fresh(order).delivery, courier, amount="4.00", minutes=30), courier)
    assert Order.objects.get().status == "EXPEDIEE"
    assert api(alice).post(url(order), body(order)).status_code == 201


def test_the_time_is_counted_from_the_delivery(alice, settings):
    order = received_days_ago(delivered_order(alice), 13)
    assert api(alice).post(url(order), body(order)).status_code == 201
    received_days_ago(order, 7)
    answer = api(alice).post(url(order), body(order))
    assert (answer.status_code, answer.json()["code"]) == (409, "return_window_over")
    assert answer.json()["until"] < timezone.now().isoformat()
    settings.RETURN_DAYS = 30
    assert api(alice).post(url(order), body(order)).status_code == 201


def test_an_order_placed_long_ago_but_delivered_today_is_in_time(alice):
    order = delivered_order(alice)
    Order.objects.update(created_at=timezone.now() - timedelta(days=60))
    assert api(alice).post(url(order), body(order)).status_code == 201


def test_never_more_than_bought_less_what_already_comes_back(alice, dora):
    order = delivered_order(alice, (make_product(), 3))
    first = make_return(order, 2)
    answer = api(alice).post(url(order), body(order, 2))
    assert (answer.status_code, answer.json()["code"], answer.json()["left"]) == (409, "return_quantity_too_large", 1)
    line = order.lines.first()
    twice = [{"line_id": line.pk, "quantity": 1}, {"product_id": line.product_id, "quantity": 1}]
    assert api(alice).post(url(order), body(order, lines=twice)).status_code == 409
    assert Return.objects.count() == 1
    services.refuse(actor=dora, return_id=first.pk, reason="ouvert")
    assert api(alice).post(url(order), body(order, 3)).status_code == 201


@pytest.mark.parametrize("change, field", [
    ({"reason": "HUMEUR"}, "reason"), ({"reason": None}, "reason"), ({"lines": []}, "lines"), ({"lines": "x"}, "lines"),
    ({"lines": [{"line_id": 99999, "quantity": 1}]}, "lines.0.line_id"),
    ({"lines": [{"product_id": 99999, "quantity": 1}]}, "lines.0.product_id"),
    ({"lines": [{"quantity": 1}]}, "lines.0.line_id"),
    ({"lines": [{"line_id": 1, "quantity": 0}]}, "lines.0.quantity"),
    ({"lines": [{"line_id": 1, "quantity": -1}]}, "lines.0.quantity"),
    ({"note": "x" * 1001}, "note"),
])
def test_bad_input_names_the_field_and_changes_nothing(alice, change, field):
    order = delivered_order(alice)
    answer = api(alice).post(url(order), body(order) | change)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), answer.content
    assert field in answer.json()["errors"], answer.json()
    assert not Return.objects.exists()


def test_a_line_of_another_order_is_not_part_of_it(alice, bob):
    order, other = delivered_order(alice), delivered_order(bob)
    assert api(alice).post(url(order), body(other)).status_code == 422


# --- Photos ---------------------------------------------------------------------------------------------------
def test_photos_are_kept_small_private_and_without_metadata(alice, bob, dora, tmp_path, settings):
    order = delivered_order(alice)
    data = {**body(order), "lines": json.dumps(body(order)["lines"]), "photos": [photo(), photo("2.jpg")]}
    answer = api(alice).post(url(order), data, format="multipart")
    assert answer.status_code == 201, answer.content
    shown = answer.json()["photos"]
    assert len(shown) == 2
    assert len(list(tmp_path.rglob("*.jpg"))) == 2
    link = shown[0]["url"]
    for who, expected in ((alice, 200), (dora, 200), (bob, 404), (None, 401)):
        assert api(who).get(link, HTTP_ACCEPT="image/*").status_code == expected
    got = browser(alice).get(link)
    assert (got["Content-Type"], got["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert "private" in got["Cache-Control"]
    content = b"".join(got.streaming_content)
    assert b"SecretPhone" not in content
    assert max(Image.open(io.BytesIO(content)).size) == 1600
    name = ReturnPhoto.objects.first().file.name
    assert browser(alice).get(f"/media/{name}").status_code == 404
    mine = delivered_order(bob)
    assert api(bob).get(f"/api/orders/{mine.pk}/returns/photos/{shown[0]['id']}").status_code == 404


@pytest.mark.parametrize("files", [
    [SimpleUploadedFile("x.jpg", b"<script>alert(1)</script>", "image/jpeg")],
    [SimpleUploadedFile("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml")],
    [SimpleUploadedFile("x.pdf", b"%PDF-1.4", "application/pdf")],
    [photo() for _ in range(6)],
])
def test_wrong_photos_are_refused(alice, files, tmp_path):
    order = delivered_order(alice)
    data = {**body(order), "lines": json.dumps(body(order)["lines"]), "photos": files}
    answer = api(alice).post(url(order), data, format="multipart")
    assert (answer.status_code, "photos" in answer.json()["errors"]) == (422, True), answer.content
    assert not Return.objects.exists()
    assert not list(tmp_path.rglob("*.jpg"))


def test_a_photo_too_heavy_is_refused(alice, monkeypatch):
    monkeypatch.setattr("delivery.deliveries.evidence.MAX_PHOTO_BYTES", 1000)
    order = delivered_order(alice)
    data = {**body(order), "lines": json.dumps(body(order)["lines"]), "photos": [photo()]}
    assert api(alice).post(url(order), data, format="multipart").status_code == 422


# --- The page -------------------------------------------------------------------------------------------------
def test_the_page_asks_and_leads_back_to_the_order(alice):
    order = delivered_order(alice, (make_product(), 3))
    page = reverse("shop:returns", args=[order.pk])
    shown = browser(alice).get(page)
    field = f"line_{order.lines.first().pk}"
    assert f'name="{field}"' in shown.content.decode()
    answer = browser(alice).post(page, {field: 2, "reason": "RETRACTATION", "photos": [photo()]})
    assert answer.status_code == 302, answer.context["form"].errors
    back = Return.objects.get()
    assert (back.amount, back.lines.get().quantity, back.photos.count()) == (Decimal("13.00"), 2, 1)
    order_page = browser(alice).get(answer["Location"].split("#")[0]).content.decode()
    assert back.number in order_page
    assert "Return asked for" in order_page
    assert "Send something back" in order_page


@pytest.mark.parametrize("data, field", [
    ({}, "reason"), ({"quantity": 9, "reason": "AUTRE"}, "line"), ({"quantity": -1, "reason": "AUTRE"}, "line"),
    ({"quantity": 0, "reason": "AUTRE"}, "__all__"),
])
def test_the_page_says_what_is_wrong(alice, data, field):
    order = delivered_order(alice)
    name = f"line_{order.lines.first().pk}"
    sent = {name: data.get("quantity", 1), **{k: v for k, v in data.items() if k == "reason"}}
    answer = browser(alice).post(reverse("shop:returns", args=[order.pk]), sent)
    assert answer.status_code == 422
    assert (name if field == "line" else field) in answer.context["form"].errors
    assert not Return.objects.exists()


def test_too_late_the_page_says_so(alice):
    order = received_days_ago(delivered_order(alice), 30)
    shown = browser(alice).get(reverse("shop:returns", args=[order.pk])).content.decode()
    assert "is over" in shown
    assert "Send something back" not in browser(alice).get(reverse("shop:order", args=[order.pk])).content.decode()
    answer = browser(alice).post(reverse("shop:returns", args=[order.pk]), {f"line_{order.lines.first().pk}": 1, "reason": "AUTRE"})
    assert answer.status_code == 422


def test_the_export_of_ones_data_tells_it():
    from accounts.users.personal_data import sections

    user = make_user("zoe")
    back = make_return(delivered_order(user))
    assert [row["number"] for row in sections(user)["returns"]] == [back.number]
