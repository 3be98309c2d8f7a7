import json
from datetime import timedelta

import pytest
from django.utils import timezone

from config.lib.actors import SYSTEM
from config.lib.testing import assert_max_queries, browser
from garage.clients.tests.factories import client_of
from garage.quotes import services as quotes
from garage.quotes.tests.factories import LABOUR, accept, quote_of, sent_quote
from garage.vehicles.tests.factories import vehicle_of
from garage.workshop import services
from garage.workshop.models import RepairOrder, TimeEntry
from garage.workshop.tests.factories import mechanic_of, order_by_hand, order_of, order_with_part, picture, received

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _private(tmp_path, settings):
    settings.PRIVATE_ROOT = tmp_path


@pytest.fixture
def staff(dora):
    return browser(dora)


def text(answer):
    return answer.content.decode()


def test_the_intake_page_takes_what_the_tablet_sends(alice, staff):
    order = order_of(alice)
    url = f"/garage/ordres/{order.pk}/reception/"
    page = text(staff.get(url))
    assert 'data-damage-view="LEFT"' in page
    answer = staff.post(url, {
        "odometer_km": "42000", "fuel": "4", "belongings": "Papiers", "signed_by": "Alice", "photos": [picture(), picture()],
        "damage": json.dumps([{"view": "LEFT", "kind": "DENT", "x": 10, "y": 20, "note": "aile"}]),
        "signature": json.dumps([[[1, 1], [500, 500]]]), "mark_view": "TOP", "mark_kind": "RUST", "mark_note": "toit",
    })
    assert answer.status_code == 302
    order.refresh_from_db()
    assert (order.status, order.fuel, order.photos.count()) == ("RECU", 4, 2)
    assert [mark["note"] for mark in order.damage] == ["aile", "toit"]
    assert "already" in text(staff.get(url))
    receipt = text(staff.get(f"/garage/ordres/{order.pk}/recu/"))
    assert "M1 0L500 200" in receipt
    assert "Papiers" in receipt


def test_a_refused_intake_says_what_is_wrong_and_keeps_the_photos(alice, staff):
    order = order_of(alice)
    url = f"/garage/ordres/{order.pk}/reception/"
    answer = staff.post(url, {"odometer_km": "", "photos": [picture()], "damage": "[[", "belongings": "Papiers"})
    assert answer.status_code == 422
    page = text(answer)
    assert "1 photo is kept already" in page
    assert "Papiers" in page
    order.refresh_from_db()
    assert (order.status, order.photos.count()) == ("OUVERT", 1)
    for wrong in ({"damage": '{"a":1}'}, {"signature": '"x"', "signed_by": "A"}, {"signature": "[1]", "signed_by": "A"}, {"fuel": "12"}):
        assert staff.post(url, {"odometer_km": "1", **wrong}).status_code == 422


def test_the_checklist_is_pressed_point_by_point(alice, staff):
    order = received(order_of(alice))
    point = order.inspections.first()
    answer = staff.post(f"/garage/points/{point.pk}/", {"state": "ROUGE", "note": "usé", "photos": [picture()]})
    assert answer["Location"] == f"/garage/ordres/{order.pk}/controle/#point-{point.pk}"
    page = text(staff.get(f"/garage/ordres/{order.pk}/controle/"))
    assert "1 of 22 points looked at" in page
    assert "Propose extra work" in page
    staff.post(f"/garage/points/{point.pk}/", {"state": "BLEU"})
    point.refresh_from_db()
    assert point.state == "ROUGE"


