"""Several real connections on the same delivery. One winner, one escrow, and a clean answer for the others.

Canaries: with the lock off these tests must fail; the constraints under it then still forbid two winners.
"""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier, BrokenBarrierError, Event
from time import monotonic, sleep

import pytest
from django.db import connection, connections
from django.utils import timezone

from accounts.users.tests.factories import make_user
from accounts.wallet import services as wallet
from accounts.wallet.models import Hold
from accounts.wallet.queries import wallet_of
from config.lib.actors import SYSTEM
from delivery.auctions import queries as auction_queries
from delivery.auctions import services
from delivery.auctions.models import Bid
from delivery.auctions.rules import AlreadyBid
from delivery.auctions.tests.factories import award_to, bid
from delivery.couriers.tests.factories import make_courier
from delivery.deliveries import queries, rules
from delivery.deliveries import services as delivery_services
from delivery.deliveries.models import Delivery
from delivery.deliveries.tests.factories import code, fill_escrow, fund, make_delivery, picked_up

pytestmark = [pytest.mark.postgres_race, pytest.mark.django_db(transaction=True)]


def at_once(works: list[Callable[[], object]]) -> list:
    """Run each on a connection of its own, released together; exceptions come back as values."""
    gate = Barrier(len(works))

    def run(work: Callable[[], object]):
        try:
            gate.wait(10)
            return work()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def kinds(answers: list) -> Counter:
    return Counter(type(answer).__name__ for answer in answers)


@pytest.fixture
def alice():
    user = make_user("alice")
    fund(user, "500.00")
    return user


def somebody_waits(seconds: float = 10.0) -> bool:
    """Whether, within that time, another connection of this database stood before a lock."""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    end = monotonic() + seconds
    while monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # else one transaction reads the same answer again
            cursor.execute(asked)
            if cursor.fetchone()[0]:
                return True
        sleep(0.01)
    return False


def couriers(count):
    return [make_courier(make_user(f"courier{i}")) for i in range(count)]


def one_winner(delivery: Delivery) -> None:
    delivery.refresh_from_db()
    winners = Bid.objects.filter(delivery=delivery, status="RETENUE")
    assert winners.count() == 1
    assert (delivery.status, delivery.courier, delivery.agreed_price) == (
        "ATTRIBUEE", winners[0].courier, winners[0].amount
    )
    hold = Hold.objects.get(reference=f"delivery:{delivery.pk}")
    assert (hold.amount, hold.status, delivery.hold) == (winners[0].amount, "ACTIF", hold)
    account = wallet_of(delivery.sender)
    account.refresh_from_db()
    assert account.held == hold.amount
    assert delivery.history.filter(to_status="ATTRIBUEE").count() == 1
    assert not Bid.objects.filter(delivery=delivery, status="DEPOSEE").exists()


def two_accepts(alice) -> tuple[Delivery, list]:
    delivery = make_delivery(alice)
    rows = [bid(delivery, courier, f"{5 + i}.00") for i, courier in enumerate(couriers(2))]
    return delivery, at_once([
        lambda row=row: services.accept_bid(actor=alice, delivery_id=delivery.pk, bid_id=row.pk) for row in rows
    ])


def accept_and_close(alice) -> tuple[Delivery, list]:
    delivery = make_delivery(alice, award="AUTOMATIQUE")
    first, second = couriers(2)
    dear = bid(delivery, first, "12.00", 90)
    bid(delivery, second, "5.00", 20)
    Delivery.objects.filter(pk=delivery.pk).update(closes_at=timezone.now() - timedelta(seconds=1))
    return delivery, at_once([
        lambda: services.accept_bid(actor=alice, delivery_id=delivery.pk, bid_id=dear.pk),
        lambda: services.close_auction(delivery_id=delivery.pk),
    ])


def without_the_lock(monkeypatch, *, accepts=0):
    """Everybody reads before anybody writes, as without locks they may."""
    gates = {"delivery": Barrier(2), "bid": Barrier(accepts) if accepts else None}

    def together(row, gate):
        try:
            if gate is not None:
                gate.wait(2)
        except BrokenBarrierError:
            pass
        return row

    def delivery(pk):
        rows = queries.with_people(Delivery.objects.filter(pk=pk)).select_related("hold")
        return together(rows.get(), gates["delivery"])

    def one_bid(pk):
        return together(Bid.objects.select_related("courier__user").get(pk=pk), gates["bid"])

    monkeypatch.setattr(queries, "locked", delivery)
    monkeypatch.setattr(auction_queries, "locked_bid", one_bid)


def test_two_accepts_have_one_winner_one_escrow_and_a_clean_refusal(alice):
    delivery, answers = two_accepts(alice)
    assert kinds(answers) == {"Delivery": 1, "AuctionClosed": 1}
    one_winner(delivery)


def test_who_waited_for_the_lock_sees_the_hold_of_who_came_first(alice, monkeypatch):
    """The accept has the delivery until the cancel waits for it; the cancel must then find the hold to release."""
    delivery, [courier] = make_delivery(alice), couriers(1)
    row = bid(delivery, courier)
    accepted, take_hold = Event(), wallet.hold

    def hold_slowly(**kwargs):
        taken = take_hold(**kwargs)
        accepted.set()
        assert somebody_waits()
        return taken

    monkeypatch.setattr(wallet, "hold", hold_slowly)
    answers = at_once([
        lambda: services.accept_bid(actor=alice, delivery_id=delivery.pk, bid_id=row.pk),
        lambda: accepted.wait(10) and delivery_services.cancel(actor=alice, delivery_id=delivery.pk),
    ])
    assert kinds(answers) == {"Delivery": 2}
    delivery.refresh_from_db()
    assert delivery.status == "ANNULEE"
    account = wallet_of(alice)
    account.refresh_from_db()
    assert account.held == 0


