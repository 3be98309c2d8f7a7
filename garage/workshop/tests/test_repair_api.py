import json
from datetime import timedelta

import pytest
from django.utils import timezone

from config.lib.testing import api, assert_max_queries
from garage.clients.tests.factories import client_of
from garage.quotes.tests.factories import LABOUR
from garage.vehicles.tests.factories import vehicle_of
from garage.workshop.models import RepairOrder, TimeEntry
from garage.workshop.tests.factories import mechanic_of, order_by_hand, order_of, order_with_part, picture, received

pytestmark = pytest.mark.django_db
URL = "/api/garage/repair-orders"


@pytest.fixture(autouse=True)
def _private(tmp_path, settings):
    settings.PRIVATE_ROOT = tmp_path


def test_the_way_of_a_repair(alice, dora):
    order, row = order_with_part(alice)
    mechanic_of(dora)
    staff, one = api(dora), f"{URL}/{order.pk}"
    answer = staff.post(f"{one}/intake", {
        "odometer_km": 42_000, "fuel": 4, "signed_by": "Alice", "signature": [[[1, 1], [9, 9]]],
        "damage": [{"view": "LEFT", "kind": "DENT", "note": "aile"}],
    }, format="json")
    assert answer.status_code == 200, answer.json()
    data = answer.json()
    assert (data["status"], data["odometer_status"], len(data["inspection"])) == ("RECU", "RETENUE", 22)
    point, task = data["inspection"][0]["id"], data["tasks"][0]["id"]
    assert staff.patch(f"{one}/inspection/{point}", {"state": "ROUGE", "note": "usé"}).json()["inspection"][0]["state"] == "ROUGE"
    data = staff.post(f"{one}/tasks/{task}/clock").json()
    assert (data["status"], data["tasks"][0]["entries"][0]["ended_at"]) == ("EN_COURS", None)
    assert staff.delete(f"{one}/tasks/{task}/clock").json()["tasks"][0]["entries"][0]["ended_at"]
    assert staff.patch(f"{one}/parts/{row.pk}", {"action": "ISSUE"}).json()["parts"][0]["issued"] == "2.00"
    late = staff.post(f"{one}/ready", {})
    assert (late.status_code, late.json()["code"], late.json()["tasks"]) == (409, "tasks_left", ["Vidange"])
    staff.patch(f"{one}/tasks/{task}", {"status": "FAITE"})
    assert staff.post(f"{one}/ready", {}).json()["status"] == "PRET"
    unpaid = staff.post(f"{one}/handover", {"to": "Alice"})
    assert (unpaid.status_code, unpaid.json()["code"]) == (409, "not_paid")
    done = staff.post(f"{one}/handover", {"to": "Alice", "odometer_km": 42_003, "unpaid_reason": "virement"})
    assert done.json()["status"] == "RENDU"
    assert [step["status"] for step in done.json()["history"]] == ["OUVERT", "RECU", "EN_COURS", "PRET", "RENDU"]


def test_photos_travel_with_the_form(alice, dora):
    order = order_of(alice)
    staff, one = api(dora), f"{URL}/{order.pk}"
    body = {"odometer_km": "1", "photos": [picture()], "damage": json.dumps([{"view": "TOP", "kind": "RUST"}])}
    data = staff.post(f"{one}/intake", body, format="multipart").json()
    [photo] = data["photos"]
    assert data["damage"] == [{"view": "TOP", "kind": "RUST", "x": None, "y": None, "note": ""}]
    assert api(alice).get(photo["url"])["Content-Type"] == "image/jpeg"
    point = data["inspection"][0]["id"]
    answer = staff.post(f"{one}/photos", {"photos": [picture()], "inspection": point}, format="multipart")
    assert answer.status_code == 201
    assert len(answer.json()["inspection"][0]["photos"]) == 1
    assert staff.delete(photo["url"]).status_code == 204


def test_a_client_reads_his_own_without_what_is_the_garages(alice, bob, charlie):
    order = received(order_of(alice))
    order_of(vehicle=vehicle_of(client_of(bob, name="Bob"), plate="CD-456-EF"))
    mine = api(alice)
    assert [row["id"] for row in mine.get(URL).json()["results"]] == [order.pk]
    data = mine.get(f"{URL}/{order.pk}").json()
    assert {"notes", "parts", "mechanic", "forecast_at"}.isdisjoint(data)
    assert set(data["tasks"][0]) == {"id", "description", "status", "done_at"}
    assert api(charlie).get(f"{URL}/{order.pk}").status_code == 404
    assert mine.post(f"{URL}/{order.pk}/ready", {}).status_code == 403
    assert mine.post(URL, {"vehicle": order.vehicle_id}).status_code == 403
    assert mine.get("/api/garage/parts-to-order").status_code == 403