def test_red_points_become_the_draft_of_extra_work(alice, staff, dora):
    order = received(order_of(alice))
    point = order.inspections.first()
    services.note_point(actor=dora, point_id=point.pk, state="ROUGE", note="usé")
    url = f"/garage/ordres/{order.pk}/supplement/"
    assert "usé" in text(staff.get(url))
    assert staff.post(url, {"skill": "T2"}).status_code == 422
    body = {f"point_{point.pk}": "on", f"hours_{point.pk}": "0.5", "own": "Essai", "own_hours": "1"}
    answer = staff.post(url, {"skill": "T2", **body})
    extra = order.quote.supplementary.get()
    assert answer["Location"] == f"/garage/devis/{extra.pk}/"
    assert [(str(line.quantity), line.description) for line in extra.lines.all()] == [("0.50", f"{point}: usé"), ("1.00", "Essai")]
    assert extra.lines.first().unit_price > 0


def test_the_mechanic_works_from_his_screen(alice, staff, dora):
    momo = mechanic_of(dora)
    order = received(order_of(alice))
    services.assign(actor=dora, order_id=order.pk, mechanic_id=momo.pk)
    assert "Vidange" in text(staff.get("/garage/atelier/"))
    first, second = order.tasks.all()
    for task in (first, second):
        answer = staff.post(f"/garage/taches/{task.pk}/demarrer/", {"back": "workshop"})
        assert answer["Location"] == "/garage/atelier/"
    assert TimeEntry.objects.filter(ended_at=None).get().task == second
    assert "Stop the clock" in text(staff.get("/garage/atelier/"))
    staff.post(f"/garage/taches/{second.pk}/terminer/")
    staff.post(f"/garage/taches/{first.pk}/rayer/", {"reason": "pas utile"})
    staff.post("/garage/atelier/arret/")
    page = text(staff.get(f"/garage/ordres/{order.pk}/"))
    assert "Struck off: Vidange" in page
    staff.post(f"/garage/ordres/{order.pk}/faire/pret/")
    order.refresh_from_db()
    assert order.status == "PRET"


def test_the_buttons_say_why_not(alice, staff):
    order, row = order_with_part(alice)
    received(order)
    page = f"/garage/ordres/{order.pk}/"
    answer = staff.post(f"{page}faire/pret/", follow=True)
    assert "neither done nor struck off" in text(answer)
    answer = staff.post(f"/garage/pieces/{row.pk}/sortir/", {"quantity": "9"}, follow=True)
    assert "At most 2 can be issued" in text(answer)
    answer = staff.post(f"/garage/pieces/{row.pk}/sortir/", {"quantity": "x"}, follow=True)
    assert answer.status_code == 200
    assert staff.post(f"{page}faire/danser/").status_code == 404
    assert staff.post("/garage/taches/99999/demarrer/").status_code == 404
    for verb, body in (
        ("piece", {"sku": "NO", "quantity": "1"}), ("piece", {"part": "x", "quantity": "0"}), ("tache", {}),
        ("promettre", {"promised_at": "hier"}), ("mecanicien", {"mechanic": "999"}), ("annuler", {}),
        ("photos", {}), ("attendre-pieces", {}),
    ):
        answer = staff.post(f"{page}faire/{verb}/", body, follow=True)
        assert [m.level_tag for m in answer.context["messages"]] == ["error"], verb
    order.refresh_from_db()
    assert (order.status, order.parts.count(), order.tasks.count()) == ("RECU", 1, 1)


def test_the_buttons_do_what_they_say(alice, staff):
    order, row = order_with_part(alice)
    received(order)
    page, soon = f"/garage/ordres/{order.pk}/", timezone.localtime() + timedelta(days=1)
    momo = mechanic_of()
    staff.post(f"{page}faire/tache/", {"description": "Essai", "planned_hours": "0.5"})
    staff.post(f"{page}faire/piece/", {"sku": row.product.sku, "quantity": "1"})
    staff.post(f"{page}faire/promettre/", {"promised_at": f"{soon:%Y-%m-%dT%H:%M}"})
    staff.post(f"{page}faire/mecanicien/", {"mechanic": str(momo.pk)})
    staff.post(f"{page}faire/photos/", {"photos": [picture()]})
    staff.post(f"/garage/pieces/{row.pk}/sortir/", {"quantity": "2"})
    order.refresh_from_db()
    row.refresh_from_db()
    assert (order.tasks.count(), order.parts.count(), order.mechanic, order.photos.count()) == (2, 2, momo, 1)
    assert (row.issued, timezone.localtime(order.promised_at).date()) == (2, soon.date())


