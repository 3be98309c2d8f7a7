"""The same pieces asked back from several connections at once."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections
from django.db.models import Sum

from accounts.payments.models import Refund
from accounts.users.tests.factories import make_user
from config.lib.actors import SYSTEM
from config.lib.errors import IllegalMove
from shop.catalogue.tests.factories import make_product
from shop.orders import queries as orders
from shop.returns import queries, services
from shop.returns.models import Return, ReturnLine
from shop.returns.rules import NothingLeft
from shop.returns.tests.factories import delivered_order, make_return

pytestmark = [pytest.mark.postgres_race, pytest.mark.django_db(transaction=True)]


def at_once(count, work):
    gate = Barrier(count)

    def run(i):
        try:
            gate.wait()
            return work(i)
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@pytest.fixture
def _slow_count(monkeypatch):
    """Time passes between counting what is left and writing, as it may."""
    count = queries.returnable

    def slow(order):
        counted = count(order)
        time.sleep(0.05)
        return counted

    monkeypatch.setattr(queries, "returnable", slow)


def ask_six_times():
    order = delivered_order(make_user("alice"), (make_product(), 3))
    return at_once(6, lambda i: make_return(order, 1))


def returned():
    return ReturnLine.objects.aggregate(n=Sum("quantity"))["n"]


@pytest.mark.usefixtures("_slow_count")
def test_six_requests_for_three_pieces_give_three():
    results = ask_six_times()
    assert sum(isinstance(r, Return) for r in results) == 3
    assert {type(r) for r in results} == {Return, NothingLeft}
    assert returned() == 3


@pytest.mark.usefixtures("_slow_count")
def test_canary_without_the_lock_too_many_come_back(monkeypatch):
    monkeypatch.setattr(queries, "locked_order", orders.get_for)
    ask_six_times()
    assert returned() > 3


def test_refunded_six_times_at_once_pays_once():
    back = make_return(delivered_order(make_user("alice")))
    services.accept(actor=SYSTEM, return_id=back.pk)
    services.receive(actor=SYSTEM, return_id=back.pk, restock=True)
    results = at_once(6, lambda i: services.refund_return(actor=SYSTEM, return_id=back.pk))
    assert sum(isinstance(r, Return) for r in results) == 1
    assert {type(r) for r in results} == {Return, IllegalMove}
    assert Refund.objects.count() == 1
