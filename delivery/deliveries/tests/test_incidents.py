"""Attempts that fail, returns, cancellations: what moves and where the money goes."""

from decimal import Decimal

import pytest

from accounts.wallet.queries import wallet_of
from config.lib.actors import SYSTEM
from config.lib.errors import Forbidden, IllegalMove, Invalid, NotFound
from config.lib.testing import api
from delivery.couriers.tests.factories import make_courier
from delivery.deliveries import services
from delivery.deliveries.models import Delivery
from delivery.deliveries.tests.factories import award_to, code, fund, make_delivery, picked_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def courier(carla):
    return make_courier(carla)


@pytest.fixture
def awarded(alice, courier):
    fund(alice, "20.00")
    return award_to(make_delivery(alice), courier)


def wallet(user):
    account = wallet_of(user)
    account.refresh_from_db()
    return account.balance, account.held


def fail(delivery, courier, **fields):
    services.fail(actor=courier.user, delivery_id=delivery.pk, reason="ABSENT", **fields)
    delivery.refresh_from_db()
    return delivery


def test_cancelling_frees_the_money(awarded, alice):
    assert wallet(alice) == (Decimal("20.00"), Decimal("8.00"))
    services.cancel(actor=alice, delivery_id=awarded.pk, reason="Plus besoin")
    assert wallet(alice) == (Decimal("20.00"), Decimal("0.00"))
    with pytest.raises(IllegalMove):
        services.cancel(actor=alice, delivery_id=awarded.pk)


def test_what_was_picked_up_cannot_be_cancelled_even_after_a_failed_attempt(awarded, alice, courier):
    picked_up(awarded, courier)
    with pytest.raises(IllegalMove):
        services.cancel(actor=alice, delivery_id=awarded.pk)
    fail(awarded, courier)
    with pytest.raises(IllegalMove):
        services.cancel(actor=alice, delivery_id=awarded.pk)
    assert wallet(alice) == (Decimal("20.00"), Decimal("8.00"))


def test_the_sender_and_managers_cancel_nobody_else(alice, bob, charlie, carla, dora):
    delivery = make_delivery(alice, recipient_user=bob)
    with pytest.raises(Forbidden):
        services.cancel(actor=bob, delivery_id=delivery.pk)
    with pytest.raises(NotFound):
        services.cancel(actor=charlie, delivery_id=delivery.pk)
    services.cancel(actor=dora, delivery_id=delivery.pk)


def test_the_courier_does_not_cancel_his_delivery(awarded, courier):
    with pytest.raises(Forbidden):
        services.cancel(actor=courier.user, delivery_id=awarded.pk)


def test_a_failed_pickup_goes_back_to_the_pickup_and_a_failed_handover_to_the_handover(awarded, courier):
    assert fail(awarded, courier).status == "ECHOUEE"
    services.reattempt(actor=courier.user, delivery_id=awarded.pk)
    awarded.refresh_from_db()
    assert awarded.status == "ATTRIBUEE"
    picked_up(awarded, courier)
    fail(awarded, courier, note="Personne", lat=48.862, lon=2.366)
    services.reattempt(actor=courier.user, delivery_id=awarded.pk)
    services.deliver(actor=courier.user, delivery_id=awarded.pk, code=code(awarded, "REMISE"))
    assert list(awarded.proofs.values_list("step", "reason")) == [
        ("ECHEC", "ABSENT"), ("COLLECTE", ""), ("ECHEC", "ABSENT"), ("REMISE", ""),
    ]


def test_a_return_gives_the_money_back_and_pays_nobody(awarded, alice, courier, carla):
    picked_up(awarded, courier)
    with pytest.raises(IllegalMove):
        services.return_to_sender(actor=courier.user, delivery_id=awarded.pk)
    fail(awarded, courier)
    services.return_to_sender(actor=courier.user, delivery_id=awarded.pk)
    awarded.refresh_from_db()
    assert awarded.status == "RETOURNEE"
    assert wallet(alice) == (Decimal("20.00"), Decimal("0.00"))
    assert wallet(carla)[0] == 0


def test_what_was_never_picked_up_is_not_returned_but_may_be_cancelled(awarded, alice, courier):
    fail(awarded, courier)
    with pytest.raises(IllegalMove):
        services.return_to_sender(actor=courier.user, delivery_id=awarded.pk)
    services.cancel(actor=alice, delivery_id=awarded.pk)
    assert wallet(alice)[1] == 0


def test_an_incident_needs_its_type_and_is_the_couriers_to_report(awarded, alice, courier):
    with pytest.raises(Invalid):
        services.fail(actor=courier.user, delivery_id=awarded.pk, reason="PLUIE")
    with pytest.raises(Forbidden):
        services.fail(actor=alice, delivery_id=awarded.pk, reason="ABSENT")


def test_the_recipient_neither_reattempts_nor_returns(alice, bob, courier):
    fund(alice)
    delivery = fail(award_to(make_delivery(alice, recipient_user=bob), courier), courier)
    for service in (services.reattempt, services.return_to_sender):
        with pytest.raises(Forbidden):
            service(actor=bob, delivery_id=delivery.pk)


def test_every_pair_of_states_is_allowed_or_refused_as_written(awarded):
    for before in Delivery.Status.values:
        for after in Delivery.Status.values:
            Delivery.objects.filter(pk=awarded.pk).update(status=before)
            awarded.refresh_from_db()
            if after in Delivery.MOVES.get(before, set()):
                awarded.move(after, actor=SYSTEM)
                assert awarded.history.last().to_status == after
            else:
                with pytest.raises(IllegalMove):
                    awarded.move(after, actor=SYSTEM)
                awarded.refresh_from_db()
                assert awarded.status == before


@pytest.mark.parametrize("door", ["pickup", "deliver", "fail", "reattempt", "return", "cancel"])
def test_an_illegal_step_answers_409_and_changes_nothing(awarded, alice, courier, door):
    services.cancel(actor=alice, delivery_id=awarded.pk)
    who = alice if door == "cancel" else courier.user
    body = {"code": "123456"} if door in ("pickup", "deliver") else {"reason": "ABSENT"} if door == "fail" else {}
    answer = api(who).post(f"/api/deliveries/{awarded.pk}/{door}", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "illegal_transition")
    awarded.refresh_from_db()
    assert awarded.status == "ANNULEE"
