from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.wallet.queries import wallet_of
from config.lib.actors import SYSTEM
from config.lib.errors import Forbidden, IllegalMove, NotFound
from config.lib.testing import api
from delivery.auctions import services
from delivery.auctions.models import Bid
from delivery.auctions.rules import AuctionClosed, NotAFixedPrice
from delivery.auctions.tasks import close_auction, close_due_auctions
from delivery.auctions.tests.factories import bid
from delivery.couriers import services as couriers
from delivery.couriers.tests.factories import make_courier
from delivery.deliveries import services as delivery_services
from delivery.deliveries.models import Delivery
from delivery.deliveries.tests.factories import fill_escrow, fund, make_delivery

pytestmark = pytest.mark.django_db


@pytest.fixture
def courier(carla):
    return make_courier(carla)


@pytest.fixture
def karim(person):
    return make_courier(person("karim"))


def over(delivery, ago=timedelta(seconds=1)):
    Delivery.objects.filter(pk=delivery.pk).update(closes_at=timezone.now() - ago)


def closed(delivery):
    over(delivery)
    close_due_auctions()
    delivery.refresh_from_db()
    return delivery


def test_the_best_score_wins_by_itself(alice, courier, karim):
    fund(alice)
    delivery = make_delivery(alice, award="AUTOMATIQUE")
    bid(delivery, courier, "12.00", 60)
    best = bid(delivery, karim, "6.00", 20)
    closed(delivery)
    assert (delivery.status, delivery.courier) == ("ATTRIBUEE", karim)
    assert Bid.objects.get(pk=best.pk).status == "RETENUE"
    assert wallet_of(alice).held == Decimal("6.00")


def test_what_the_wallet_cannot_bear_falls_to_the_next_bid(alice, courier, karim):
    fund(alice, "7.00")
    delivery = make_delivery(alice, award="AUTOMATIQUE")
    bid(delivery, courier, "7.50", 1)
    cheap = bid(delivery, karim, "7.00", 900)
    closed(delivery)
    assert (delivery.courier, delivery.agreed_price) == (karim, Decimal("7.00"))
    assert Bid.objects.get(pk=cheap.pk).status == "RETENUE"
    assert Bid.objects.exclude(pk=cheap.pk).get().status == "PERDUE"


def test_no_money_for_any_bid_expires_with_its_reason(alice, courier):
    delivery = make_delivery(alice, award="AUTOMATIQUE")
    row = bid(delivery, courier)
    closed(delivery)
    assert (delivery.status, delivery.history.last().reason) == ("EXPIREE", "insufficient_funds")
    row.refresh_from_db()
    assert row.status == "PERDUE"


@pytest.mark.parametrize("award", ["AUTOMATIQUE", "MANUELLE"])
def test_nobody_bids_it_expires_and_is_posted_again_in_one_step(alice, award):
    delivery = closed(make_delivery(alice, award=award))
    assert (delivery.status, delivery.history.last().reason) == ("EXPIREE", "no_bids")
    again = services.repost(actor=alice, delivery_id=delivery.pk)
    assert again.status == "EN_ENCHERE"
    assert again.closes_at > timezone.now()
    with pytest.raises(IllegalMove):
        services.repost(actor=alice, delivery_id=delivery.pk)


def test_a_reposted_auction_takes_bids_and_closes_again(alice, courier):
    fund(alice)
    delivery = closed(make_delivery(alice, award="AUTOMATIQUE"))
    services.repost(actor=alice, delivery_id=delivery.pk, max_price=Decimal("20.00"), closes_in_s=60)
    bid(delivery, courier, "19.00")
    closed(delivery)
    assert (delivery.status, delivery.agreed_price) == ("ATTRIBUEE", Decimal("19.00"))


def test_a_manual_auction_waits_for_the_senders_choice_and_then_expires(alice, courier):
    fund(alice)
    delivery = make_delivery(alice)
    row = bid(delivery, courier)
    closed(delivery)
    assert (delivery.status, delivery.auction_closed_at is not None) == ("EN_ENCHERE", True)
    first = delivery.auction_closed_at
    close_due_auctions()
    delivery.refresh_from_db()
    assert delivery.auction_closed_at == first
    over(delivery, timedelta(hours=25))
    close_due_auctions()
    delivery.refresh_from_db()
    assert (delivery.status, delivery.history.last().reason) == ("EXPIREE", "no_choice")
    with pytest.raises(AuctionClosed):
        services.accept_bid(actor=alice, delivery_id=delivery.pk, bid_id=row.pk)


def test_the_sender_chooses_after_the_close(alice, courier):
    fund(alice)
    delivery = make_delivery(alice)
    row = bid(delivery, courier)
    closed(delivery)
    assert services.accept_bid(actor=alice, delivery_id=delivery.pk, bid_id=row.pk).status == "ATTRIBUEE"


