import io
import json
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from accounts.wallet.queries import wallet_of
from config.lib.errors import Forbidden, IllegalMove, Invalid, NotFound
from config.lib.testing import api
from delivery.couriers.tests.factories import make_courier
from delivery.deliveries import events, queries, services
from delivery.deliveries.models import Delivery, DeliveryProof, Step
from delivery.deliveries.rules import HandoverLocked, WrongCode, handover_code, same_code
from delivery.deliveries.tests.factories import award_to, code, delivered, fund, make_delivery, picked_up

pytestmark = pytest.mark.django_db

STROKES = [[[0, 0], [10, 12.5], [20, 3]]]


@pytest.fixture
def courier(carla):
    return make_courier(carla)


@pytest.fixture
def awarded(alice, courier):
    fund(alice)
    return award_to(make_delivery(alice), courier)


def other(right: str) -> str:
    return "000000" if right != "000000" else "111111"


def photo(size=(3000, 2000)) -> SimpleUploadedFile:
    out = io.BytesIO()
    image = Image.new("RGB", size, "red")
    exif = image.getexif()
    exif[0x010E] = "Rue du Temple"
    image.save(out, "JPEG", exif=exif)
    return SimpleUploadedFile("colis.jpg", out.getvalue(), "image/jpeg")


def test_both_codes_open_their_own_door_only(awarded, courier):
    with pytest.raises(WrongCode):
        services.pickup(actor=courier.user, delivery_id=awarded.pk, code=other(code(awarded)))
    picked_up(awarded, courier)
    assert awarded.status == "COLLECTEE"
    wrong = code(awarded) if code(awarded) != code(awarded, "REMISE") else other(code(awarded))
    with pytest.raises(WrongCode):
        services.deliver(actor=courier.user, delivery_id=awarded.pk, code=wrong)
    right = code(awarded, "REMISE")
    services.deliver(actor=courier.user, delivery_id=awarded.pk, code=f"{right[:3]} {right[3:]}")
    awarded.refresh_from_db()
    assert awarded.status == "LIVREE"


def test_five_wrong_codes_lock_until_a_manager_unlocks(awarded, courier, dora, alice, commit, monkeypatch):
    wrong = other(code(awarded))
    heard, left = [], []
    monkeypatch.setattr(events.handover_locked, "listeners", [lambda **ids: heard.append(ids)])
    for _ in range(4):
        with pytest.raises(WrongCode) as refused:
            services.pickup(actor=courier.user, delivery_id=awarded.pk, code=wrong)
        left.append(refused.value.data["attempts_left"])
    with commit(), pytest.raises(HandoverLocked):
        services.pickup(actor=courier.user, delivery_id=awarded.pk, code=wrong)
    assert left == [4, 3, 2, 1]
    assert heard == [{"delivery_id": awarded.pk, "step": "COLLECTE"}]
    with pytest.raises(HandoverLocked):
        services.pickup(actor=courier.user, delivery_id=awarded.pk, code=code(awarded))
    with pytest.raises(Forbidden):
        services.unlock(actor=alice, delivery_id=awarded.pk)
    services.unlock(actor=dora, delivery_id=awarded.pk)
    services.pickup(actor=courier.user, delivery_id=awarded.pk, code=code(awarded))


def test_a_lock_also_stops_the_photo(awarded, courier):
    Delivery.objects.filter(pk=awarded.pk).update(pickup_tries=5, handover_methods=["PHOTO"])
    with pytest.raises(HandoverLocked):
        services.pickup(actor=courier.user, delivery_id=awarded.pk, photo=photo())


def test_the_wrong_code_answer_of_the_api_tells_how_many_are_left(awarded, courier):
    answer = api(courier.user).post(f"/api/deliveries/{awarded.pk}/pickup", {"code": other(code(awarded))})
    assert (answer.status_code, answer.json()["code"], answer.json()["attempts_left"]) == (409, "wrong_code", 4)
    missing = api(courier.user).post(f"/api/deliveries/{awarded.pk}/pickup", {})
    assert (missing.status_code, list(missing.json()["errors"])) == (422, ["code"])


def test_a_photo_replaces_the_code_only_where_the_sender_allows_it(alice, courier):
    fund(alice)
    strict = award_to(make_delivery(alice), courier)
    with pytest.raises(Invalid) as refused:
        services.pickup(actor=courier.user, delivery_id=strict.pk, photo=photo())
    assert "photo" in refused.value.errors
    easy = award_to(make_delivery(alice, handover_methods=["PHOTO", "SIGNATURE"]), courier)
    services.pickup(actor=courier.user, delivery_id=easy.pk, photo=photo(), lat=48.86, lon=2.354)
    services.deliver(actor=courier.user, delivery_id=easy.pk, signature=STROKES, signed_by="Bob Martin")
    first, second = DeliveryProof.objects.filter(delivery=easy)
    assert (first.method, second.method, second.note) == ("PHOTO", "SIGNATURE", "Bob Martin")
    with Image.open(first.file) as kept:
        assert max(kept.size) <= 1600
        assert not kept.getexif()
    assert json.loads(second.file.read())["strokes"] == [[[0.0, 0.0], [10.0, 12.5], [20.0, 3.0]]]
    assert first.distance_m < 100