def test_canary_without_the_lock_two_accepts_are_not_answered_cleanly(alice, monkeypatch):
    without_the_lock(monkeypatch, accepts=2)
    delivery, answers = two_accepts(alice)
    assert kinds(answers) != {"Delivery": 1, "AuctionClosed": 1}
    one_winner(delivery)  # the conditional update and the constraints still hold


def test_an_accept_and_the_automatic_close_have_one_winner(alice):
    delivery, answers = accept_and_close(alice)
    assert kinds(answers) in ({"Delivery": 2}, {"Delivery": 1, "AuctionClosed": 1})
    one_winner(delivery)


def test_canary_without_the_lock_accept_and_close_collide(alice, monkeypatch):
    without_the_lock(monkeypatch)
    delivery, answers = accept_and_close(alice)
    assert kinds(answers) not in ({"Delivery": 2}, {"Delivery": 1, "AuctionClosed": 1})
    one_winner(delivery)


def test_the_close_rung_five_times_awards_once(alice):
    delivery = make_delivery(alice, award="AUTOMATIQUE")
    for i, courier in enumerate(couriers(3)):
        bid(delivery, courier, f"{6 + i}.00")
    Delivery.objects.filter(pk=delivery.pk).update(closes_at=timezone.now() - timedelta(seconds=1))
    answers = at_once([lambda: services.close_auction(delivery_id=delivery.pk)] * 5)
    assert kinds(answers) == {"Delivery": 5}
    one_winner(delivery)


def test_eight_couriers_take_one_fixed_price(alice):
    delivery = make_delivery(alice, mode="PRIX_FIXE")
    answers = at_once([
        lambda c=c: services.take_fixed_price(actor=c.user, delivery_id=delivery.pk) for c in couriers(8)
    ])
    assert kinds(answers) == {"Delivery": 1, "AuctionClosed": 7}
    one_winner(delivery)


def test_a_bid_and_the_close_at_the_same_moment_leave_no_bid_hanging(alice):
    delivery = make_delivery(alice, award="AUTOMATIQUE")
    first, late = couriers(2)
    bid(delivery, first)
    answers = at_once([
        lambda: services.place_bid(
            actor=late.user, delivery_id=delivery.pk, amount=Decimal("5.00"), eta_minutes=20
        ),
        lambda: services.close_auction(delivery_id=delivery.pk, early=True),
    ])
    assert kinds(answers) in ({"Bid": 1, "Delivery": 1}, {"AuctionClosed": 1, "Delivery": 1})
    one_winner(delivery)


def test_the_same_courier_bidding_twice_at_once_has_one_bid(alice):
    delivery, [courier] = make_delivery(alice), couriers(1)
    answers = at_once([lambda: bid(delivery, courier)] * 4)
    assert sum(isinstance(a, Bid) for a in answers) == 1
    assert sum(isinstance(a, AlreadyBid) for a in answers) == 3


def test_accept_and_cancel_at_once_never_keep_money_of_a_cancelled_delivery(alice):
    delivery, [courier] = make_delivery(alice), couriers(1)
    row = bid(delivery, courier)
    answers = at_once([
        lambda: services.accept_bid(actor=alice, delivery_id=delivery.pk, bid_id=row.pk),
        lambda: delivery_services.cancel(actor=alice, delivery_id=delivery.pk),
    ])
    delivery.refresh_from_db()
    assert delivery.status == "ANNULEE", kinds(answers)
    account = wallet_of(alice)
    account.refresh_from_db()
    assert account.held == 0


def test_two_handovers_pay_once(alice):
    [courier] = couriers(1)
    delivery = picked_up(award_to(make_delivery(alice), courier), courier)
    right = code(delivery, "REMISE")
    answers = at_once([
        lambda: delivery_services.deliver(actor=courier.user, delivery_id=delivery.pk, code=right)
    ] * 3)
    assert kinds(answers) == {"Delivery": 1, "IllegalMove": 2}
    account = wallet_of(courier.user)
    account.refresh_from_db()
    assert account.balance == Decimal("6.80")


def test_ten_wrong_codes_at_once_are_counted_to_five(alice):
    [courier] = couriers(1)
    delivery = award_to(make_delivery(alice), courier)
    wrong = "000000" if code(delivery) != "000000" else "111111"
    answers = at_once([
        lambda: delivery_services.pickup(actor=courier.user, delivery_id=delivery.pk, code=wrong)
    ] * 10)
    assert kinds(answers) == {"WrongCode": rules.MAX_TRIES - 1, "HandoverLocked": 10 - rules.MAX_TRIES + 1}
    delivery.refresh_from_db()
    assert delivery.pickup_tries == rules.MAX_TRIES


def test_one_origin_posted_at_once_is_one_delivery(alice):
    escrow = fill_escrow()
    answers = at_once([lambda: make_delivery(SYSTEM, payer_account=escrow, origin="order:1")] * 4)
    assert len({answer.pk for answer in answers}) == 1


def test_two_deliveries_awarded_at_once_never_overdraw_the_wallet():
    poor = make_user("poor")
    fund(poor, "10.00")
    rows = []
    for courier in couriers(2):
        delivery = make_delivery(poor)
        rows.append((delivery, bid(delivery, courier, "8.00")))
    answers = at_once([
        lambda d=d, b=b: services.accept_bid(actor=poor, delivery_id=d.pk, bid_id=b.pk) for d, b in rows
    ])
    assert kinds(answers) == {"Delivery": 1, "InsufficientFunds": 1}
    assert Delivery.objects.filter(status="EN_ENCHERE").count() == 1
