from decimal import Decimal

import pytest

from accounts.wallet.models import SystemAccount
from accounts.wallet.queries import balance_of, system_account, wallet_of
from accounts.wallet.rules import InsufficientFunds
from config.lib.actors import SYSTEM
from config.lib.errors import Forbidden, NotFound
from delivery.auctions import services
from delivery.auctions.models import Bid
from delivery.auctions.rules import AuctionClosed, CourierUnavailable
from delivery.auctions.tests.factories import award_to, bid
from delivery.couriers import services as courier_services
from delivery.couriers.tests.factories import make_courier
from delivery.deliveries.tests.factories import delivered, fill_escrow, fund, make_delivery

pytestmark = pytest.mark.django_db


@pytest.fixture
def karim(person):
    return make_courier(person("karim"))


def test_the_chosen_bid_wins_the_others_lose_and_the_money_is_held(alice, carla, karim):
    courier = make_courier(carla)
    account = fund(alice, "20.00")
    delivery = make_delivery(alice)
    chosen, other = bid(delivery, courier, "8.00"), bid(delivery, karim, "7.00")

    services.accept_bid(actor=alice, delivery_id=delivery.pk, bid_id=chosen.pk)

    delivery.refresh_from_db()
    assert (delivery.status, delivery.courier, delivery.agreed_price) == ("ATTRIBUEE", courier, Decimal("8.00"))
    assert Bid.objects.get(pk=other.pk).status == "PERDUE"
    account.refresh_from_db()
    assert (account.balance, account.held) == (Decimal("20.00"), Decimal("8.00"))
    assert delivery.promised_at > delivery.awarded_at


def test_a_second_accept_is_refused_as_closed(alice, carla, karim):
    fund(alice)
    delivery = make_delivery(alice)
    first, second = bid(delivery, make_courier(carla)), bid(delivery, karim)
    services.accept_bid(actor=alice, delivery_id=delivery.pk, bid_id=first.pk)
    with pytest.raises(AuctionClosed):
        services.accept_bid(actor=alice, delivery_id=delivery.pk, bid_id=second.pk)


def test_without_funds_nothing_changes(alice, carla):
    fund(alice, "5.00")
    delivery = make_delivery(alice)
    offered = bid(delivery, make_courier(carla), "8.00")
    with pytest.raises(InsufficientFunds):
        services.accept_bid(actor=alice, delivery_id=delivery.pk, bid_id=offered.pk)
    delivery.refresh_from_db()
    offered.refresh_from_db()
    assert (delivery.status, delivery.courier, delivery.hold, offered.status) == ("EN_ENCHERE", None, None, "DEPOSEE")
    assert wallet_of(alice).held == 0


def test_only_the_senders_side_accepts(alice, bob, charlie, carla, dora):
    fund(alice)
    delivery = make_delivery(alice, recipient_user=bob)
    offered = bid(delivery, make_courier(carla))
    with pytest.raises(NotFound):
        services.accept_bid(actor=charlie, delivery_id=delivery.pk, bid_id=offered.pk)
    with pytest.raises(Forbidden):
        services.accept_bid(actor=bob, delivery_id=delivery.pk, bid_id=offered.pk)
    services.accept_bid(actor=dora, delivery_id=delivery.pk, bid_id=offered.pk)


def test_a_suspended_courier_cannot_be_chosen(alice, carla):
    fund(alice)
    courier = make_courier(carla)
    delivery = make_delivery(alice)
    offered = bid(delivery, courier)
    courier_services.suspend(actor=SYSTEM, courier_id=courier.pk)
    with pytest.raises(CourierUnavailable):
        services.accept_bid(actor=alice, delivery_id=delivery.pk, bid_id=offered.pk)


def test_the_courier_is_paid_less_commission_at_the_handover(alice, carla):
    fund(alice, "20.00")
    courier = make_courier(carla)
    delivery = delivered(award_to(make_delivery(alice), courier, "8.00"), courier)
    assert delivery.status == "LIVREE"
    assert balance_of(wallet_of(carla)) == Decimal("6.80")
    assert balance_of(system_account(SystemAccount.COMMISSION)) == Decimal("1.20")
    payer = wallet_of(alice)
    assert (payer.balance, payer.held) == (Decimal("12.00"), Decimal("0.00"))


def test_what_the_platform_saves_on_its_fee_is_a_delivery_sale(alice, carla):
    escrow = fill_escrow("30.00")
    courier = make_courier(carla)
    delivery = make_delivery(SYSTEM, payer_account=escrow, recipient_user=alice, origin="order:7")
    award_to(delivery, courier, "8.00")
    escrow.refresh_from_db()
    assert escrow.held == Decimal("12.50")
    delivered(delivery, courier)
    escrow.refresh_from_db()
    assert (escrow.balance, escrow.held) == (Decimal("17.50"), Decimal("0.00"))
    assert balance_of(system_account(SystemAccount.DELIVERY_SALES)) == Decimal("4.50")
    assert balance_of(wallet_of(carla)) == Decimal("6.80")