@pytest.mark.parametrize("upload", [SimpleUploadedFile("x.jpg", b"not a picture"), SimpleUploadedFile("x.svg", b"<svg/>")])
def test_what_is_no_photo_is_refused(alice, courier, upload):
    fund(alice)
    easy = award_to(make_delivery(alice, handover_methods=["PHOTO"]), courier)
    with pytest.raises(Invalid):
        services.pickup(actor=courier.user, delivery_id=easy.pk, photo=upload)


@pytest.mark.parametrize("strokes", [[], [[]], [[[0, 0]]], [["x"]], [[[float("inf"), 1], [1, 1]]], "x", [[[1, 2]] * 6000]])
def test_what_is_no_signature_is_refused(alice, courier, strokes):
    fund(alice)
    easy = award_to(make_delivery(alice, handover_methods=["SIGNATURE"]), courier)
    with pytest.raises(Invalid):
        services.pickup(actor=courier.user, delivery_id=easy.pk, signature=strokes)
    easy.refresh_from_db()
    assert easy.status == "ATTRIBUEE"


def test_every_proof_has_its_author_time_place_and_hash(awarded, courier):
    delivered(awarded, courier)
    for proof in DeliveryProof.objects.filter(delivery=awarded):
        assert (proof.by, proof.method, len(proof.sha256)) == (courier.user, "CODE", 64)
        assert proof.at


def test_only_its_courier_hands_over(awarded, alice, bob, charlie, dora, person):
    for outsider, refusal in ((alice, Forbidden), (dora, Forbidden), (charlie, NotFound), (person("karim"), NotFound)):
        with pytest.raises(refusal):
            services.pickup(actor=outsider, delivery_id=awarded.pk, code=code(awarded))


def test_the_courier_of_another_delivery_is_a_stranger(awarded, person):
    karim = make_courier(person("karim"))
    with pytest.raises(NotFound):
        services.pickup(actor=karim.user, delivery_id=awarded.pk, code=code(awarded))


def test_a_handover_before_the_pickup_is_illegal_and_pays_nobody(awarded, courier, carla):
    with pytest.raises(IllegalMove):
        services.deliver(actor=courier.user, delivery_id=awarded.pk, code=code(awarded, "REMISE"))
    assert wallet_of(carla).balance == 0
    delivered(awarded, courier)
    with pytest.raises(IllegalMove):
        services.deliver(actor=courier.user, delivery_id=awarded.pk, code=code(awarded, "REMISE"))
    assert wallet_of(carla).balance == Decimal("6.80")


def test_codes_are_shown_to_those_who_hand_them_over_and_never_to_the_courier(alice, bob, carla, dora):
    fund(alice)
    delivery = award_to(make_delivery(alice, recipient_user=bob), make_courier(carla))
    first, second = code(delivery), code(delivery, "REMISE")
    seen = {name: api(user).get(f"/api/deliveries/{delivery.pk}").json() for name, user in
            (("alice", alice), ("bob", bob), ("carla", carla), ("dora", dora))}
    assert seen["alice"]["handover"] == {"pickup_code": first, "dropoff_code": second}
    assert seen["bob"]["handover"] == {"pickup_code": None, "dropoff_code": second}
    assert seen["carla"]["handover"] == seen["dora"]["handover"] == {"pickup_code": None, "dropoff_code": None}
    assert seen["carla"]["tracking_url"] is None
    token = seen["alice"]["tracking_url"].split("token=")[1]
    assert queries.delivery_for_token(token) == delivery


def test_a_courier_who_is_also_a_manager_still_sees_no_code(alice, dora):
    fund(alice)
    delivery = award_to(make_delivery(alice), make_courier(dora))
    assert queries.handover_for(queries.audience_of(dora, delivery), delivery)["pickup_code"] is None


def test_a_forged_or_foreign_link_opens_nothing(awarded):
    token = queries.public_token(awarded)
    for forged in ("", "x", token[:-1], token.replace(str(awarded.pk), str(awarded.pk + 1), 1), "é~1"):
        assert queries.delivery_for_token(forged) is None


@given(st.integers(1, 10**9), st.text(alphabet="0123456789abcdef", min_size=32, max_size=32))
def test_a_code_is_six_digits_and_differs_by_secret_and_step(pk, nonce):
    values = {"delivery_id": pk, "nonce": nonce}
    first = handover_code(secret="a", step=Step.COLLECTE, **values)
    assert len(first) == 6
    assert first.isdigit()
    assert same_code(f" {first[:3]} {first[3:]} ", first)
    assert not same_code(first[:5], first)
    assert not same_code("é" * 6, first)
