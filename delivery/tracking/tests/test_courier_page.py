"""The courier's phone page: usable with forms alone."""

import pytest
from django.urls import reverse

from config.lib.testing import assert_max_queries, browser
from delivery.deliveries.models import Step
from delivery.deliveries.queries import code_for
from delivery.tracking.services import note_watch, record_points
from delivery.tracking.tests.factories import courier_on_shift, delivery_of, ride

pytestmark = pytest.mark.django_db
HOME = "/coursier/"


def page(user, path=HOME):
    answer = browser(user).get(path)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def test_a_courier_opens_and_closes_the_shift(carla):
    courier = courier_on_shift(carla, on_shift=False)
    assert "Open my shift" in page(carla)
    browser(carla).post("/coursier/service/", {"on": "true"})
    courier.refresh_from_db()
    assert courier.on_shift
    assert "End my shift" in page(carla)
    browser(carla).post("/coursier/service/")
    courier.refresh_from_db()
    assert not courier.on_shift


def test_somebody_else_is_sent_to_the_application(alice):
    assert browser(alice).get(HOME).status_code == 302
    assert browser(alice).post("/coursier/service/", {"on": "true"}).status_code in (302, 403)
    assert browser().get(HOME).url.startswith("/compte/")


def test_an_applicant_reads_that_he_has_to_wait(carla):
    courier = courier_on_shift(carla, on_shift=False)
    type(courier).objects.update(status="DEMANDE")
    text = page(carla)
    assert "A manager looks at your application" in text
    assert "Open my shift" not in text


def test_the_run_shows_where_to_go(carla, alice):
    courier = courier_on_shift(carla)
    carried = delivery_of(courier, sender=alice)
    fetched = delivery_of(courier, sender=alice, status="ATTRIBUEE")
    delivery_of(courier, sender=alice, status="LIVREE")
    text = page(carla)
    for delivery in (carried, fetched):
        assert reverse("delivery:courier_delivery", args=[delivery.pk]) in text
    assert text.count("geo:48.8") == 2
    assert "code 4512" in text
    assert "data-courier " in text


def test_open_deliveries_near_are_offered_without_names(carla, alice):
    courier_on_shift(carla)
    delivery_of(None, sender=alice, status="EN_ENCHERE").__class__.objects.update(closes_at="2999-01-01T00:00Z")
    text = page(carla)
    assert "Open near you" in text
    assert "12 rue de Turenne" in text
    assert "Dupont" not in text
    record_points(actor=carla, items=ride(2))
    assert "away" in page(carla)


def test_the_page_costs_the_same_however_much_there_is_to_do(carla, alice):
    courier = courier_on_shift(carla)
    for _ in range(6):
        delivery_of(courier, sender=alice)
        delivery_of(None, sender=alice, status="EN_ENCHERE")
    client = browser(carla)
    client.get(HOME)
    with assert_max_queries(14):
        client.get(HOME)


def test_pickup_and_handover_by_code(carla, alice, commit):
    delivery = delivery_of(courier_on_shift(carla), sender=alice, status="ATTRIBUEE")
    client, base = browser(carla), f"/coursier/livraisons/{delivery.pk}/"
    wrong = client.post(base + "collecte/", {"code": "000000"})
    assert wrong.status_code == 422
    assert "This code is not the right one. 4 tries are left." in wrong.content.decode()
    right = client.post(base + "collecte/", {"code": code_for(delivery, Step.COLLECTE), "lat": "48.85", "lon": "2.35"})
    assert (right.status_code, right.url) == (302, base)
    delivery.refresh_from_db()
    assert delivery.status == "COLLECTEE"
    assert delivery.proofs.get().lat == 48.85
    assert "Hand over the parcel" in page(carla, base)
    assert code_for(delivery, Step.REMISE) not in page(carla, base)


def test_a_failed_attempt_and_a_second_one(carla, alice):
    delivery = delivery_of(courier_on_shift(carla), sender=alice)
    client, base = browser(carla), f"/coursier/livraisons/{delivery.pk}/"
    assert client.post(base + "echec/", {}).status_code == 422
    assert client.post(base + "echec/", {"reason": "ABSENT", "note": "Nobody opened"}).status_code == 302
    assert "Try again" in page(carla, base)
    client.post(base + "nouvel-essai/")
    delivery.refresh_from_db()
    assert delivery.status == "COLLECTEE"


def test_another_courier_s_delivery_does_not_exist(carla, person, alice):
    delivery = delivery_of(courier_on_shift(carla), sender=alice)
    other = person("karim")
    courier_on_shift(other)
    base = f"/coursier/livraisons/{delivery.pk}/"
    assert browser(other).get(base).status_code == 404
    assert browser(other).post(base + "remise/", {"code": "123456"}).status_code == 404
    assert browser(alice).get(base).status_code == 403
    assert browser().get(base).status_code == 302
    assert browser(carla).get(base + "remise/").status_code == 302


def test_the_courier_reads_who_looked(carla, alice, bob):
    from delivery.tracking.queries import watchable

    delivery = delivery_of(courier_on_shift(carla), sender=alice, recipient=bob)
    assert "Nobody looked yet" in page(carla, "/coursier/regards/")
    note_watch(view=watchable(bob, delivery.pk))
    text = page(carla, "/coursier/regards/")
    assert "Bob" in text
    assert delivery.reference in text
    assert browser(alice).get("/coursier/regards/").status_code == 403


def test_the_worker_is_served_from_the_courier_s_path(carla):
    answer = browser(carla).get("/coursier/veilleur.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert b"No network" in answer.content