def test_before_its_time_the_bell_changes_nothing(alice):
    delivery = make_delivery(alice, award="AUTOMATIQUE")
    close_auction(delivery.pk)
    close_due_auctions()
    delivery.refresh_from_db()
    assert delivery.status == "EN_ENCHERE"


def test_only_the_senders_side_closes_early(alice, bob, charlie):
    delivery = make_delivery(alice, recipient_user=bob)
    with pytest.raises(Forbidden):
        services.close_auction(delivery_id=delivery.pk, actor=bob, early=True)
    with pytest.raises(NotFound):
        services.close_auction(delivery_id=delivery.pk, actor=charlie, early=True)
    assert services.close_auction(delivery_id=delivery.pk, actor=alice, early=True).status == "EXPIREE"


def test_a_suspended_courier_does_not_win(alice, courier, karim):
    fund(alice)
    delivery = make_delivery(alice, award="AUTOMATIQUE")
    bid(delivery, courier, "5.00", 10)
    bid(delivery, karim, "9.00", 60)
    couriers.suspend(actor=SYSTEM, courier_id=courier.pk)
    assert closed(delivery).courier == karim


def test_an_order_paid_by_the_platform_is_awarded_from_its_escrow(alice, courier):
    escrow = fill_escrow("12.50")
    delivery = make_delivery(
        SYSTEM, payer_account=escrow, origin="order:9", recipient_user=alice, award="AUTOMATIQUE"
    )
    bid(delivery, courier, "8.00")
    closed(delivery)
    escrow.refresh_from_db()
    assert (delivery.status, escrow.held) == ("ATTRIBUEE", Decimal("12.50"))


def test_a_fixed_price_goes_to_the_first_and_expires_without_one(alice, courier, karim):
    fund(alice)
    delivery = make_delivery(alice, mode="PRIX_FIXE")
    taken = api(courier.user).post(f"/api/deliveries/{delivery.pk}/accept")
    assert (taken.status_code, taken.json()["status"], taken.json()["price"]) == (200, "ATTRIBUEE", "12.50")
    late = api(karim.user).post(f"/api/deliveries/{delivery.pk}/accept")
    assert (late.status_code, late.json()["code"]) == (409, "auction_closed")
    other = closed(make_delivery(alice, mode="PRIX_FIXE"))
    assert (other.status, other.history.last().reason) == ("EXPIREE", "no_taker")


def test_an_auction_is_not_taken_like_a_fixed_price(alice, courier):
    with pytest.raises(NotAFixedPrice):
        services.take_fixed_price(actor=courier.user, delivery_id=make_delivery(alice).pk)


def test_a_fixed_price_that_the_sender_cannot_pay_stays_open(alice, courier):
    delivery = make_delivery(alice, mode="PRIX_FIXE")
    answer = api(courier.user).post(f"/api/deliveries/{delivery.pk}/accept")
    assert (answer.status_code, answer.json()["code"]) == (409, "insufficient_funds")
    delivery.refresh_from_db()
    assert (delivery.status, Bid.objects.count()) == ("PUBLIEE", 0)


def test_bids_on_a_cancelled_delivery_are_lost(alice, courier, commit):
    delivery = make_delivery(alice)
    row = bid(delivery, courier)
    with commit():
        delivery_services.cancel(actor=alice, delivery_id=delivery.pk)
    row.refresh_from_db()
    assert row.status == "PERDUE"


def test_couriers_and_sender_are_told_live_and_the_amount_only_to_the_sender(alice, courier, karim, commit, monkeypatch):
    from delivery.auctions import listeners
    from delivery.deliveries import listeners as delivery_listeners

    pushed = []
    for module in (listeners, delivery_listeners):
        monkeypatch.setattr(module, "push", lambda group, message: pushed.append((group, message)))
    fund(alice)
    with commit():
        delivery = make_delivery(alice)
    assert (f"courier.{courier.user_id}", "offer") in [(g, m["type"]) for g, m in pushed]
    pushed.clear()
    with commit():
        row = bid(delivery, courier)
    assert [(g, m["type"]) for g, m in pushed] == [(f"delivery.{delivery.pk}.sender", "bid")]
    pushed.clear()
    with commit():
        services.accept_bid(actor=alice, delivery_id=delivery.pk, bid_id=row.pk)
    told = {(g, m["type"]) for g, m in pushed}
    assert {(f"courier.{courier.user_id}", "assignment"), (f"courier.{courier.user_id}", "auction"),
            (f"delivery.{delivery.pk}", "status")} <= told
    assert not any("amount" in m for g, m in pushed if not g.endswith(".sender"))