def test_staff_open_change_and_cancel(alice, dora):
    vehicle = vehicle_of(client_of(alice))
    staff, momo = api(dora), mechanic_of()
    data = staff.post(URL, {"vehicle": vehicle.pk, "complaint": "Bruit"}).json()
    one, soon = f"{URL}/{data['id']}", timezone.now() + timedelta(days=1)
    changed = staff.patch(one, {"promised_at": soon.isoformat(), "mechanic": momo.pk}).json()
    assert changed["mechanic"] == momo.pk
    refused = staff.patch(one, {"promised_at": None, "status": "RENDU"})
    assert refused.status_code == 422
    assert RepairOrder.objects.get().promised_at, "all or nothing"
    assert staff.patch(one, {"status": "ANNULE"}).json()["errors"].keys() == {"reason"}
    assert staff.patch(one, {"status": "ANNULE", "reason": "erreur"}).json()["status"] == "ANNULE"


def test_extra_work_and_own_work(alice, dora):
    order = received(order_of(alice))
    staff, one = api(dora), f"{URL}/{order.pk}"
    quote = staff.post(f"{one}/extra-work", {"lines": [LABOUR], "message": "Voir photos"}, format="json")
    assert quote.status_code == 201
    assert (quote.json()["supplements"], quote.json()["total"]) == (order.quote_id, "90.00")
    assert staff.post(f"{one}/tasks", {"description": "Essai", "planned_hours": "0.5"}).status_code == 201
    data = staff.post(f"{one}/parts", {"description": "Rilsan", "quantity": "2"}).json()
    [part] = data["parts"]
    staff.patch(f"{one}/parts/{part['id']}", {"action": "ORDER", "supplier": "Autodistrib"})
    [row] = staff.get("/api/garage/parts-to-order").json()["results"]
    assert (row["supplier"], row["order_number"], row["to_order"]) == ("Autodistrib", order.number, "2.00")
    staff.patch(f"{one}/parts/{part['id']}", {"action": "RECEIVE"})
    staff.patch(f"{one}/parts/{part['id']}", {"action": "ISSUE", "quantity": "2"})
    data = staff.patch(f"{one}/parts/{part['id']}", {"action": "RETURN", "quantity": "1"}).json()
    assert data["parts"][0]["issued"] == "1.00"
    assert staff.patch(f"{one}/parts/{part['id']}", {"action": "DROP"}).status_code == 200


@pytest.mark.parametrize("path,body,field", [
    ("intake", {}, "odometer_km"), ("intake", {"odometer_km": 10**12}, "odometer_km"),
    ("intake", {"odometer_km": 1, "damage": "x"}, "damage"), ("intake", {"odometer_km": 1, "damage": [1]}, "damage"),
    ("intake", {"odometer_km": 1, "signature": {"a": 1}}, "signature"),
    ("intake", {"odometer_km": 1, "belongings": "a\x00"}, "belongings"),
    ("tasks", {"description": ""}, "description"), ("parts", {"quantity": "NaN", "description": "x"}, "quantity"),
    ("parts", {"quantity": "1"}, "description"), ("parts", {"quantity": "1", "product_id": 10**20}, "product_id"),
    ("extra-work", {"lines": []}, "lines"), ("handover", {"to": ""}, "to"), ("photos", {}, "photos"),
])
def test_bad_input_is_named(alice, dora, path, body, field):
    order = order_by_hand(alice)
    answer = api(dora).post(f"{URL}/{order.pk}/{path}", body, format="json")
    assert answer.status_code == 422, answer.json()
    assert any(name.startswith(field) for name in answer.json()["errors"]), answer.json()


def test_things_of_another_order_do_not_exist(alice, dora):
    order, other = received(order_of(alice)), order_of(vehicle=vehicle_of(client_of(name="B"), plate="CD-456-EF"))
    staff = api(dora)
    assert staff.patch(f"{URL}/{other.pk}/tasks/{order.tasks.first().pk}", {"status": "FAITE"}).status_code == 404
    assert staff.patch(f"{URL}/{other.pk}/inspection/{order.inspections.first().pk}", {"state": "VERT"}).status_code == 404
    assert staff.get(f"{URL}?vehicle=²&status=XX&search=%00").status_code in (200, 422)
    assert not TimeEntry.objects.exists()


def test_list_and_detail_do_not_cost_more_with_rows(alice, dora):
    owner = client_of(alice)
    orders = [received(order_of(vehicle=vehicle_of(owner, plate=f"AB-10{n}-CD"))) for n in range(4)]
    staff = api(dora)
    staff.get(URL)
    with assert_max_queries(3):
        assert staff.get(URL).json()["count"] == 4
    assert staff.get(f"{URL}?search=AB-103").json()["count"] == 1
    assert staff.get(f"{URL}?status=PRET").json()["count"] == 0
    with assert_max_queries(15):
        staff.get(f"{URL}/{orders[0].pk}")