def test_missing_parts_are_ordered_and_received_from_the_list(alice, staff):
    _order, row = order_with_part(alice, stock=0)
    assert row.description in text(staff.get("/garage/pieces/"))
    assert staff.post("/garage/pieces/", {"parts": [row.pk], "supplier": ""}).status_code == 422
    staff.post("/garage/pieces/", {"parts": [row.pk], "supplier": "Autodistrib", "expected_on": ""})
    assert "Autodistrib" in text(staff.get("/garage/pieces/"))
    answer = staff.post(f"/garage/pieces/{row.pk}/recevoir/", {"back": "list"})
    assert answer["Location"] == "/garage/pieces/"
    assert "No part is missing" in text(staff.get("/garage/pieces/"))


def test_handover_asks_about_money(alice, staff, dora):
    order = received(order_of(alice))
    for task in order.tasks.all():
        services.finish_task(actor=dora, task_id=task.pk)
    services.mark_ready(actor=dora, order_id=order.pk)
    url = f"/garage/ordres/{order.pk}/remise/"
    assert "Alice Martin" in text(staff.get(url))
    assert staff.post(url, {"to": "Alice"}).status_code == 422
    assert staff.post(url, {"to": "Alice", "unpaid_reason": "virement demain"}).status_code == 302
    assert RepairOrder.objects.get().status == "RENDU"


def test_an_order_is_opened_by_plate(alice, staff):
    vehicle = vehicle_of(client_of(alice))
    assert staff.post("/garage/ordres/nouveau/", {"vehicle": "ZZ-999-ZZ"}).status_code == 422
    answer = staff.post("/garage/ordres/nouveau/", {"vehicle": "ab123cd", "complaint": "Bruit"})
    assert answer["Location"] == f"/garage/ordres/{RepairOrder.objects.get().pk}/"
    assert RepairOrder.objects.get().vehicle == vehicle


def test_the_list_is_searched_filtered_and_does_not_cost_more_with_rows(alice, staff):
    owner = client_of(alice)
    for number in range(6):
        order_of(vehicle=vehicle_of(owner, plate=f"AB-10{number}-CD"))
    staff.get("/garage/ordres/")
    with assert_max_queries(9):
        page = text(staff.get("/garage/ordres/"))
    assert "0 of 2 tasks done" in page
    assert "AB-103-CD" not in text(staff.get("/garage/ordres/?search=AB-104"))
    assert "No repair order fits" in text(staff.get("/garage/ordres/?status=ICI"))
    RepairOrder.objects.update(status="EN_COURS")
    staff.get("/garage/atelier/")
    with assert_max_queries(11):
        assert "AB-105-CD" in text(staff.get("/garage/atelier/"))


@pytest.mark.parametrize("asked", [True, False])
def test_who_works_hears_that_the_client_may_still_withdraw_and_owe_nothing(alice, staff, asked):
    quote = quote_of(alice, lines=[LABOUR], sent=True)
    accept(quote, start_now=asked)
    page = text(staff.get(f"/garage/ordres/{quote.repair_order.pk}/"))
    assert ("may still withdraw" in page) is not asked


def test_only_a_vehicle_that_is_not_paid_needs_a_reason_to_leave(alice, staff):
    owing = order_of(alice)
    free = services.open_order(actor=SYSTEM, vehicle_id=owing.vehicle_id)
    asked = [
        "Why does it leave unpaid?" in text(staff.get(f"/garage/ordres/{order.pk}/remise/")) for order in (owing, free)
    ]
    assert asked == [True, False]


