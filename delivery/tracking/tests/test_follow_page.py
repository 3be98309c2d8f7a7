"""The public page of one delivery: its signed link is the key, and opens nothing else."""

import pytest

from config.lib.testing import browser
from delivery.deliveries.models import Step
from delivery.deliveries.queries import code_for, public_token
from delivery.tracking.models import Watch
from delivery.tracking.services import record_points
from delivery.tracking.tests.factories import courier_on_shift, delivery_of, ride

pytestmark = pytest.mark.django_db


def follow(delivery, token=None, user=None):
    token = public_token(delivery) if token is None else token
    return browser(user).get(f"/suivi/{delivery.reference}/", {"token": token})


def test_the_link_shows_map_steps_and_the_second_code(carla, alice):
    delivery = delivery_of(courier_on_shift(carla), sender=alice)
    record_points(actor=carla, items=ride(3))
    answer = follow(delivery)
    text = answer.content.decode()
    code = code_for(delivery, Step.REMISE)
    assert f"{code[:3]} {code[3:]}" in text
    assert code_for(delivery, Step.COLLECTE)[:3] + " " not in text
    assert 'data-position="48.857' in text
    assert f"/ws/deliveries/{delivery.pk}?token=" in text
    assert "Carla" in text
    assert "+336" not in text
    assert "4512" not in text
    assert answer["Referrer-Policy"] == "no-referrer"
    assert Watch.objects.get().audience == "LIEN"


def test_a_wrong_or_borrowed_token_opens_nothing(carla, alice):
    courier = courier_on_shift(carla)
    one, two = delivery_of(courier, sender=alice), delivery_of(courier, sender=alice)
    for token in ("", "x", public_token(two), public_token(one)[:-1]):
        assert follow(one, token).status_code == 404
    assert browser(alice).get(f"/suivi/{one.reference}/").status_code == 404


def test_after_the_end_there_is_neither_position_nor_code(carla, alice):
    delivery = delivery_of(courier_on_shift(carla), sender=alice, status="LIVREE")
    record_points(actor=carla, items=ride(3))
    text = follow(delivery).content.decode()
    assert "Your parcel is delivered" in text
    assert "data-position" not in text
    assert "Your code" not in text


def test_before_the_pickup_the_courier_is_not_shown(carla, alice):
    delivery = delivery_of(courier_on_shift(carla), sender=alice, status="ATTRIBUEE")
    record_points(actor=carla, items=ride(3))
    text = follow(delivery).content.decode()
    assert "data-position" not in text
    assert "Your code" in text
    assert not Watch.objects.exists()


def test_the_courier_does_not_read_the_code_through_the_link(carla, alice):
    delivery = delivery_of(courier_on_shift(carla), sender=alice)
    assert "Your code" not in follow(delivery, user=carla).content.decode()


def test_the_senders_page_draws_no_position_that_nobody_noted(carla, alice):
    delivery = delivery_of(courier_on_shift(carla), sender=alice)
    record_points(actor=carla, items=ride(3))
    text = browser(alice).get(f"/livraisons/{delivery.pk}/").content.decode()
    assert "data-live-map" in text
    assert "data-position" not in text
    assert not Watch.objects.exists()