def test_who_works_hears_that_the_client_withdrew(alice, staff):
    quote = quote_of(alice, lines=[LABOUR], sent=True)
    accept(quote, alice, start_now=True)
    order = received(quote.repair_order)
    services.start_clock(actor=SYSTEM, task_id=order.tasks.get().pk, mechanic_id=mechanic_of().pk)
    quotes.withdraw(actor=alice, quote_id=quote.pk, name="Alice Martin")
    page = text(staff.get(f"/garage/ordres/{order.pk}/"))
    assert "stop the work" in page
    assert f"/garage/devis/{quote.pk}/facturer/" in page


def test_the_orders_page_does_not_cost_more_with_rows(alice, staff, dora):
    order = received(order_of(alice))
    momo = mechanic_of(dora)
    page = f"/garage/ordres/{order.pk}/"
    staff.get(page)
    with assert_max_queries(31):
        staff.get(page)
    for n in range(5):
        task = services.add_task(actor=dora, order_id=order.pk, description=f"T{n}")
        services.start_clock(actor=dora, task_id=task.pk, mechanic_id=momo.pk)
        services.add_part(actor=dora, order_id=order.pk, quantity=1, description="x")
        services.add_photos(actor=dora, order_id=order.pk, photos=[picture()])
    with assert_max_queries(31):
        staff.get(page)


def test_customers_are_refused_and_see_their_own_repair(alice, charlie, dora, commit):
    order = received(order_of(alice), photos=[picture()])
    point = order.inspections.first()
    services.note_point(actor=dora, point_id=point.pk, state="ORANGE", note="à surveiller", photos=[picture()])
    extra = services.propose_extra_work(actor=dora, order_id=order.pk, lines=[LABOUR])
    mine, other = browser(alice), browser(charlie)
    assert extra.number not in text(mine.get(f"/garage/reparations/{order.pk}/")), "a draft is the garage's own"
    with commit():
        sent_quote(extra)
    page = text(mine.get(f"/garage/reparations/{order.pk}/"))
    assert "Waiting for the client" in page
    assert "à surveiller" in page
    assert "/devis/" in page
    assert order.number in text(mine.get("/garage/reparations/"))
    photo = f"/garage/reparations/{order.pk}/photos/{order.photos.first().pk}/"
    assert mine.get(photo)["Content-Type"] == "image/jpeg"
    assert other.get(photo).status_code == 404
    assert other.get(f"/garage/reparations/{order.pk}/").status_code == 404
    for url in ("/garage/atelier/", "/garage/ordres/", f"/garage/ordres/{order.pk}/", "/garage/pieces/"):
        assert mine.get(url).status_code == 403
    assert mine.post(f"/garage/points/{point.pk}/", {"state": "VERT"}).status_code == 403


def test_a_forgotten_clock_is_corrected_on_the_page(alice, staff):
    order = received(order_of(alice))
    now = timezone.now()
    entry = TimeEntry.objects.create(
        task=order.tasks.first(), mechanic=mechanic_of(), started_at=now - timedelta(hours=9), ended_at=now,
        forgotten=True,
    )
    assert "forgotten clock" in text(staff.get(f"/garage/ordres/{order.pk}/"))
    begin, end = (timezone.localtime(now - timedelta(hours=h)) for h in (9, 8))
    staff.post(f"/garage/pointages/{entry.pk}/", {"started_at": f"{begin:%Y-%m-%dT%H:%M}", "ended_at": f"{end:%Y-%m-%dT%H:%M}"})
    entry.refresh_from_db()
    assert not entry.forgotten


def test_an_order_opened_by_hand_has_its_page(alice, staff):
    order = order_by_hand(alice, complaint="Bruit")
    assert "Bruit" in text(staff.get(f"/garage/ordres/{order.pk}/"))
    assert staff.get(f"/garage/ordres/{order.pk}/recu/").status_code == 404
    staff.post(f"/garage/ordres/{order.pk}/faire/annuler/", {"reason": "erreur"})
    order.refresh_from_db()
    assert order.status == "ANNULE"
